/**
 * Alerts as a whole: rules are evaluated at their ticks, transitions filed into groups, groups told to receivers. What is
 * in memory stands in the store as well: a step is written before it counts, so that a crash loses and repeats nothing.
 */
import type { Alerting, AlertReader, NewDelivery, StoredInstance, StoredWatch } from '../storage/alert-views.ts';
import type { Alert, Instance } from './alert.ts';
import { bodyOf } from './bodies.ts';
import type { KnownReceiver, NamedSilence, Routing } from './book.ts';
import { AlertBook, keyOf } from './book.ts';
import type { Door } from './deliverer.ts';
import { Deliverer } from './deliverer.ts';
import type { Arrival, OpenGroup } from './dispatch.ts';
import { file, groupToText, look } from './dispatch.ts';
import type { Evaluation } from './evaluate.ts';
import { endAll, evaluate } from './evaluate.ts';
import { OWN_RULE, receiverDisabled } from './own-alerts.ts';
import type { Receiver, ReceiverSecrets } from './receiver.ts';
import type { Rule } from './rule.ts';
import { tickOf } from './rule.ts';
import type { Signals } from './signals.ts';

export interface EngineOptions {
  readonly read: AlertReader;
  readonly write: Alerting;
  readonly signals: Signals;
  readonly door: Door & { refusal(url: string): string | null };
  readonly now: () => number;
  readonly random: () => number;
  /** So many hex digits of randomness. */
  readonly randomHex: (digits: number) => string;
  readonly publicUrl: string | null;
  readonly onError: (error: unknown, what: string) => void;
}

/** Events filed in one go. */
const EVENTS_AT_ONCE = 10_000;

export class AlertEngine {
  readonly #options: EngineOptions;
  readonly #deliverer: Deliverer;
  readonly #book = new AlertBook();
  /** Steps follow one another: each reads what the one before wrote. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#deliverer = new Deliverer({
      read: options.read,
      write: options.write,
      door: options.door,
      now: options.now,
      random: options.random,
      receiver: (id) => this.#book.receivers.get(id) ?? null,
      onDead: (id, why) => this.inTurn(() => this.#disable(id, why)),
    });
  }

  /** Reads what is stored. Before anything else. */
  async start(): Promise<void> {
    await this.#book.load(this.#options.read);
  }

  /** Nobody has set up anything yet. */
  get isNew(): boolean {
    return this.#book.isNew;
  }

