/** What the control plane stores about alerts. Rules, routes and silences are JSON documents that storage does not parse. */

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

/** One alert of a rule: `state` and `alert` are JSON of its state machine and of the alert. */
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

export type DeliveryState = 'pending' | 'delivered' | 'superseded' | 'refused' | 'exhausted' | 'gone' | 'cancelled';

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

/** Result of evaluating one rule: its instances after the evaluation, and the transitions. */
export interface EvaluatedRule {
  readonly ruleState: StoredRuleState | null;
  readonly ruleId: string;
  readonly removeRule: boolean;
  readonly changed: readonly StoredInstance[];
  readonly removed: readonly string[];
  readonly events: readonly NewAlertEvent[];
}

/** Everything about alerts except deliveries and events. A process loads it when it starts. */
export interface AlertSnapshot {
  readonly rules: readonly { readonly id: string; readonly rule: string }[];
  readonly ruleStates: readonly StoredRuleState[];
  readonly instances: readonly StoredInstance[];
  readonly groups: readonly StoredGroup[];
  readonly receivers: readonly { readonly id: string; readonly receiver: string; readonly secrets: string }[];
  readonly silences: readonly { readonly id: string; readonly silence: string; readonly endsMs: number }[];
  /** JSON of routes and inhibitions; null if none were saved yet. */
  readonly routing: string | null;
  /** JSON of the marks of what was applied from files; null if nothing was yet. */
  readonly managed: string | null;
  /** Sequence number of the newest event that was added to notification groups. */
  readonly dispatchedSeq: number;
}

/** Writes of alerts. Each is one transaction, durable when it resolves, or rejects with a StoreError. Times are epoch ms. */
export interface AlertStore {
  /** Creates or replaces a rule; `rule` is its JSON. */
  saveRule(id: string, rule: string, nowMs: number): Promise<void>;
  /** Stores the results of an evaluation: rule states, changed and removed instances, and events. */
  saveEvaluations(results: readonly EvaluatedRule[]): Promise<void>;
  /**
   * Stores changed and removed groups and new deliveries, and that events up to `seq` are in groups. A pending delivery of a
   * group is superseded by the group's next one.
   */
  saveDispatch(result: {
    readonly seq: number;
    readonly changed: readonly StoredGroup[];
    readonly removed: readonly string[];
    readonly deliveries: readonly NewDelivery[];
  }): Promise<void>;
  /**
   * Logs a delivery attempt, and sets the delivery's state and the time of its next attempt. `body`: what is left to send, if that
   * changed.
   */
  saveAttempt(result: {
    readonly attempt: StoredAttempt;
    readonly state: DeliveryState;
    readonly nextMs: number;
    readonly body?: string;
  }): Promise<void>;
  /** Makes deliveries pending again with their original webhook-id. Returns how many. */
  redeliver(ids: readonly string[], nowMs: number): Promise<number>;
  /** Creates or replaces a receiver; `receiver` and `secrets` are JSON. */
  saveReceiver(id: string, receiver: string, secrets: string): Promise<void>;
  /** Deletes a receiver and cancels its pending deliveries. */
  removeReceiver(id: string, nowMs: number): Promise<void>;
  /** Creates or replaces a silence; `silence` is its JSON. */
  saveSilence(id: string, silence: string, endsMs: number): Promise<void>;
  /** Replaces routes and inhibitions; `routing` is JSON. */
  saveRouting(routing: string): Promise<void>;
  /** Stores rules, receivers, routing and marks that were applied from files, with the alerts that this resolves: all or nothing. */
  saveConfiguration(configuration: {
    /** Resolved alerts, and rules to delete. */
    readonly evaluations: readonly EvaluatedRule[];
    readonly rules: AlertSnapshot['rules'];
    readonly receivers: AlertSnapshot['receivers'];
    readonly removedReceivers: readonly string[];
    /** JSON; null where it does not change. */
    readonly routing: string | null;
    /** JSON. */
    readonly managed: string;
    readonly nowMs: number;
  }): Promise<void>;
  /** Moves pending deliveries back by `byMs`, after the clock went back by that much. */
  onClockRewind(byMs: number): Promise<void>;
  /** Deletes events, ended deliveries and ended silences that are older than `beforeMs`. */
  deleteBefore(beforeMs: number): Promise<void>;
}

/** Reads of alerts. Each rejects with a StoreError (`unavailable`, `deadline`). */
export interface AlertReader {
  /** Returns rules, states, instances, groups, receivers, silences and routing, for the start of a process. */
  alertSnapshot(query: Record<string, never>): Promise<AlertSnapshot>;
  /** Returns alert events that match all given filters; oldest first unless `newestFirst`. */
  alertEvents(query: {
    readonly afterSeq?: number;
    readonly beforeSeq?: number;
    readonly ruleId?: string;
    /** Time of the transition, epoch ms: from (inclusive) and to (exclusive). */
    readonly fromMs?: number;
    readonly toMs?: number;
    readonly newestFirst?: boolean;
    readonly limit: number;
  }): Promise<readonly StoredAlertEvent[]>;
  /** Returns the oldest pending delivery of each group at each receiver, if it is due at `nowMs`; by age. */
  dueDeliveries(query: { readonly nowMs: number; readonly receiverId?: string }): Promise<readonly StoredDelivery[]>;
  /** Returns deliveries that match all given filters, newest first, with their attempts. */
  alertDeliveries(query: {
    readonly receiverId?: string;
    readonly state?: DeliveryState;
    readonly sinceMs?: number;
    readonly beforeSeq?: number;
    readonly limit: number;
  }): Promise<readonly (StoredDelivery & { readonly log: readonly StoredAttempt[] })[]>;
}
