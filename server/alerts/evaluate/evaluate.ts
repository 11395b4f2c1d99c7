/** One evaluation of one rule: measurements and known instances give the new instances and their transitions. Pure. */

import { fingerprint } from '../rules/fingerprint.ts';
import type { Measured, Rule } from '../rules/rule.ts';
import { findingOf } from '../rules/rule.ts';
import type { Alert, Instance } from './alert.ts';
import { summaryOf } from './alert.ts';
import type { Step } from './transition.ts';
import { end, INACTIVE, step } from './transition.ts';

export interface EvaluationInput {
  readonly rule: Rule;
  readonly unit: string;
  /** Null if the query failed. */
  readonly measured: readonly Measured[] | null;
  /** Pending and firing instances by series. */
  readonly known: ReadonlyMap<string, Instance>;
  /** Scheduled time of the evaluation, epoch ms. */
  readonly tickMs: number;
  readonly newId: () => string;
}

export interface Evaluation {
  /** Pending and firing instances after the evaluation, by series. */
  readonly instances: ReadonlyMap<string, Instance>;
  readonly changed: readonly Instance[];
  /** Series that are no longer pending or firing. */
  readonly removed: readonly string[];
  /** Alerts that began to fire or resolved. */
  readonly transitions: readonly { readonly status: 'firing' | 'resolved'; readonly alert: Alert }[];
}

/** Time range that the evaluation at `tickMs` looks at. */
export function windowOf(rule: Pick<Rule, 'windowMs' | 'settleMs'>, tickMs: number): { fromMs: number; toMs: number } {
  const toMs = tickMs - rule.settleMs;
  return { fromMs: toMs - rule.windowMs, toMs };
}

/** Evaluates a rule once. */
export function evaluate(input: EvaluationInput): Evaluation {
  const { rule, measured, known, tickMs } = input;
  const seen = new Set<string>();
  const result = new EvaluationResult(input);
  for (const one of measured ?? []) {
    const finding = findingOf(rule, one);
    // Fast path: nearly every series is inactive and stays so.
    if (known.size === 0 && step(INACTIVE, finding, tickMs, rule).state.phase === 'inactive') continue;
    const series = one.series ?? fingerprint(one.labels);
    seen.add(series);
    const before = known.get(series);
    result.take(series, before, step(before?.state ?? INACTIVE, finding, tickMs, rule), one);
  }
  // Known series without a measurement: no data, or the query failed.
  for (const [series, before] of known) {
    if (seen.has(series)) continue;
    result.take(series, before, step(before.state, measured === null ? 'error' : 'no-data', tickMs, rule), null);
  }
  return result;
}

/** Resolves all firing instances because the rule was deleted or its query changed. */
export function endAll(known: ReadonlyMap<string, Instance>, nowMs: number, reason: string): Evaluation['transitions'] {
  return [...known.values()].flatMap(({ state, alert }) =>
    end(state, nowMs).transition === 'resolved'
      ? [{ status: 'resolved' as const, alert: ended(alert, nowMs, reason) }]
      : [],
  );
}

/** An alert without what each evaluation measures anew. */
type Unmeasured = Omit<
  Alert,
  'summary' | 'summaryCode' | 'value' | 'n' | 'unit' | 'threshold' | 'interval' | 'coverage' | 'window'
>;

class EvaluationResult implements Evaluation {
  readonly instances = new Map<string, Instance>();
  readonly changed: Instance[] = [];
  readonly removed: string[] = [];
  readonly transitions: { status: 'firing' | 'resolved'; alert: Alert }[] = [];
  readonly #input: EvaluationInput;

  constructor(input: EvaluationInput) {
    this.#input = input;
  }

  take(
    series: string,
    before: Instance | undefined,
    { state, transition, reason }: Step,
    measured: Measured | null,
  ): void {
    const { tickMs } = this.#input;
    const current =
      before === undefined ? null : measured === null ? before.alert : this.#withMeasurement(before.alert, measured);
    if (state.phase === 'inactive') {
      if (before === undefined || current === null) return;
      this.removed.push(series);
      if (transition === 'resolved')
        this.transitions.push({ status: 'resolved', alert: ended(current, tickMs, reason) });
      return;
    }
    const alert = current ?? this.#newAlert(measured);
    const started = transition === 'firing' ? { ...alert, sequence: alert.sequence + 1, startsAt: iso(tickMs) } : alert;
    const instance = { series, state, alert: started };
    this.instances.set(series, instance);
    this.changed.push(instance);
    if (transition === 'firing') this.transitions.push({ status: 'firing', alert: started });
  }

  #newAlert(measured: Measured | null): Alert {
    const { rule, tickMs, newId } = this.#input;
    const empty: Measured = { labels: {}, value: null, n: 0, interval: null };
    return this.#withMeasurement(
      {
        id: newId(),
        sequence: 0,
        ruleId: rule.id,
        ruleName: rule.name,
        signal: rule.signal.kind,
        severity: rule.severity,
        runbookUrl: rule.runbookUrl,
        labels: { ...rule.labels, ...(measured ?? empty).labels, alertname: rule.name, severity: rule.severity },
        annotations: rule.annotations,
        ...(rule.receivers.length === 0 ? {} : { receivers: rule.receivers }),
        startsAt: iso(tickMs),
        endsAt: null,
        reason: null,
        evidence: [],
      },
      measured ?? empty,
    );
  }

  #withMeasurement(alert: Unmeasured, measured: Measured): Alert {
    const { rule, unit, tickMs } = this.#input;
    const { fromMs, toMs } = windowOf(rule, tickMs);
    const { value, n, interval } = measured;
    return {
      ...alert,
      ...summaryOf(rule, measured, unit),
      value,
      n,
      unit,
      threshold: rule.threshold,
      interval: interval === null ? null : [interval.low, interval.high],
      coverage: measured.coverage ?? null,
      window: { from: iso(fromMs), to: iso(toMs) },
    };
  }
}

function ended(alert: Alert, nowMs: number, reason: string | null): Alert {
  return { ...alert, sequence: alert.sequence + 1, endsAt: iso(nowMs), reason };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
