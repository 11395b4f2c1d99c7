/**
 * The alert engine: evaluates rules at their ticks, inserts transitions into notification groups, and delivers to
 * receivers. Every step is written to the store before it takes effect in memory, so that a crash loses and repeats nothing.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { AlertReader, NewDelivery, StoredRuleState } from '../storage/questions/alerts/types.ts';
import { AlertState } from './alert-state.ts';
import { applyConfiguration } from './code/apply.ts';
import type { ManagedKind, ManagedMark } from './code/managed.ts';
import { markKey } from './code/managed.ts';
import type { ConfigurationChange, StoredConfiguration } from './code/plan.ts';
import type { Instance } from './evaluate/alert.ts';
import type { RuleRunnerOptions } from './evaluate/rule-runner.ts';
import { RuleRunner, TRUNCATED } from './evaluate/rule-runner.ts';
import { receiverDisabledAlert, receiverSeries, storageAlert, storageSeries } from './meta-alerts.ts';
import { bodyOf } from './notify/bodies.ts';
import type { EgressClient } from './notify/deliverer.ts';
import { Deliverer } from './notify/deliverer.ts';
import type { AlertTransition, FlushedGroup, OpenGroup } from './notify/dispatch.ts';
import { flushGroup, insertIntoGroups } from './notify/dispatch.ts';
import type { MailSender } from './notify/mail-exchange.ts';
import type { KnownReceiver, Receiver, ReceiverSecrets } from './notify/receiver.ts';
import type { NamedSilence, Routing } from './notify/routing.ts';
import { alertFingerprint } from './rules/fingerprint.ts';
import type { Rule } from './rules/rule.ts';
import { isSameQuery } from './rules/rule.ts';
import type { AlertStats } from './stats.ts';
import { alertStats } from './stats.ts';
import { alertOfEvent, groupToJson } from './stored-state.ts';

export interface EngineOptions extends RuleRunnerOptions {
  readonly read: AlertReader;
  readonly egress: EgressClient & { blockReason(url: string): string | null };
  /** Sends e-mail; absent or null if no mail server is configured. */
  readonly mail?: MailSender | null;
  /** The time by which history is deleted, epoch ms. */
  readonly settledNow: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Base URL for links in notifications; null if not configured. */
  readonly publicUrl: string | null;
}

/** Alert events and finished deliveries are kept this long. */
const HISTORY_MS = 30 * DAY_MS;
const CLEANUP_INTERVAL_MS = HOUR_MS;
/** Smaller steps back are ordinary clock corrections. */
const MIN_CLOCK_REWIND_MS = MINUTE_MS;
const EVENTS_PER_DISPATCH = 10_000;

