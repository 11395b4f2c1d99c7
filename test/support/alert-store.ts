/** In-memory alert store for simulations of thousands of days; behaves as server/storage/sqlite/write/alerting.ts. */
import type {
  AlertReader,
  AlertSnapshot,
  AlertStore,
  DeliveryState,
  NewDelivery,
  StoredAlertEvent,
  StoredDelivery,
} from '../../server/storage/questions/alerts/types.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class MemoryAlertStore
  implements
    Pick<AlertStore, 'saveEvaluations' | 'saveDispatch' | 'saveAttempt' | 'saveReceiver' | 'saveRouting' | 'saveRule'>
{
  readonly rules = new Map<string, string>();
  readonly watches = new Map<string, AlertSnapshot['ruleStates'][number]>();
  readonly instances = new Map<string, AlertSnapshot['instances'][number]>();
  readonly groups = new Map<string, AlertSnapshot['groups'][number]>();
  readonly receivers = new Map<string, AlertSnapshot['receivers'][number]>();
  readonly events: StoredAlertEvent[] = [];
  readonly deliveries: Mutable<StoredDelivery>[] = [];
  routing: string | null = null;
  dispatchedSeq = 0;

  async saveRule(id: string, rule: string): Promise<void> {
    this.rules.set(id, rule);
  }

  async saveReceiver(id: string, receiver: string, secrets: string): Promise<void> {
    this.receivers.set(id, { id, receiver, secrets });
  }

  async saveRouting(routing: string): Promise<void> {
    this.routing = routing;
  }

  async saveEvaluations(results: Parameters<AlertStore['saveEvaluations']>[0]): Promise<void> {
    for (const { ruleState: watch, ruleId, changed, removed, events } of results) {
      if (watch !== null) this.watches.set(ruleId, watch);
      for (const one of changed) this.instances.set(`${ruleId}/${one.series}`, one);
      for (const series of removed) this.instances.delete(`${ruleId}/${series}`);
      for (const event of events) this.events.push({ ...event, seq: this.events.length + 1 });
    }
  }

  async saveDispatch({ seq, changed, removed, deliveries }: Parameters<AlertStore['saveDispatch']>[0]): Promise<void> {
    for (const group of changed) this.groups.set(group.id, group);
    for (const id of removed) this.groups.delete(id);
    for (const delivery of deliveries) this.#add(delivery);
    this.dispatchedSeq = seq;
  }

  #add(delivery: NewDelivery): void {
    for (const one of this.deliveries) {
      if (one.state === 'pending' && one.groupId === delivery.groupId && one.receiverId === delivery.receiverId) {
        one.state = 'superseded';
      }
    }
    const state: DeliveryState = 'pending';
    const fresh = { state, attempts: 0, firstMs: null, nextMs: delivery.createdMs, endedMs: null };
    this.deliveries.push({ ...delivery, ...fresh, seq: this.deliveries.length + 1 });
  }

  async saveAttempt({ attempt, state, nextMs }: Parameters<AlertStore['saveAttempt']>[0]): Promise<void> {
    const one = this.deliveries.find((delivery) => delivery.id === attempt.deliveryId);
    if (one === undefined) throw new Error(`no delivery ${attempt.deliveryId}`);
    one.attempts = attempt.attempt;
    one.firstMs ??= attempt.atMs;
    if (one.state === 'pending') one.state = state;
    one.nextMs = nextMs;
  }

  async onClockRewind(): Promise<void> {
    // Simulated clocks never go backwards.
  }

  async deleteBefore(): Promise<void> {
    // Simulations are shorter than the retention period.
  }

  reader(): AlertReader {
    return {
      alertSnapshot: async () => ({
        rules: [...this.rules].map(([id, rule]) => ({ id, rule })),
        ruleStates: [...this.watches.values()],
        instances: [...this.instances.values()],
        groups: [...this.groups.values()],
        receivers: [...this.receivers.values()],
        silences: [],
        routing: this.routing,
        managed: null,
        dispatchedSeq: this.dispatchedSeq,
      }),
      alertEvents: async ({ afterSeq = 0, limit }) => this.events.filter(({ seq }) => seq > afterSeq).slice(0, limit),
      dueDeliveries: async ({ nowMs, receiverId }) => {
        const heads = new Map<string, StoredDelivery>();
        for (const one of this.deliveries) {
          const wanted = receiverId === undefined || receiverId === one.receiverId;
          const group = `${one.receiverId} ${one.groupId === '' ? one.id : one.groupId}`;
          if (one.state === 'pending' && wanted && !heads.has(group)) heads.set(group, { ...one });
        }
        return [...heads.values()].filter((one) => one.nextMs <= nowMs);
      },
      alertDeliveries: async () => [],
    };
  }
}
