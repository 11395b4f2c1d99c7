/** What the control plane keeps of alerts. Rules, routes and silences are documents that storage does not look into. */

export interface StoredRuleState {
  readonly ruleId: string;
  /** End of the newest window that was evaluated. */
  readonly untilMs: number;
  readonly error: string | null;
  readonly errors: number;
  readonly late: number;
  readonly skipped: number;
  readonly tookMs: number;
}

/** JSON of an alert's state machine and of the alert itself. */
export interface StoredInstance {
  readonly ruleId: string;
  readonly series: string;
  readonly state: string;
  readonly alert: string;
}

export interface NewAlertEvent {
  readonly alertId: string;
  readonly ruleId: string;
  readonly status: 'firing' | 'resolved';
  readonly atMs: number;
  readonly alert: string;
}

export interface StoredAlertEvent extends NewAlertEvent {
  readonly seq: number;
}

export interface StoredGroup {
  readonly id: string;
  readonly receiverId: string;
  readonly state: string;
}

export type DeliveryState = 'pending' | 'delivered' | 'superseded' | 'exhausted' | 'gone' | 'cancelled';

export interface NewDelivery {
  readonly id: string;
  readonly receiverId: string;
  readonly groupId: string;
  readonly type: string;
  readonly body: string;
  readonly createdMs: number;
}

export interface StoredDelivery extends NewDelivery {
  readonly seq: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly firstMs: number | null;
  readonly nextMs: number;
  readonly endedMs: number | null;
}

export interface StoredAttempt {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly atMs: number;
  readonly tookMs: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
}

/** What came of a rule: its instances as they are now, and what happened to them. */
export interface EvaluatedRule {
  readonly ruleState: StoredRuleState | null;
  readonly ruleId: string;
  readonly removeRule: boolean;
  readonly changed: readonly StoredInstance[];
  readonly removed: readonly string[];
  readonly events: readonly NewAlertEvent[];
}

/** Everything but deliveries and events, as a process begins with it. */
export interface AlertSnapshot {
  readonly rules: readonly { readonly id: string; readonly rule: string }[];
  readonly ruleStates: readonly StoredRuleState[];
  readonly instances: readonly StoredInstance[];
  readonly groups: readonly StoredGroup[];
  readonly receivers: readonly { readonly id: string; readonly receiver: string; readonly secrets: string }[];
  readonly silences: readonly { readonly id: string; readonly silence: string; readonly endsMs: number }[];
  /** JSON of routes and inhibitions; null before anybody set them. */
  readonly routing: string | null;
  /** Events up to here are in groups. */
  readonly dispatchedSeq: number;
}

/** Writes of alerts. Each is one durable transaction. */
export interface AlertStore {
  saveRule(id: string, rule: string, nowMs: number): Promise<void>;
  saveEvaluations(results: readonly EvaluatedRule[]): Promise<void>;
  /** Groups as they are now, and what is to be sent. Pending deliveries of a group are superseded by its next. */
  saveDispatch(result: {
    readonly seq: number;
    readonly changed: readonly StoredGroup[];
    readonly removed: readonly string[];
    readonly deliveries: readonly NewDelivery[];
  }): Promise<void>;
  saveAttempt(result: {
    readonly attempt: StoredAttempt;
    readonly state: DeliveryState;
    readonly nextMs: number;
  }): Promise<void>;
  /** `ids` are to be sent again, with the same webhook-id. Answers how many. */
  redeliver(ids: readonly string[], nowMs: number): Promise<number>;
  saveReceiver(id: string, receiver: string, secrets: string): Promise<void>;
  /** Its pending deliveries are cancelled. */
  removeReceiver(id: string, nowMs: number): Promise<void>;
  saveSilence(id: string, silence: string, endsMs: number): Promise<void>;
  saveRouting(routing: string): Promise<void>;
  /** Forgets events and ended deliveries of before. */
  /** The clock was set back by so much: what waits to be sent waits as long as before. */
  onClockRewind(byMs: number): Promise<void>;
  deleteBefore(beforeMs: number): Promise<void>;
}

export interface AlertReader {
  alertSnapshot(query: Record<string, never>): Promise<AlertSnapshot>;
  alertEvents(query: {
    readonly afterSeq?: number;
    readonly beforeSeq?: number;
    readonly ruleId?: string;
    /** Of the transition, epoch ms: from (included) and to (not). */
    readonly fromMs?: number;
    readonly toMs?: number;
    readonly newestFirst?: boolean;
    readonly limit: number;
  }): Promise<readonly StoredAlertEvent[]>;
  /** The oldest pending delivery of each receiver, where its time has come. */
  dueDeliveries(query: { readonly nowMs: number; readonly receiverId?: string }): Promise<readonly StoredDelivery[]>;
  alertDeliveries(query: {
    readonly receiverId?: string;
    readonly state?: DeliveryState;
    readonly sinceMs?: number;
    readonly beforeSeq?: number;
    readonly limit: number;
  }): Promise<readonly (StoredDelivery & { readonly log: readonly StoredAttempt[] })[]>;
}
