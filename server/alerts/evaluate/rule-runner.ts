/** Evaluates rules at their ticks, each window once, and writes what came of it before it counts. */
import type {
  AlertStore,
  EvaluatedRule,
  StoredInstance,
  StoredRuleState,
} from '../../storage/questions/alerts/types.ts';
import type { AlertBook } from '../alert-state.ts';
import { OWN_RULE, ruleFails, ruleSeries } from '../meta-alerts.ts';
import { fingerprint } from '../rules/fingerprint.ts';
import type { Rule } from '../rules/rule.ts';
import { findingOf, tickOf } from '../rules/rule.ts';
import type { Alert, Evidence, Instance } from './alert.ts';
import type { Evaluation } from './evaluate.ts';
import { endAll, evaluate, windowOf } from './evaluate.ts';
import { LateWindows } from './late-windows.ts';
import type { Measurement, Signals } from './signals.ts';
import { MOST_SERIES } from './signals.ts';

export interface RuleRunnerOptions {
  readonly write: AlertStore;
  readonly signals: Signals;
  /** Invocations that show what the alert is about. */
  readonly evidence: (
    rule: Rule,
    alert: Alert,
    window: { readonly fromMs: number; readonly toMs: number },
  ) => Promise<readonly Evidence[]>;
  readonly now: () => number;
  readonly randomHex: (digits: number) => string;
  readonly onError: (error: unknown, what: string) => void;
}

/** Rules that are written together. */
const RULES_AT_ONCE = 200;
/** A rule that fails so often in a row is told of like an alert. */
const FAILURES_UNTIL_TOLD = 3;
/** Alerts of one evaluation that evidence is looked up for: a flood is not made worse. */
const MOST_WITH_EVIDENCE = 20;

/** A clock that was further ahead than this begins anew from the time it is now. */
const MOST_BLIND_MS = 600_000;

export class RuleRunner {
  readonly #options: RuleRunnerOptions;
  readonly #book: AlertBook;
  readonly #late = new LateWindows();

  constructor(options: RuleRunnerOptions, book: AlertBook) {
    this.#options = options;
    this.#book = book;
  }

  async evaluateDue(): Promise<void> {
    const { signals, onError, now } = this.#options;
    signals.forget();
    const due = [...this.#book.rules.values()].filter((rule) => {
      const watch = this.#book.watches.get(rule.id);
      if (!rule.enabled || watch === undefined) return rule.enabled;
      const tickMs = tickOf(rule, now());
      // Each window once: a clock that was set back waits until it has caught up, unless that takes too long to be blind.
      return watch.untilMs < tickMs || watch.untilMs - tickMs > Math.max(MOST_BLIND_MS, 2 * rule.evaluationIntervalMs);
    });
    for (let from = 0; from < due.length; from += RULES_AT_ONCE) {
      const done: Done[] = [];
      for (const rule of due.slice(from, from + RULES_AT_ONCE)) {
        try {
          done.push(await this.#evaluate(rule, this.#book.watches.get(rule.id), tickOf(rule, now())));
        } catch (error) {
          onError(error, `rule ${rule.id}`);
        }
      }
      await this.#options.write.saveEvaluations(done.map((one) => one.write));
      for (const one of done) await this.#apply(one);
    }
  }

  /** The rule is gone, or asks something else: what fires is resolved, with the reason. */
  async end(ruleId: string, reason: string, removeRule: boolean): Promise<void> {
    const known = this.#book.of(ruleId);
    const told = endAll(known, this.#options.now(), reason);
    await this.#write(ruleId, { changed: [], removed: [...known.keys()], told }, removeRule);
    this.#book.instances.delete(ruleId);
    await this.settle(ruleSeries(ruleId), reason);
  }

  /** An alert of the product's own begins. */
  async raise(instance: Instance): Promise<void> {
    const known = this.#book.of(OWN_RULE);
    if (known.has(instance.series)) return;
    const told = [{ status: 'firing' as const, alert: instance.alert }];
    await this.#write(OWN_RULE, { changed: [instance], removed: [], told });
    known.set(instance.series, instance);
  }

  /** And ends. */
  async settle(series: string, reason: string): Promise<void> {
    const known = this.#book.of(OWN_RULE);
    const before = known.get(series);
    if (before === undefined) return;
    const told = endAll(new Map([[series, before]]), this.#options.now(), reason);
    await this.#write(OWN_RULE, { changed: [], removed: [series], told });
    known.delete(series);
  }

  /** Nothing is changed yet. */
  async #evaluate(rule: Rule, watch: StoredRuleState | undefined, tickMs: number): Promise<Done> {
    const { signals, now, randomHex } = this.#options;
    const began = now();
    const found = await signals.measure(rule, tickMs).then(
      (value) => ({ value, error: null }),
      (error: unknown) => ({ value: null, error: error instanceof Error ? error.message : String(error) }),
    );
    const late = found.value === null ? null : await this.#lateWindow(rule, tickMs, found.value);
    const result = evaluate({
      rule,
      unit: found.value?.unit ?? '',
      measured: late?.measured ?? found.value?.measured ?? null,
      known: this.#book.of(rule.id),
      tickMs,
      newId: () => `al_${randomHex(24)}`,
    });
    const told = await this.#withEvidence(rule, result, tickMs);
    const missed = watch === undefined ? 0 : Math.max(0, (tickMs - watch.untilMs) / rule.evaluationIntervalMs - 1);
    const errors = found.error === null ? 0 : (watch?.errors ?? 0) + 1;
    const next: StoredRuleState = {
      ruleId: rule.id,
      untilMs: tickMs,
      error: found.error,
      errors,
      late: (watch?.late ?? 0) + (late === null ? 0 : 1),
      skipped: (watch?.skipped ?? 0) + Math.round(missed),
      tookMs: now() - began,
    };
    const instances = new Map([...result.instances].map(([series, one]) => [series, told.get(one.alert.id) ?? one]));
    const changed = result.changed.map((one) => instances.get(one.series) ?? one);
    const events = result.told.map((one) => ({ ...one, alert: told.get(one.alert.id)?.alert ?? one.alert }));
    const write = this.#resultOf(rule.id, { changed, removed: result.removed, told: events }, next);
    return { rule, write, watch: next, instances, truncated: found.value?.truncated === true };
  }

  /** What was written counts from now on. */
  async #apply({ rule, watch, instances, truncated }: Done): Promise<void> {
    const { now, randomHex } = this.#options;
    this.#book.watches.set(rule.id, watch);
    this.#book.instances.set(rule.id, instances);
    if (truncated) this.#book.truncated.add(rule.id);
    else this.#book.truncated.delete(rule.id);
    if (watch.errors >= FAILURES_UNTIL_TOLD) {
      await this.raise(ruleFails(rule, watch.error ?? '', now(), `al_${randomHex(24)}`));
    } else if (watch.errors === 0) await this.settle(ruleSeries(rule.id), 'rule-works-again');
  }

