/**
 * Alerts as a whole: rules are evaluated at their ticks, transitions filed into groups, groups told to receivers. What is
 * in memory stands in the store as well: a step is written before it counts, so that a crash loses and repeats nothing.
 */
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import type { AlertReader, NewDelivery, StoredRuleState } from '../storage/questions/alerts/types.ts';
import type { KnownReceiver, NamedSilence, Routing } from './alert-state.ts';
import { AlertBook } from './alert-state.ts';
import type { Alert, Instance } from './evaluate/alert.ts';
import type { RuleRunnerOptions } from './evaluate/rule-runner.ts';
import { RuleRunner, TRUNCATED } from './evaluate/rule-runner.ts';
import { receiverDisabled, receiverSeries, storageSeries, storageTrouble } from './meta-alerts.ts';
import { bodyOf } from './notify/bodies.ts';
import type { Door } from './notify/deliverer.ts';
import { Deliverer } from './notify/deliverer.ts';
import type { Arrival, OpenGroup } from './notify/dispatch.ts';
import { file, groupToText, look } from './notify/dispatch.ts';
import type { Receiver, ReceiverSecrets } from './notify/receiver.ts';
import { alertFingerprint } from './rules/fingerprint.ts';
import type { Rule } from './rules/rule.ts';
import { tickOf } from './rules/rule.ts';

export interface EngineOptions extends RuleRunnerOptions {
  readonly read: AlertReader;
  readonly door: Door & { refusal(url: string): string | null };
  readonly random: () => number;
  readonly publicUrl: string | null;
}

/** What happened, and what became of deliveries, is kept for so long. */
const KEPT_MS = 30 * DAY_MS;
const FORGET_EVERY_MS = HOUR_MS;
/** Clocks are corrected by less than this all the time. */
const SET_BACK_MS = 60_000;
/** Events filed in one go. */
const EVENTS_AT_ONCE = 10_000;

