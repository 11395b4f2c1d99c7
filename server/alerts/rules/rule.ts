/** Alert rules: signal, condition, timing. Terms are those of Prometheus and Alertmanager. */
import type { CustomMetric, QueryMetricName } from '../../analytics/metrics/stored-metrics.ts';
import type { Dimension, DimensionValue } from '../../storage/questions/aggregate/types.ts';
import type { NoDataPolicy } from '../evaluate/transition.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Labels = Readonly<Record<string, string>>;

export type Comparison = '>' | '>=' | '<' | '<=';

/** Dimensions that a rule can group by; each becomes a label. */
export type GroupField = 'account' | 'region' | 'function' | 'version' | 'memoryMb';

export interface MetricQuery {
  readonly metric: QueryMetricName;
  /** Which metric `custom` is. */
  readonly custom?: CustomMetric | undefined;
  readonly aggregation: string;
  readonly filters: readonly {
    readonly field: Dimension;
    readonly op: '=' | '!=' | 'in' | 'not-in' | 'matches';
    readonly value: DimensionValue | readonly DimensionValue[];
  }[];
}

/** What a rule measures. */
export type Signal =
  /** A metric of the catalogue over the window. */
  | ({ readonly kind: 'metric' } & MetricQuery)
  /** Burn rate of an error budget, as a multiple of the even rate. Both windows must exceed the threshold. */
  | {
      readonly kind: 'burnRate';
      /** Share of invocations that must succeed, such as 0.999. */
      readonly objective: number;
      readonly shortWindowMs: number;
      readonly filters: MetricQuery['filters'];
    }
  /** Distance from the same hour of previous weeks, in median absolute deviations. */
  | ({ readonly kind: 'anomaly'; readonly weeks: number } & MetricQuery)
  /** Relative change of a metric against the previous window: 0.2 is 20 % more. */
  | ({ readonly kind: 'change' } & MetricQuery)
  /** Maximum memory used as a share of the memory size. */
  | { readonly kind: 'memoryUse' }
  /** p99 duration as a share of the configured timeout. */
  | { readonly kind: 'timeoutUse' }
  /** Seconds since the last event of any source was received. */
  | { readonly kind: 'ingestSilence' }
  /** Share of records that could not be parsed. */
  | { readonly kind: 'unparsed' }
  /** Longest run of consecutive inits within invocations (doom loop). */
  | { readonly kind: 'doomLoop' }
  /** p95 of the platform latency between init and START in cold starts of VPC functions, ms. */
  | { readonly kind: 'platformLatency' }
  /** Database connections held by concurrent environments of the functions, as a share of the maximum. */
  | {
      readonly kind: 'connectionUse';
      readonly functions: readonly string[];
      readonly maxConnections: number;
      readonly connectionsPerEnvironment: number;
    }
  /** Failed network interface operations and connection errors found in logs. */
  | { readonly kind: 'networkErrors' }
  /** Failures of each group that failed for the first time in the window. */
  | { readonly kind: 'newErrors' }
  /** Failures of each resolved group that regressed and failed in the window. */
  | { readonly kind: 'regressedErrors' }
  /** Failures of each group over whole hours. */
  | {
      readonly kind: 'errorGroups';
      /** Failures, or failed attempts per invocation of the function. */
      readonly measure: 'count' | 'rate';
      /** Names or ids with `*`; empty: all. */
      readonly functions: readonly string[];
      /** Fingerprint of the only group, or of one that was merged into it. */
      readonly error?: string | undefined;
    };

export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly enabled: boolean;
  readonly signal: Signal;
  readonly comparison: Comparison;
  readonly threshold: number;
  /**
   * `value` compares the measured value; `certain` the end of its 95 % interval that is nearer to the threshold, so that
   * 1 error in 2 invocations is not a rate of 50 %.
   */
  readonly bound: 'value' | 'certain';
  /** Names of functions, or patterns of them, that the rule evaluates; empty for all. */
  readonly functions: readonly string[];
  /** Tags that the functions must have, as filters by tag; absent or empty for any. */
  readonly tags?: readonly string[];
  readonly groupBy: readonly GroupField[];
  readonly windowMs: number;
  /** The window ends this long before the evaluation, so that late lines are included. */
  readonly settleMs: number;
  /** A window is re-evaluated once, this long after it closed; 0 disables re-evaluation. */
  readonly allowedLatenessMs: number;
  readonly evaluationIntervalMs: number;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** A series with fewer invocations counts as without data. */
  readonly minSamples: number;
  readonly noData: NoDataPolicy;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly runbookUrl: string | null;
  /** Ids of receivers that are notified in place of those of the routes; empty for the routes. */
  readonly receivers: readonly string[];
}

/** Measurement of one series. */
export interface Measured {
  readonly labels: Labels;
  /** What the series is about, in words of the log; absent where its labels say it. */
  readonly title?: string;
  /** Fingerprint of the labels, if already computed. */
  readonly series?: string;
  readonly value: number | null;
  readonly n: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** The value counts known failures only: errors of some invocations are unknown. */
  readonly isLowerBound?: boolean;
  /** When the function was first seen, epoch ms; absent if the series has no function of its own. */
  readonly firstSeenMs?: number;
  /** Share of invocations received with both START and REPORT; null if the signal does not count invocations. */
  readonly coverage?: number | null;
}

/** Applies the comparison of a rule. */
function isTrue(comparison: Comparison, value: number, threshold: number): boolean {
  switch (comparison) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
  }
}

/** Evaluates the condition of a rule for one series. Null, NaN, infinity and too few samples are `no-data`. */
export function findingOf(
  rule: Pick<Rule, 'comparison' | 'threshold' | 'bound' | 'minSamples'>,
  measured: Measured,
): 'true' | 'false' | 'no-data' {
  const { value, n, interval } = measured;
  if (value === null || !Number.isFinite(value) || n < rule.minSamples) return 'no-data';
  const isUpperLimit = rule.comparison === '>' || rule.comparison === '>=';
  const compared =
    rule.bound === 'certain' && interval !== null ? (isUpperLimit ? interval.low : interval.high) : value;
  const holds = isTrue(rule.comparison, compared, rule.threshold);
  // More failures than are known can make an upper limit hold, and a lower limit fail.
  if (measured.isLowerBound === true && holds !== isUpperLimit) return 'no-data';
  return holds ? 'true' : 'false';
}

/** Latest tick at or before `nowMs`. Ticks are multiples of the interval, so that they survive restarts. */
export function tickOf(rule: Pick<Rule, 'evaluationIntervalMs'>, nowMs: number): number {
  return Math.floor(nowMs / rule.evaluationIntervalMs) * rule.evaluationIntervalMs;
}

/** True if two versions of a rule evaluate the same. Name, texts and severity may change while an alert fires. */
export function isSameQuery(a: Rule, b: Rule): boolean {
  const query = ({
    signal,
    comparison,
    threshold,
    bound,
    functions,
    tags = [],
    groupBy,
    windowMs,
    settleMs,
    minSamples,
    noData,
    enabled,
    receivers,
  }: Rule) =>
    JSON.stringify([
      [signal, functions, tags, groupBy, windowMs, settleMs, minSamples, noData],
      [comparison, threshold, bound, enabled],
      // Those that were notified hear that the alert ended, and the new ones that it fires.
      receivers,
    ]);
  return query(a) === query(b);
}