  /** Work that must not run beside a step. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(work);
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** One round of everything that is due. */
  async round(): Promise<void> {
    await this.inTurn(() => this.#evaluateDue());
    await this.inTurn(async () => {
      try {
        await this.#dispatch();
      } catch (error) {
        // What is in memory may be ahead of the disk: the disk counts.
        await this.start();
        throw error;
      }
    });
    await this.#deliverer.round();
  }

  idle(): Promise<void> {
    return this.#deliverer.idle();
  }

  newId(): string {
    return this.#options.randomHex(24);
  }

  /** Why nothing may be sent to this URL; null where it may. */
  refusalOf(url: string): string | null {
    return this.#options.door.refusal(url);
  }

  get deliverer(): Deliverer {
    return this.#deliverer;
  }

  rules(): readonly Rule[] {
    return [...this.#book.rules.values()];
  }

  rule(id: string): Rule | null {
    return this.#book.rules.get(id) ?? null;
  }

  watch(ruleId: string): StoredWatch | null {
    return this.#book.watches.get(ruleId) ?? null;
  }

  instances(): readonly Instance[] {
    return [...this.#book.instances.values()].flatMap((known) => [...known.values()]);
  }

  receivers(): readonly Receiver[] {
    return [...this.#book.receivers.values()].map((one) => one.receiver);
  }

  receiver(id: string): KnownReceiver | null {
    return this.#book.receivers.get(id) ?? null;
  }

  silences(): readonly NamedSilence[] {
    return [...this.#book.silences.values()];
  }

  routing(): Routing {
    return this.#book.routing;
  }

  /** Stores the rule; where it asks something else than before, what fires of it is resolved first. */
  saveRule(rule: Rule): Promise<void> {
    return this.inTurn(async () => {
      const before = this.#book.rules.get(rule.id);
      const nowMs = this.#options.now();
      if (before !== undefined && !isSameQuestion(before, rule)) await this.#end(rule.id, 'rule-changed', false);
      await this.#options.write.saveRule(rule.id, JSON.stringify(rule), nowMs);
      this.#book.rules.set(rule.id, rule);
    });
  }

  removeRule(id: string): Promise<void> {
    return this.inTurn(async () => {
      await this.#end(id, 'rule-deleted', true);
      this.#book.rules.delete(id);
      this.#book.watches.delete(id);
    });
  }

  saveReceiver(receiver: Receiver, secrets: ReceiverSecrets): Promise<void> {
    return this.inTurn(async () => {
      const before = this.#book.receivers.get(receiver.id)?.receiver.disabled ?? null;
      await this.#options.write.saveReceiver(receiver.id, JSON.stringify(receiver), JSON.stringify(secrets));
      this.#book.receivers.set(receiver.id, { receiver, secrets });
      if (before !== null && before !== 'by-hand' && receiver.disabled === null) await this.#tellWorking(receiver.id);
    });
  }

  removeReceiver(id: string): Promise<void> {
    return this.inTurn(async () => {
      await this.#options.write.removeReceiver(id, this.#options.now());
      this.#book.receivers.delete(id);
      for (const group of [...this.#book.groups.values()])
        if (group.receiverId === id) this.#book.groups.delete(group.id);
      await this.#tellWorking(id);
    });
  }

  saveSilence(silence: NamedSilence): Promise<void> {
    return this.inTurn(async () => {
      await this.#options.write.saveSilence(silence.id, JSON.stringify(silence), silence.endsMs);
      this.#book.silences.set(silence.id, silence);
    });
  }

  /** Alerts that fire already find their way by the new routes. */
  saveRouting(routing: Routing): Promise<void> {
    return this.inTurn(async () => {
      await this.#options.write.saveRouting(JSON.stringify(routing));
      this.#book.routing = routing;
      this.#book.isNew = false;
      const touched = new Set<string>();
      for (const [key, alert] of this.#book.world().firing) {
        for (const id of this.#file({ key, status: 'firing', alert })) touched.add(id);
      }
      await this.#store(touched, [], []);
    });
  }

  async #evaluateDue(): Promise<void> {
    const { signals, onError } = this.#options;
    signals.forget();
    for (const rule of this.#book.rules.values()) {
      if (!rule.enabled) continue;
      const tickMs = tickOf(rule, this.#options.now());
      const watch = this.#book.watches.get(rule.id);
      if (watch !== undefined && watch.untilMs >= tickMs) continue;
      try {
        await this.#evaluate(rule, watch, tickMs);
      } catch (error) {
        onError(error, `rule ${rule.id}`);
      }
    }
  }

  async #evaluate(rule: Rule, watch: StoredWatch | undefined, tickMs: number): Promise<void> {
    const { signals, now, randomHex } = this.#options;
    const began = now();
    const known = this.#book.of(rule.id);
    const measurement = await signals.measure(rule, tickMs).then(
      (value) => ({ value, error: null }),
      (error: unknown) => ({ value: null, error: error instanceof Error ? error.message : String(error) }),
    );
    const result = evaluate({
      rule,
      unit: measurement.value?.unit ?? '',
      measured: measurement.value?.measured ?? null,
      known,
      tickMs,
      newId: () => `al_${randomHex(24)}`,
    });
    const missed = watch === undefined ? 0 : Math.max(0, (tickMs - watch.untilMs) / rule.evaluationIntervalMs - 1);
    const next: StoredWatch = {
      ruleId: rule.id,
      untilMs: tickMs,
      error: measurement.error,
      errors: measurement.error === null ? 0 : (watch?.errors ?? 0) + 1,
      late: watch?.late ?? 0,
      skipped: (watch?.skipped ?? 0) + Math.round(missed),
      tookMs: now() - began,
    };
    await this.#save(rule.id, result, next);
    this.#book.watches.set(rule.id, next);
    this.#book.instances.set(rule.id, new Map(result.instances));
  }

  #save(ruleId: string, { changed, removed, told }: Evaluation, watch: StoredWatch | null): Promise<void> {
    const atMs = this.#options.now();
    return this.#options.write.evaluated({
      watch,
      ruleId,
      removeRule: false,
      changed: changed.map((instance) => stored(ruleId, instance)),
      removed,
      events: told.map(({ status, alert }) => ({
        alertId: alert.id,
        ruleId,
        status,
        atMs,
        alert: JSON.stringify(alert),
      })),
    });
  }

  async #end(ruleId: string, reason: string, removeRule: boolean): Promise<void> {
    const atMs = this.#options.now();
    const known = this.#book.of(ruleId);
    await this.#options.write.evaluated({
      watch: null,
      ruleId,
      removeRule,
      changed: [],
      removed: [...known.keys()],
      events: endAll(known, atMs, reason).map(({ status, alert }) => ({
        alertId: alert.id,
        ruleId,
        status,
        atMs,
        alert: JSON.stringify(alert),
      })),
    });
    this.#book.instances.delete(ruleId);
  }

  async #dispatch(): Promise<void> {
    const { read, now } = this.#options;
    const touched = new Set<string>();
    const events = await read.alertEvents({ afterSeq: this.#book.dispatchedSeq, limit: EVENTS_AT_ONCE });
    for (const { seq, status, alert: text } of events) {
      const alert = JSON.parse(text) as Alert;
      for (const id of this.#file({ key: keyOf(alert), status, alert })) touched.add(id);
      this.#book.dispatchedSeq = seq;
    }
    const nowMs = now();
    const world = this.#book.world();
    const deliveries: NewDelivery[] = [];
    for (const open of [...this.#book.groups.values()]) {
      if (open.group.flushMs > nowMs) continue;
      touched.add(open.id);
      const { group, told, total } = look(open, world, nowMs);
      if (group === null) this.#book.groups.delete(open.id);
      else this.#book.groups.set(open.id, group);
      const known = this.#book.receivers.get(open.receiverId);
      if (told.length > 0 && known !== undefined) deliveries.push(this.#delivery(open, known, told, total, nowMs));
    }
    if (touched.size > 0 || events.length > 0) await this.#store(touched, deliveries, []);
  }

  #file(arrival: Arrival): readonly string[] {
    return file(this.#book.groups, arrival, this.#book.routing.routes, this.#options.now());
  }

  async #store(
    touched: ReadonlySet<string>,
    deliveries: readonly NewDelivery[],
    gone: readonly string[],
  ): Promise<void> {
    const changed: OpenGroup[] = [];
    const removed = [...gone];
    for (const id of touched) {
      const open = this.#book.groups.get(id);
      if (open === undefined) removed.push(id);
      else changed.push(open);
    }
    await this.#options.write.dispatched({
      seq: this.#book.dispatchedSeq,
      changed: changed.map((open) => ({ id: open.id, receiverId: open.receiverId, state: groupToText(open) })),
      removed,
      deliveries,
    });
  }

  #delivery(
    open: OpenGroup,
    { receiver, secrets }: KnownReceiver,
    told: Parameters<typeof bodyOf>[1]['told'],
    total: number,
    nowMs: number,
  ): NewDelivery {
    const { publicUrl, randomHex } = this.#options;
    const { groupKey } = open;
    const notice = {
      groupKey,
      receiver: receiver.name,
      told,
      total,
      timestamp: new Date(nowMs).toISOString(),
      publicUrl,
    };
    const options = { template: receiver.template, routingKey: secrets.routingKey };
    const { type, body } = bodyOf(receiver.format, notice, options);
    return { id: `msg_${randomHex(24)}`, receiverId: receiver.id, groupId: open.id, type, body, createdMs: nowMs };
  }

  async #disable(id: string, why: 'gone' | 'failing'): Promise<void> {
    const known = this.#book.receivers.get(id);
    if (known === undefined || known.receiver.disabled !== null) return;
    const receiver = { ...known.receiver, disabled: why };
    await this.#options.write.saveReceiver(id, JSON.stringify(receiver), JSON.stringify(known.secrets));
    this.#book.receivers.set(id, { ...known, receiver });
    const nowMs = this.#options.now();
    const instance = receiverDisabled(receiver, why, nowMs, `al_${this.#options.randomHex(24)}`);
    const told = [{ status: 'firing' as const, alert: instance.alert }];
    const instances = new Map(this.#book.of(OWN_RULE)).set(id, instance);
    await this.#save(OWN_RULE, { instances, changed: [instance], removed: [], told }, null);
    this.#book.instances.set(OWN_RULE, instances);
  }

  async #tellWorking(id: string): Promise<void> {
    const known = this.#book.of(OWN_RULE);
    const before = known.get(id);
    if (before === undefined) return;
    const told = endAll(new Map([[id, before]]), this.#options.now(), 'receiver-enabled');
    const instances = new Map(known);
    instances.delete(id);
    await this.#save(OWN_RULE, { instances, changed: [], removed: [id], told }, null);
    this.#book.instances.set(OWN_RULE, instances);
  }
}

/** Names, texts and severities may change while an alert fires; what is asked may not. */
function isSameQuestion(a: Rule, b: Rule): boolean {
  const asked = ({
    signal,
    comparison,
    threshold,
    bound,
    groupBy,
    windowMs,
    settleMs,
    minSamples,
    noData,
    enabled,
  }: Rule) =>
    JSON.stringify([signal, comparison, threshold, bound, groupBy, windowMs, settleMs, minSamples, noData, enabled]);
  return asked(a) === asked(b);
}

function stored(ruleId: string, { series, state, alert }: Instance): StoredInstance {
  return { ruleId, series, state: JSON.stringify(state), alert: JSON.stringify(alert) };
}