export class AlertEngine {
  readonly #options: EngineOptions;
  readonly #deliverer: Deliverer;
  readonly #book = new AlertBook();
  readonly #runner: RuleRunner;
  /** Steps follow one another: each reads what the one before wrote. */
  #turn: Promise<unknown> = Promise.resolve();
  #isStale = false;
  #lastMs = Number.NEGATIVE_INFINITY;
  #forgotMs = Number.NEGATIVE_INFINITY;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#runner = new RuleRunner(options, this.#book);
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
    this.#isStale = false;
  }

  /** Nobody has set up anything yet. */
  get isNew(): boolean {
    return this.#book.isNew;
  }

  /** Work that must not run beside a step. After one that failed, memory and disk may differ: the disk counts. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(async () => {
      if (this.#isStale) await this.start();
      this.#isStale = true;
      const result = await work();
      this.#isStale = false;
      return result;
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** One round of everything that is due. */
  async round(): Promise<void> {
    await this.#followClock();
    await this.inTurn(() => this.#runner.evaluateDue());
    await this.inTurn(() => this.#dispatch());
    await this.#deliverer.round();
    await this.#forget();
  }

  /** A clock that was set back would leave waiting what waits: it waits as long as it did before the jump. */
  async #followClock(): Promise<void> {
    const nowMs = this.#options.now();
    const backMs = this.#lastMs - nowMs;
    this.#lastMs = nowMs;
    if (backMs < SET_BACK_MS) return;
    await this.inTurn(async () => {
      await this.#options.write.onClockRewind(backMs);
      const { groups } = this.#book;
      for (const open of [...groups.values()]) {
        const { flushMs, toldMs } = open.group;
        const group = { ...open.group, flushMs: flushMs - backMs, toldMs: toldMs === null ? null : toldMs - backMs };
        groups.set(open.id, { ...open, group });
      }
      await this.#store(new Set(groups.keys()), []);
    });
  }

  async #forget(): Promise<void> {
    const nowMs = this.#options.now();
    if (nowMs - this.#forgotMs < FORGET_EVERY_MS) return;
    this.#forgotMs = nowMs;
    await this.#options.write.deleteBefore(nowMs - KEPT_MS);
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

  /** How things stand, for our own metrics. */
  standing() {
    const { rules, watches, receivers } = this.#book;
    const count = (phase: string): number => this.instances().filter(({ state }) => state.phase === phase).length;
    const nowMs = this.#options.now();
    const behind = [...rules.values()].flatMap((rule) => {
      const watch = watches.get(rule.id);
      return rule.enabled && watch !== undefined ? [tickOf(rule, nowMs) - watch.untilMs] : [];
    });
    return {
      pending: count('pending'),
      firing: count('firing'),
      failingRules: [...watches.values()].filter((watch) => watch.errors > 0).length,
      disabledReceivers: [...receivers.values()].filter(({ receiver }) => receiver.disabled !== null).length,
      lagSeconds: Math.max(0, ...behind) / 1000,
    };
  }

  rules(): readonly Rule[] {
    return [...this.#book.rules.values()];
  }

  rule(id: string): Rule | null {
    return this.#book.rules.get(id) ?? null;
  }

  watch(ruleId: string): StoredRuleState | null {
    return this.#book.watches.get(ruleId) ?? null;
  }

  /** What people should know of a rule that works. */
  warning(ruleId: string): string | null {
    return this.#book.truncated.has(ruleId) ? TRUNCATED : null;
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
      if (before !== undefined && !isSameQuestion(before, rule)) await this.#runner.end(rule.id, 'rule-changed', false);
      await this.#options.write.saveRule(rule.id, JSON.stringify(rule), nowMs);
      this.#book.rules.set(rule.id, rule);
    });
  }

  removeRule(id: string): Promise<void> {
    return this.inTurn(async () => {
      await this.#runner.end(id, 'rule-deleted', true);
      this.#book.rules.delete(id);
      this.#book.watches.delete(id);
    });
  }

  saveReceiver(receiver: Receiver, secrets: ReceiverSecrets): Promise<void> {
    return this.inTurn(async () => {
      const before = this.#book.receivers.get(receiver.id)?.receiver.disabled ?? null;
      await this.#options.write.saveReceiver(receiver.id, JSON.stringify(receiver), JSON.stringify(secrets));
      this.#book.receivers.set(receiver.id, { receiver, secrets });
      if (before !== null && before !== 'by-hand' && receiver.disabled === null)
        await this.#runner.settle(receiverSeries(receiver.id), 'receiver-enabled');
    });
  }

  removeReceiver(id: string): Promise<void> {
    return this.inTurn(async () => {
      await this.#options.write.removeReceiver(id, this.#options.now());
      this.#book.receivers.delete(id);
      for (const group of [...this.#book.groups.values()])
        if (group.receiverId === id) this.#book.groups.delete(group.id);
      await this.#runner.settle(receiverSeries(id), 'receiver-deleted');
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
      await this.#store(touched, []);
    });
  }

  /** Something is wrong with where things are stored; or, with null, is so no longer. */
  storageTrouble(trouble: string, sentence: string | null): Promise<void> {
    return this.inTurn(async () => {
      const { now, randomHex } = this.#options;
      if (sentence === null) await this.#runner.settle(storageSeries(trouble), 'recovered');
      else await this.#runner.raise(storageTrouble(trouble, sentence, now(), `al_${randomHex(24)}`));
    });
  }

  async #dispatch(): Promise<void> {
    const { read, now } = this.#options;
    const touched = new Set<string>();
    const events = await read.alertEvents({ afterSeq: this.#book.dispatchedSeq, limit: EVENTS_AT_ONCE });
    for (const { seq, status, alert: text } of events) {
      const alert = JSON.parse(text) as Alert;
      for (const id of this.#file({ key: alertFingerprint(alert), status, alert })) touched.add(id);
      this.#book.dispatchedSeq = seq;
    }
    const nowMs = now();
    const due = [...this.#book.groups.values()].filter((open) => open.group.flushMs <= nowMs);
    if (due.length === 0 && events.length === 0) return;
    const world = this.#book.world();
    const deliveries: NewDelivery[] = [];
    for (const open of due) {
      touched.add(open.id);
      const { group, told, total } = look(open, world, nowMs);
      if (group === null) this.#book.groups.delete(open.id);
      else this.#book.groups.set(open.id, group);
      const known = this.#book.receivers.get(open.receiverId);
      if (told.length > 0 && known !== undefined) deliveries.push(this.#delivery(open, known, told, total, nowMs));
    }
    await this.#store(touched, deliveries);
  }

  #file(arrival: Arrival): readonly string[] {
    return file(this.#book.groups, arrival, this.#book.routing.routes, this.#options.now());
  }

  async #store(touched: ReadonlySet<string>, deliveries: readonly NewDelivery[]): Promise<void> {
    const changed: OpenGroup[] = [];
    const removed: string[] = [];
    for (const id of touched) {
      const open = this.#book.groups.get(id);
      if (open === undefined) removed.push(id);
      else changed.push(open);
    }
    await this.#options.write.saveDispatch({
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
    const { now, randomHex } = this.#options;
    await this.#runner.raise(receiverDisabled(receiver, why, now(), `al_${randomHex(24)}`));
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
