/** One evaluation of one rule: what was measured, against what was known, gives what is stored and told. Pure. */

import { fingerprint } from '../rules/fingerprint.ts';
import type { Measured, Rule } from '../rules/rule.ts';
import { findingOf } from '../rules/rule.ts';
import type { Alert, Instance } from './alert.ts';
import { summaryOf } from './alert.ts';
import type { Step } from './transition.ts';
import { end, INACTIVE, step } from './transition.ts';

export interface Question {
  readonly rule: Rule;
  readonly unit: string;
  /** Null where the question failed. */
  readonly measured: readonly Measured[] | null;
  readonly known: ReadonlyMap<string, Instance>;
  /** When the rule was to be evaluated. */
  readonly tickMs: number;
  readonly newId: () => string;
}

export interface Evaluation {
  /** Series that are pending or firing, as they are now. */
  readonly instances: ReadonlyMap<string, Instance>;
  readonly changed: readonly Instance[];
  readonly removed: readonly string[];
  readonly told: readonly { readonly status: 'firing' | 'resolved'; readonly alert: Alert }[];
}

export function windowOf(rule: Pick<Rule, 'windowMs' | 'settleMs'>, tickMs: number): { fromMs: number; toMs: number } {
  const toMs = tickMs - rule.settleMs;
  return { fromMs: toMs - rule.windowMs, toMs };
}

export function evaluate(question: Question): Evaluation {
  const { rule, measured, known, tickMs } = question;
  const seen = new Set<string>();
  const result = new Result(question);
  for (const one of measured ?? []) {
    const finding = findingOf(rule, one);
    const calm = finding === 'false' || (finding === 'no-data' && rule.noData !== 'breaching');
    // Nearly every series of nearly every rule is inactive, and stays so.
    if (calm && known.size === 0) continue;
    const series = one.series ?? fingerprint(one.labels);
    seen.add(series);
    const before = known.get(series);
    if (calm && before === undefined) continue;
    result.take(series, before, step(before?.state ?? INACTIVE, finding, tickMs, rule), one);
  }
  // Those that were not measured this time: there is no data of them, or the question failed.
  for (const [series, before] of known) {
    if (seen.has(series)) continue;
    result.take(series, before, step(before.state, measured === null ? 'error' : 'no-data', tickMs, rule), null);
  }
  return result;
}

/** The rule was removed, or changed into another: what fires is resolved, with the reason. */
export function endAll(known: ReadonlyMap<string, Instance>, nowMs: number, reason: string): Evaluation['told'] {
  return [...known.values()].flatMap(({ state, alert }) =>
    end(state, nowMs).transition === 'resolved'
      ? [{ status: 'resolved' as const, alert: ended(alert, nowMs, reason) }]
      : [],
  );
}

class Result implements Evaluation {
  readonly instances = new Map<string, Instance>();
  readonly changed: Instance[] = [];
  readonly removed: string[] = [];
  readonly told: { status: 'firing' | 'resolved'; alert: Alert }[] = [];
  readonly #question: Question;

  constructor(question: Question) {
    this.#question = question;
  }

  take(
    series: string,
    before: Instance | undefined,
    { state, transition, reason }: Step,
    measured: Measured | null,
  ): void {
    const { tickMs } = this.#question;
    const current =
      before === undefined ? null : measured === null ? before.alert : this.#refreshed(before.alert, measured);
    if (state.phase === 'inactive') {
      if (before === undefined || current === null) return;
      this.removed.push(series);
      if (transition === 'resolved') this.told.push({ status: 'resolved', alert: ended(current, tickMs, reason) });
      return;
    }
    const alert = current ?? this.#fresh(measured);
    const started = transition === 'firing' ? { ...alert, sequence: alert.sequence + 1, startsAt: iso(tickMs) } : alert;
    const instance = { series, state, alert: started };
    this.instances.set(series, instance);
    this.changed.push(instance);
    if (transition === 'firing') this.told.push({ status: 'firing', alert: started });
  }

  #fresh(measured: Measured | null): Alert {
    const { rule, tickMs, newId } = this.#question;
    const empty: Measured = { labels: {}, value: null, n: 0, interval: null };
    return this.#refreshed(
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
        summary: '',
        value: null,
        threshold: rule.threshold,
        unit: '',
        n: 0,
        interval: null,
        coverage: null,
        window: { from: '', to: '' },
        startsAt: iso(tickMs),
        endsAt: null,
        reason: null,
        evidence: [],
      },
      measured ?? empty,
    );
  }

  #refreshed(alert: Alert, measured: Measured): Alert {
    const { rule, unit, tickMs } = this.#question;
    const { fromMs, toMs } = windowOf(rule, tickMs);
    const { value, n, interval } = measured;
    return {
      ...alert,
      summary: summaryOf(rule, measured, unit),
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
