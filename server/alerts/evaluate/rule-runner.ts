/** Evaluates rules at their ticks, each window once, and stores the result before it takes effect in memory. */

import { integer } from '../../../ingest/text/quantities.ts';
import type {
  AlertStore,
  EvaluatedRule,
  StoredInstance,
  StoredRuleState,
} from '../../storage/questions/alerts/types.ts';
import type { AlertState } from '../alert-state.ts';
import { META_RULE_ID, ruleFailingAlert, ruleSeries } from '../meta-alerts.ts';
import { fingerprint } from '../rules/fingerprint.ts';
import type { Rule } from '../rules/rule.ts';
import { findingOf, tickOf } from '../rules/rule.ts';
import type { Alert, Evidence, Instance } from './alert.ts';
import type { Evaluation } from './evaluate.ts';
import { endAll, evaluate, windowOf } from './evaluate.ts';
import { LateWindows } from './late-windows.ts';
import type { Measurement } from './measurement.ts';
import type { Signals } from './signals.ts';
import { MAX_SERIES } from './signals.ts';

export interface RuleRunnerOptions {
  readonly write: AlertStore;
  readonly signals: Signals;
  /** Finds example invocations for an alert that begins to fire. */
  readonly evidence: (
    rule: Rule,
    alert: Alert,
    window: { readonly fromMs: number; readonly toMs: number },
  ) => Promise<readonly Evidence[]>;
  readonly now: () => number;
  /** Random hex digits, as many as requested. */
  readonly randomHex: (digits: number) => string;
  /** Resolves in the next turn of the event loop: requests are served between two rules. */
  readonly nextTurn: () => Promise<unknown>;
  /** Reports an error that does not stop the engine; `what` names the failed action. */
  readonly onError: (error: unknown, what: string) => void;
}

/** Evaluations stored in one transaction. */
const RULES_PER_TRANSACTION = 200;
/** Consecutive failures after which a rule raises a meta-alert. */
const FAILURES_UNTIL_ALERT = 3;
/** Alerts of one evaluation that evidence is looked up for; limits the load of an alert storm. */
const MAX_ALERTS_WITH_EVIDENCE = 20;

/** If the clock went back by more than this, evaluation restarts at the current time instead of waiting. */
const MAX_REWIND_WAIT_MS = 600_000;

export class RuleRunner {
  readonly #options: RuleRunnerOptions;
  readonly #state: AlertState;
  readonly #late = new LateWindows();

  constructor(options: RuleRunnerOptions, state: AlertState) {
    this.#options = options;
    this.#state = state;
  }

  /** Evaluates all rules that are due. A rule that throws is reported and does not stop the others. */
  async evaluateDue(): Promise<void> {
    const { signals, onError, now } = this.#options;
    signals.clearCache();
    const due = [...this.#state.rules.values()].filter((rule) => {
      const ruleState = this.#state.ruleStates.get(rule.id);
      if (!rule.enabled || ruleState === undefined) return rule.enabled;
      const tickMs = tickOf(rule, now());
      // Each window once: after a small clock rewind, wait until the clock catches up; after a large one, restart.
      return (
        ruleState.untilMs < tickMs ||
        ruleState.untilMs - tickMs > Math.max(MAX_REWIND_WAIT_MS, 2 * rule.evaluationIntervalMs)
      );
    });
    for (let from = 0; from < due.length; from += RULES_PER_TRANSACTION) {
      const done: PendingEvaluation[] = [];
      for (const rule of due.slice(from, from + RULES_PER_TRANSACTION)) {
        try {
          // Rules with the same question share its answer, so that evaluating one may wait for nothing.
          await this.#options.nextTurn();
          done.push(await this.#evaluate(rule, this.#state.ruleStates.get(rule.id), tickOf(rule, now())));
        } catch (error) {
          onError(error, `rule ${rule.id}`);
        }
      }
      await this.#options.write.saveEvaluations(done.map((one) => one.write));
      for (const one of done) await this.#apply(one);
    }
  }

