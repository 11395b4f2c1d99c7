/** What a rule asks, of whom, and when it is true. The words are Prometheus's and Alertmanager's. */
import type { MetricName } from '../../analytics/metrics/catalogue.ts';
import type { Dimension, DimensionValue } from '../../storage/questions/aggregate/types.ts';
import type { NoDataPolicy } from '../evaluate/transition.ts';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type Labels = Readonly<Record<string, string>>;

export type Comparison = '>' | '>=' | '<' | '<=';

/** Label and dimension that series may be told apart by. */
export type GroupField = 'account' | 'region' | 'function' | 'version' | 'memoryMb';

export interface MetricQuery {
  readonly metric: MetricName;
  readonly aggregation: string;
  readonly filters: readonly {
    readonly field: Dimension;
    readonly op: '=' | '!=' | 'in' | 'not-in';
    readonly value: DimensionValue | readonly DimensionValue[];
  }[];
}

/** What is looked at. */
export type Signal =
  /** A metric of the structured query over the window. */
  | ({ readonly kind: 'metric' } & MetricQuery)
  /** The share of an error budget that is spent, as a multiple of the even rate: both windows must be above. */
  | {
      readonly kind: 'burnRate';
      /** Share of invocations that must not fail: 0.999. */
      readonly objective: number;
      readonly shortWindowMs: number;
      readonly filters: MetricQuery['filters'];
    }
  /** Distance from the same hour of the weeks before, in median absolute deviations. */
  | ({ readonly kind: 'anomaly'; readonly weeks: number } & MetricQuery)
  /** Change of a metric against the window before it: 0.2 is a fifth more. */
  | ({ readonly kind: 'change' } & MetricQuery)
  /** Largest share of the memory size that was used. */
  | { readonly kind: 'memoryUse' }
  /** The 99th percentile of Duration as a share of the declared timeout. */
  | { readonly kind: 'timeoutUse' }
  /** Seconds since the newest event of any source arrived. */
  | { readonly kind: 'ingestSilence' }
  /** Share of lines that could not be read. */
  | { readonly kind: 'unparsed' }
  /** Inits in a row inside invocations: the longest loop of the window. */
  | { readonly kind: 'doomLoop' }
  /** p95 of what the platform adds between init and START to cold starts of functions in a VPC, ms. */
  | { readonly kind: 'platformLatency' }
  /** Connections that the functions' concurrent environments hold together, as a share of what the database takes. */
  | {
      readonly kind: 'connectionUse';
      readonly functions: readonly string[];
      readonly maxConnections: number;
      readonly connectionsPerEnvironment: number;
    }
  /** Interface operations that failed, or refusals by the network in logs. */
  | { readonly kind: 'networkErrors' };

export interface Rule {
  readonly id: string;
  readonly name: string;
  readonly severity: Severity;
  readonly enabled: boolean;
  readonly signal: Signal;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** `value`: as measured. `certain`: the end of the 95 % interval that is nearer to the threshold, so that 1 of 2 is not 50 %. */
  readonly bound: 'value' | 'certain';
  readonly groupBy: readonly GroupField[];
  readonly windowMs: number;
  /** Lines of a moment arrive over so long; the window ends so long ago. */
  readonly settleMs: number;
  /** A window is looked at once more this long after it closed; 0 for never. */
  readonly allowedLatenessMs: number;
  readonly evaluationIntervalMs: number;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  /** Below so many invocations a series counts as without data. */
  readonly minSamples: number;
  readonly noData: NoDataPolicy;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly runbookUrl: string | null;
}

/** One series as it was measured. */
export interface Measured {
  readonly labels: Labels;
  /** Fingerprint of the labels, if already computed. */
  readonly series?: string;
  readonly value: number | null;
  readonly n: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Share of the invocations behind it that were seen whole; null where it is not of invocations. */
  readonly coverage?: number | null;
}

export function holds(comparison: Comparison, value: number, threshold: number): boolean {
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

/** What a measured series means to a rule. NaN and infinity are no measurement. */
export function findingOf(
  rule: Pick<Rule, 'comparison' | 'threshold' | 'bound' | 'minSamples'>,
  measured: Measured,
): 'true' | 'false' | 'no-data' {
  const { value, n, interval } = measured;
  if (value === null || !Number.isFinite(value) || n < rule.minSamples) return 'no-data';
  const above = rule.comparison === '>' || rule.comparison === '>=';
  const judged = rule.bound === 'certain' && interval !== null ? (above ? interval.low : interval.high) : value;
  return holds(rule.comparison, judged, rule.threshold) ? 'true' : 'false';
}

/** The newest time at or before `nowMs` that the rule is evaluated at: multiples of its interval, so that restarts agree. */
export function tickOf(rule: Pick<Rule, 'evaluationIntervalMs'>, nowMs: number): number {
  return Math.floor(nowMs / rule.evaluationIntervalMs) * rule.evaluationIntervalMs;
}