  /**
   * A window that closed a while ago and got more since: what held in it and is not known to hold counts as found now, once.
   * Null where nothing came late.
   */
  async #lateWindow(rule: Rule, tickMs: number, now: Measurement): Promise<Measurement | null> {
    if (rule.allowedLatenessMs === 0) return null;
    this.#late.remember(rule.id, tickMs, now.measured, tickMs - rule.allowedLatenessMs - rule.evaluationIntervalMs);
    const then = tickOf(rule, tickMs - rule.allowedLatenessMs);
    const before = this.#late.samples(rule.id, then);
    if (before === null) return null;
    const again = await this.#options.signals.measure(rule, then);
    if (this.#late.count(again.measured) <= before) return null;
    this.#late.remember(rule.id, then, again.measured, then - rule.evaluationIntervalMs);
    const held = again.measured.filter(
      (one) => findingOf(rule, one) === 'true' && !this.#book.of(rule.id).has(fingerprint(one.labels)),
    );
    const bySeries = new Map(now.measured.map((one) => [fingerprint(one.labels), one]));
    for (const one of held) bySeries.set(fingerprint(one.labels), one);
    return { ...now, measured: [...bySeries.values()] };
  }

  /** By alert id: instances that begin to fire, with what shows it. */
  async #withEvidence(rule: Rule, result: Evaluation, tickMs: number): Promise<ReadonlyMap<string, Instance>> {
    const { evidence, onError } = this.#options;
    const firing = result.told.filter((one) => one.status === 'firing').slice(0, MOST_WITH_EVIDENCE);
    const found = new Map<string, Instance>();
    for (const { alert } of firing) {
      const instance = result.changed.find((one) => one.alert.id === alert.id);
      if (instance === undefined) continue;
      try {
        found.set(alert.id, {
          ...instance,
          alert: { ...alert, evidence: await evidence(rule, alert, windowOf(rule, tickMs)) },
        });
      } catch (error) {
        // The alert counts, with or without it.
        onError(error, `evidence of ${rule.id}`);
      }
    }
    return found;
  }

  #write(
    ruleId: string,
    evaluation: Pick<Evaluation, 'changed' | 'removed' | 'told'>,
    removeRule = false,
  ): Promise<void> {
    return this.#options.write.saveEvaluations([{ ...this.#resultOf(ruleId, evaluation, null), removeRule }]);
  }

  #resultOf(
    ruleId: string,
    { changed, removed, told }: Pick<Evaluation, 'changed' | 'removed' | 'told'>,
    watch: StoredRuleState | null,
  ): EvaluatedRule {
    const atMs = this.#options.now();
    return {
      ruleState: watch,
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
    };
  }
}

/** An evaluation that is still to be written. */
interface Done {
  readonly rule: Rule;
  readonly write: EvaluatedRule;
  readonly watch: StoredRuleState;
  readonly instances: Map<string, Instance>;
  readonly truncated: boolean;
}

/** What people are told where a rule looks at more series than it may. */
export const TRUNCATED = `More than ${MOST_SERIES.toLocaleString('en')} series: the rest is not looked at. Group by less.`;

function stored(ruleId: string, { series, state, alert }: Instance): StoredInstance {
  return { ruleId, series, state: JSON.stringify(state), alert: JSON.stringify(alert) };
}