  /** Resolves the firing alerts of a rule that was deleted or whose query changed, and the meta-alert about it. */
  async resolveRule(ruleId: string, reason: string, removeRule: boolean): Promise<void> {
    await this.#options.write.saveEvaluations(this.resolution(ruleId, reason, removeRule));
    this.forgetInstances(ruleId);
  }

  /** What resolving the alerts of a rule, and the meta-alert about it, writes. It takes effect with {@link forgetInstances}. */
  resolution(ruleId: string, reason: string, removeRule: boolean): readonly EvaluatedRule[] {
    const nowMs = this.#options.now();
    const ended = (id: string, known: ReadonlyMap<string, Instance>): EvaluatedRule =>
      this.#resultOf(id, { changed: [], removed: [...known.keys()], transitions: endAll(known, nowMs, reason) }, null);
    const meta = this.#state.instancesOf(META_RULE_ID).get(ruleSeries(ruleId));
    return [
      { ...ended(ruleId, this.#state.instancesOf(ruleId)), removeRule },
      ...(meta === undefined ? [] : [ended(META_RULE_ID, new Map([[meta.series, meta]]))]),
    ];
  }

  /** Forgets the alerts of a rule and the meta-alert about it, after {@link resolution} was stored. */
  forgetInstances(ruleId: string): void {
    this.#state.instances.delete(ruleId);
    this.#state.instancesOf(META_RULE_ID).delete(ruleSeries(ruleId));
  }

  /** Raises a meta-alert; does nothing if it already fires. */
  async raiseMetaAlert(instance: Instance): Promise<void> {
    const known = this.#state.instancesOf(META_RULE_ID);
    if (known.has(instance.series)) return;
    const transitions = [{ status: 'firing' as const, alert: instance.alert }];
    await this.#write(META_RULE_ID, { changed: [instance], removed: [], transitions });
    known.set(instance.series, instance);
  }

  /** Resolves a meta-alert; does nothing if it does not fire. */
  async resolveMetaAlert(series: string, reason: string): Promise<void> {
    const known = this.#state.instancesOf(META_RULE_ID);
    const before = known.get(series);
    if (before === undefined) return;
    const transitions = endAll(new Map([[series, before]]), this.#options.now(), reason);
    await this.#write(META_RULE_ID, { changed: [], removed: [series], transitions });
    known.delete(series);
  }

  /** Evaluates a rule without changing anything yet. */
  async #evaluate(rule: Rule, previous: StoredRuleState | undefined, tickMs: number): Promise<PendingEvaluation> {
    const { signals, now, randomHex } = this.#options;
    const startedMs = now();
    const found = await signals.measure(rule, tickMs).then(
      (value) => ({ value, error: null }),
      (error: unknown) => ({ value: null, error: error instanceof Error ? error.message : String(error) }),
    );
    const late = found.value === null ? null : await this.#lateWindow(rule, tickMs, found.value);
    const result = evaluate({
      rule,
      unit: found.value?.unit ?? '',
      measured: late?.measured ?? found.value?.measured ?? null,
      known: this.#state.instancesOf(rule.id),
      tickMs,
      newId: () => `al_${randomHex(24)}`,
    });
    const withEvidence = await this.#withEvidence(rule, result, tickMs);
    const missed =
      previous === undefined ? 0 : Math.max(0, (tickMs - previous.untilMs) / rule.evaluationIntervalMs - 1);
    const errors = found.error === null ? 0 : (previous?.errors ?? 0) + 1;
    const next: StoredRuleState = {
      ruleId: rule.id,
      untilMs: tickMs,
      error: found.error,
      errors,
      late: (previous?.late ?? 0) + (late === null ? 0 : 1),
      skipped: (previous?.skipped ?? 0) + Math.round(missed),
      tookMs: now() - startedMs,
    };
    const instances = new Map(
      [...result.instances].map(([series, one]) => [series, withEvidence.get(one.alert.id) ?? one]),
    );
    const changed = result.changed.map((one) => instances.get(one.series) ?? one);
    const events = result.transitions.map((one) => ({
      ...one,
      alert: withEvidence.get(one.alert.id)?.alert ?? one.alert,
    }));
    const write = this.#resultOf(rule.id, { changed, removed: result.removed, transitions: events }, next);
    return { rule, write, ruleState: next, instances, truncated: found.value?.truncated === true };
  }

  /** Takes over a stored evaluation into memory. */
  async #apply({ rule, ruleState, instances, truncated }: PendingEvaluation): Promise<void> {
    const { now, randomHex } = this.#options;
    this.#state.ruleStates.set(rule.id, ruleState);
    this.#state.instances.set(rule.id, instances);
    if (truncated) this.#state.truncated.add(rule.id);
    else this.#state.truncated.delete(rule.id);
    if (ruleState.errors >= FAILURES_UNTIL_ALERT) {
      await this.raiseMetaAlert(
        ruleFailingAlert(rule, ruleState.error ?? 'unknown error', now(), `al_${randomHex(24)}`),
      );
    } else if (ruleState.errors === 0) await this.resolveMetaAlert(ruleSeries(rule.id), 'rule-works-again');
  }

  /**
   * Re-evaluates a window that received late data, once: series that are true in it and not yet active are added to the
   * current measurement. Returns null if no data came late.
   */
  async #lateWindow(rule: Rule, tickMs: number, now: Measurement): Promise<Measurement | null> {
    if (rule.allowedLatenessMs === 0) return null;
    this.#late.record(rule.id, tickMs, now.measured, tickMs - rule.allowedLatenessMs - rule.evaluationIntervalMs);
    const then = tickOf(rule, tickMs - rule.allowedLatenessMs);
    const before = this.#late.samples(rule.id, then);
    if (before === null) return null;
    const again = await this.#options.signals.measure(rule, then);
    if (this.#late.count(again.measured) <= before) return null;
    this.#late.record(rule.id, then, again.measured, then - rule.evaluationIntervalMs);
    const held = again.measured.filter(
      (one) => findingOf(rule, one) === 'true' && !this.#state.instancesOf(rule.id).has(fingerprint(one.labels)),
    );
    const bySeries = new Map(now.measured.map((one) => [fingerprint(one.labels), one]));
    for (const one of held) bySeries.set(fingerprint(one.labels), one);
    return { ...now, measured: [...bySeries.values()] };
  }

  /** Looks up evidence for instances that begin to fire; returns them by alert id. */
  async #withEvidence(rule: Rule, result: Evaluation, tickMs: number): Promise<ReadonlyMap<string, Instance>> {
    const { evidence, onError } = this.#options;
    const firing = result.transitions.filter((one) => one.status === 'firing').slice(0, MAX_ALERTS_WITH_EVIDENCE);
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
        // The alert is sent without evidence.
        onError(error, `evidence of ${rule.id}`);
      }
    }
    return found;
  }

  #write(ruleId: string, evaluation: Pick<Evaluation, 'changed' | 'removed' | 'transitions'>): Promise<void> {
    return this.#options.write.saveEvaluations([this.#resultOf(ruleId, evaluation, null)]);
  }

  #resultOf(
    ruleId: string,
    { changed, removed, transitions }: Pick<Evaluation, 'changed' | 'removed' | 'transitions'>,
    ruleState: StoredRuleState | null,
  ): EvaluatedRule {
    const atMs = this.#options.now();
    return {
      ruleState: ruleState,
      ruleId,
      removeRule: false,
      changed: changed.map((instance) => stored(ruleId, instance)),
      removed,
      events: transitions.map(({ status, alert }) => ({
        alertId: alert.id,
        ruleId,
        status,
        atMs,
        alert: JSON.stringify(alert),
      })),
    };
  }
}

/** An evaluation that is not stored yet. */
interface PendingEvaluation {
  readonly rule: Rule;
  readonly write: EvaluatedRule;
  readonly ruleState: StoredRuleState;
  readonly instances: Map<string, Instance>;
  readonly truncated: boolean;
}

/** Warning for a rule that exceeds the limit of series. */
export const TRUNCATED = `More than ${integer(MAX_SERIES)} series: the others are not evaluated. Group by fewer labels.`;

function stored(ruleId: string, { series, state, alert }: Instance): StoredInstance {
  return { ruleId, series, state: JSON.stringify(state), alert: JSON.stringify(alert) };
}