export class AlertEngine {
  readonly #options: EngineOptions;
  readonly #deliverer: Deliverer;
  readonly #state = new AlertState();
  readonly #runner: RuleRunner;
  /** Steps run one after another: each reads what the previous one wrote. */
  #lastStep: Promise<unknown> = Promise.resolve();
  #isStale = false;
  #lastRoundMs = Number.NEGATIVE_INFINITY;
  #lastCleanupMs = Number.NEGATIVE_INFINITY;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#runner = new RuleRunner(options, this.#state);
    this.#deliverer = new Deliverer({
      read: options.read,
      write: options.write,
      egress: options.egress,
      mail: options.mail ?? null,
      now: options.now,
      random: options.random,
      receiver: (id) => this.#state.receivers.get(id) ?? null,
      onReceiverFailed: (id, reason) => this.inTurn(() => this.#disableReceiver(id, reason)),
    });
  }

  /** Loads the stored state. Call before anything else. */
  async start(): Promise<void> {
    await this.#state.load(this.#options.read, this.#options.onError);
    this.#isStale = false;
  }

  /** True until routing is saved for the first time. */
  get isNew(): boolean {
    return this.#state.isNew;
  }

  /** Runs `work` after all earlier steps. If an earlier step failed, reloads the state from the store first. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#lastStep.then(async () => {
      if (this.#isStale) await this.start();
      this.#isStale = true;
      const result = await work();
      this.#isStale = false;
      return result;
    });
    this.#lastStep = next.catch(() => undefined);
    return next;
  }

  /** Runs everything that is due: evaluations, dispatch, deliveries, cleanup. */
  async round(): Promise<void> {
    await this.#checkClock();
    await this.inTurn(() => this.#runner.evaluateDue());
    await this.inTurn(() => this.#dispatch());
    await this.#deliverer.round();
    await this.#cleanUp();
  }

  /** If the clock went backwards, shifts pending deadlines back by the same amount. */
  async #checkClock(): Promise<void> {
    const nowMs = this.#options.now();
    const rewindMs = this.#lastRoundMs - nowMs;
    this.#lastRoundMs = nowMs;
    if (rewindMs < MIN_CLOCK_REWIND_MS) return;
    await this.inTurn(() => this.#onClockRewind(rewindMs));
  }

  async #onClockRewind(byMs: number): Promise<void> {
    await this.#options.write.onClockRewind(byMs);
    const { groups } = this.#state;
    for (const open of [...groups.values()]) {
      const { flushMs, lastNotifiedMs } = open.group;
      const group = {
        ...open.group,
        flushMs: flushMs - byMs,
        lastNotifiedMs: lastNotifiedMs === null ? null : lastNotifiedMs - byMs,
      };
      groups.set(open.id, { ...open, group });
    }
    await this.#saveDispatch(new Set(groups.keys()), []);
  }

  async #cleanUp(): Promise<void> {
    const nowMs = this.#options.settledNow();
    if (nowMs - this.#lastCleanupMs < CLEANUP_INTERVAL_MS) return;
    this.#lastCleanupMs = nowMs;
    await this.#options.write.deleteBefore(nowMs - HISTORY_MS);
  }

  /** Resolves once no delivery is in progress. */
  idle(): Promise<void> {
    return this.#deliverer.idle();
  }

  /** Random id without a prefix, 24 hex digits. */
  newId(): string {
    return this.#options.randomHex(24);
  }

  /** Why requests to this URL are blocked; null if they are allowed. */
  urlBlockReason(url: string): string | null {
    return this.#options.egress.blockReason(url);
  }

  get deliverer(): Deliverer {
    return this.#deliverer;
  }

  stats(): AlertStats {
    return alertStats(this.#state, this.#options.now());
  }

  rules(): readonly Rule[] {
    return this.#state.rulesById();
  }

  rule(id: string): Rule | null {
    return this.#state.rules.get(id) ?? null;
  }

  /** Last evaluation and health of a rule; null before its first evaluation. */
  ruleState(ruleId: string): StoredRuleState | null {
    return this.#state.ruleStates.get(ruleId) ?? null;
  }

  /** Non-fatal warning for a healthy rule, or null. */
  warning(ruleId: string): string | null {
    return this.#state.truncated.has(ruleId) ? TRUNCATED : null;
  }

  /** Pending and firing instances of all rules. */
  instances(): readonly Instance[] {
    return [...this.#state.instances.values()].flatMap((instances) => [...instances.values()]);
  }

  receivers(): readonly Receiver[] {
    return this.#state.receiversById();
  }

  receiver(id: string): KnownReceiver | null {
    return this.#state.receivers.get(id) ?? null;
  }

  silences(): readonly NamedSilence[] {
    return [...this.#state.silences.values()];
  }

  routing(): Routing {
    return this.#state.routing;
  }

  /**
   * Creates or replaces a rule. If the query changed, resolves the rule's firing alerts first. Returns false, and changes nothing,
   * if `replaces` refuses the stored rule: null where there is none.
   */
  saveRule(rule: Rule, replaces: (stored: Rule | null) => boolean = () => true): Promise<boolean> {
    return this.inTurn(async () => {
      const before = this.#state.rules.get(rule.id);
      if (!replaces(before ?? null)) return false;
      const nowMs = this.#options.now();
      if (before !== undefined && !isSameQuery(before, rule)) {
        await this.#runner.resolveRule(rule.id, 'rule-changed', false);
      }
      await this.#options.write.saveRule(rule.id, JSON.stringify(rule), nowMs);
      this.#state.rules.set(rule.id, rule);
      return true;
    });
  }

  /** Deletes a rule and resolves its firing alerts, if `agrees`; false, and nothing changes, if not. */
  removeRule(id: string, agrees: () => boolean = () => true): Promise<boolean> {
    return this.inTurn(async () => {
      if (!agrees()) return false;
      await this.#runner.resolveRule(id, 'rule-deleted', true);
      this.#state.rules.delete(id);
      this.#state.ruleStates.delete(id);
      return true;
    });
  }

  /** Saves a receiver, if `replaces` agrees to the stored one, or returns false. Enabling one resolves the alert about it. */
  saveReceiver(
    receiver: Receiver,
    secrets: ReceiverSecrets,
    replaces: (stored: KnownReceiver | null) => boolean = () => true,
  ): Promise<boolean> {
    return this.inTurn(async () => {
      const stored = this.#state.receivers.get(receiver.id) ?? null;
      if (!replaces(stored)) return false;
      const before = stored?.receiver.disabled ?? null;
      await this.#options.write.saveReceiver(receiver.id, JSON.stringify(receiver), JSON.stringify(secrets));
      this.#state.receivers.set(receiver.id, { receiver, secrets });
      if (before !== null && before !== 'by-hand' && receiver.disabled === null)
        await this.#runner.resolveMetaAlert(receiverSeries(receiver.id), 'receiver-enabled');
      return true;
    });
  }

  /** Deletes a receiver, its groups and its pending deliveries, if `agrees`; false, and nothing changes, if not. */
  removeReceiver(id: string, agrees: () => boolean = () => true): Promise<boolean> {
    return this.inTurn(async () => {
      if (!agrees()) return false;
      await this.#options.write.removeReceiver(id, this.#options.now());
      this.#state.receivers.delete(id);
      for (const group of [...this.#state.groups.values()])
        if (group.receiverId === id) this.#state.groups.delete(group.id);
      await this.#runner.resolveMetaAlert(receiverSeries(id), 'receiver-deleted');
      return true;
    });
  }

  /** Creates or replaces a silence, if `replaces` agrees to the stored one; false if it does not. */
  saveSilence(silence: NamedSilence, replaces = (_: NamedSilence | null): boolean => true): Promise<boolean> {
    return this.inTurn(async () => {
      if (!replaces(this.#state.silences.get(silence.id) ?? null)) return false;
      await this.#options.write.saveSilence(silence.id, JSON.stringify(silence), silence.endsMs);
      this.#state.silences.set(silence.id, silence);
      return true;
    });
  }

  /**
   * Replaces routes and inhibitions, if `replaces` agrees to the stored ones; false if it does not. Alerts that already fire are
   * inserted into the groups of the new routes.
   */
  saveRouting(routing: Routing, replaces: (stored: Routing) => boolean = () => true): Promise<boolean> {
    return this.inTurn(async () => {
      if (!replaces(this.#state.routing)) return false;
      await this.#options.write.saveRouting(JSON.stringify(routing));
      this.#state.routing = routing;
      this.#state.isNew = false;
      await this.#insertFiring();
      return true;
    });
  }

  /** The file that a rule, a receiver or a list is managed by; null if the API may change it. */
  managed(kind: ManagedKind, id: string): ManagedMark | null {
    return this.#state.managed.get(markKey(kind, id)) ?? null;
  }

  /** Applies what `decide` makes of what is stored then, as one transaction; nothing changes if it returns null. */
  changeConfiguration(decide: (stored: StoredConfiguration) => ConfigurationChange | null): Promise<void> {
    return this.inTurn(async () => {
      const change = decide(this.#state);
      if (change === null) return;
      const { write, now } = this.#options;
      await applyConfiguration(change, { state: this.#state, runner: this.#runner, write, nowMs: now() });
      if (change.routing !== null) await this.#insertFiring();
    });
  }

  /** Inserts what fires into the groups of new routes. */
  async #insertFiring(): Promise<void> {
    const changed = new Set<string>();
    for (const [key, alert] of this.#state.dispatchSnapshot().firing) {
      for (const id of this.#insert({ key, status: 'firing', alert })) changed.add(id);
    }
    await this.#saveDispatch(changed, []);
  }

  /** Raises a self-monitoring alert about storage; resolves it if `sentence` is null. */
  reportStorageTrouble(trouble: string, sentence: string | null): Promise<void> {
    return this.inTurn(async () => {
      const { now, randomHex } = this.#options;
      if (sentence === null) await this.#runner.resolveMetaAlert(storageSeries(trouble), 'recovered');
      else await this.#runner.raiseMetaAlert(storageAlert(trouble, sentence, now(), `al_${randomHex(24)}`));
    });
  }

  /** Inserts new transitions into groups, flushes due groups, and stores both with the resulting deliveries. */
  async #dispatch(): Promise<void> {
    const { read, now } = this.#options;
    const changed = new Set<string>();
    const events = await read.alertEvents({ afterSeq: this.#state.dispatchedSeq, limit: EVENTS_PER_DISPATCH });
    for (const event of events) {
      const alert = alertOfEvent(event);
      if (alert !== null) {
        const { status } = event;
        for (const id of this.#insert({ key: alertFingerprint(alert), status, alert })) changed.add(id);
      }
      this.#state.dispatchedSeq = event.seq;
    }
    const nowMs = now();
    const due = [...this.#state.groups.values()].filter((open) => open.group.flushMs <= nowMs);
    if (due.length === 0 && events.length === 0) return;
    const snapshot = this.#state.dispatchSnapshot();
    const deliveries: NewDelivery[] = [];
    for (const open of due) {
      changed.add(open.id);
      const flushed = flushGroup(open, snapshot, nowMs);
      if (flushed.group === null) this.#state.groups.delete(open.id);
      else this.#state.groups.set(open.id, flushed.group);
      const known = this.#state.receivers.get(open.receiverId);
      if (flushed.alerts.length > 0 && known !== undefined) {
        deliveries.push(this.#newDelivery(open, known, flushed, nowMs));
      }
    }
    await this.#saveDispatch(changed, deliveries);
  }

  #insert(transition: AlertTransition): readonly string[] {
    return insertIntoGroups(this.#state.groups, transition, this.#state.routing.routes, this.#options.now());
  }

  async #saveDispatch(changedIds: ReadonlySet<string>, deliveries: readonly NewDelivery[]): Promise<void> {
    const changed: OpenGroup[] = [];
    const removed: string[] = [];
    for (const id of changedIds) {
      const open = this.#state.groups.get(id);
      if (open === undefined) removed.push(id);
      else changed.push(open);
    }
    await this.#options.write.saveDispatch({
      seq: this.#state.dispatchedSeq,
      changed: changed.map((open) => ({ id: open.id, receiverId: open.receiverId, state: groupToJson(open) })),
      removed,
      deliveries,
    });
  }

  #newDelivery(
    { id: groupId, groupKey }: OpenGroup,
    { receiver, secrets }: KnownReceiver,
    { alerts, total }: FlushedGroup,
    nowMs: number,
  ): NewDelivery {
    const { publicUrl, randomHex } = this.#options;
    const timestamp = new Date(nowMs).toISOString();
    const notification = { groupKey, receiver: receiver.name, alerts, total, timestamp, publicUrl };
    const { template, url } = receiver;
    const { routingKey } = secrets;
    const { type, body } = bodyOf(receiver.format, notification, { template, routingKey, url });
    return { id: `msg_${randomHex(24)}`, receiverId: receiver.id, groupId, type, body, createdMs: nowMs };
  }

  /** Disables a receiver and raises a self-monitoring alert for the other receivers. */
  async #disableReceiver(id: string, reason: 'gone' | 'failing'): Promise<void> {
    const known = this.#state.receivers.get(id);
    if (known === undefined || known.receiver.disabled !== null) return;
    const receiver = { ...known.receiver, disabled: reason };
    await this.#options.write.saveReceiver(id, JSON.stringify(receiver), JSON.stringify(known.secrets));
    this.#state.receivers.set(id, { ...known, receiver });
    const nowMs = this.#options.now();
    await this.#runner.raiseMetaAlert(receiverDisabledAlert(receiver, reason, nowMs, `al_${this.newId()}`));
  }
}
