/** Catalogue of metrics: unit, valid aggregations, and how each value is computed from a rollup. */
import type { Usage } from '../cost/cost.ts';
import { failedUsage, totalCost } from '../cost/cost.ts';
import type { PriceFactors } from '../cost/terms.ts';
import { wilson } from '../statistics/rate.ts';
import type { ListedRate, RateLists } from './counted-rate.ts';
import { rateInLists } from './counted-rate.ts';
import type { InvocationCounts } from './counts.ts';
import { coldStartSecondsOf, coldStartsOf, errorsOf, placedOf, userFeltOf } from './counts.ts';
import type { UnknownErrors } from './error-rate.ts';
import { errorRateFrom, unknownErrorsOf } from './error-rate.ts';

/** Distribution that quantiles are read from. */
export type MetricSketch = 'duration' | 'init' | 'coldStartTotal';

/** Rollup of one group and one interval. */
export interface MetricPoint {
  readonly counts: InvocationCounts;
  readonly usage: readonly (Usage & { readonly failed: number; readonly failedBilledMs: number })[];
  /** Prices of its time, relative to list prices. */
  readonly factors: PriceFactors;
  readonly maxMemoryMb: number | null;
  /** In the order requested; null without values. */
  readonly quantiles: readonly (number | null)[];
  /** Values behind the quantiles. */
  readonly n: number;
  /** What rates are made of, in parts of the interval; without it, the interval of a rate assumes independent invocations. */
  readonly blocks?: RateLists | null;
}

type Definition =
  | { readonly kind: 'sum'; readonly unit: string; readonly of: (point: MetricPoint) => number | null }
  | {
      readonly kind: 'rate';
      readonly of: (counts: InvocationCounts) => number;
      /** Invocations that the rate is of; all without it. */
      readonly among?: (counts: InvocationCounts) => number;
      /** Its name in parts of a range; null if it is not counted there. */
      readonly listed: ListedRate | null;
    }
  | { readonly kind: 'error-rate' }
  | { readonly kind: 'quantile'; readonly sketch: MetricSketch }
  | { readonly kind: 'max'; readonly unit: string; readonly of: (point: MetricPoint) => number | null };

const count = (of: (counts: InvocationCounts) => number): Definition => ({
  kind: 'sum',
  unit: 'count',
  of: (point) => of(point.counts),
});

const DEFINITIONS = {
  invocations: count((counts) => counts.n),
  errors: count(errorsOf),
  timeouts: count((counts) => counts.timeouts),
  outOfMemory: count((counts) => counts.ooms),
  exits: count((counts) => counts.exits),
  coldStarts: count(coldStartsOf),
  userFeltColdStarts: { kind: 'sum', unit: 'count', of: (point: MetricPoint) => userFeltOf(point.counts) },
  errorRate: { kind: 'error-rate' },
  coldStartRate: { kind: 'rate', of: coldStartsOf, listed: 'coldStarts' },
  userFeltColdStartRate: {
    kind: 'rate',
    of: (counts: InvocationCounts) => counts.user_felt,
    among: placedOf,
    listed: 'userFelt',
  },
  coverage: { kind: 'rate', of: (counts: InvocationCounts) => counts.with_start, listed: null },
  coldStartSeconds: { kind: 'sum', unit: 's', of: (point: MetricPoint) => coldStartSecondsOf(point.counts) },
  billedMs: { kind: 'sum', unit: 'ms', of: (point: MetricPoint) => point.counts.billed_ms },
  costUsd: { kind: 'sum', unit: 'USD', of: (point: MetricPoint) => totalCost(point.usage, point.factors)?.usd ?? null },
  wastedUsd: {
    kind: 'sum',
    unit: 'USD',
    of: ({ usage, factors }: MetricPoint) => totalCost(failedUsage(usage), factors)?.usd ?? null,
  },
  durationMs: { kind: 'quantile', sketch: 'duration' },
  initMs: { kind: 'quantile', sketch: 'init' },
  coldStartMs: { kind: 'quantile', sketch: 'coldStartTotal' },
  maxMemoryUsedMb: { kind: 'max', unit: 'MB', of: (point: MetricPoint) => point.maxMemoryMb },
} as const satisfies Readonly<Record<string, Definition>>;

export type MetricName = keyof typeof DEFINITIONS;

function definitionOf(metric: MetricName): Definition {
  return DEFINITIONS[metric];
}

/** Unit of the metric's values: `count`, `ratio`, `ms`, `s`, `MB` or `USD`. */
export function unitOf(metric: MetricName): string {
  const definition = definitionOf(metric);
  if (definition.kind === 'rate' || definition.kind === 'error-rate') return 'ratio';
  return definition.kind === 'quantile' ? 'ms' : definition.unit;
}

/** Aggregations used if a query names none. */
export function defaultAggregations(metric: MetricName): readonly string[] {
  switch (definitionOf(metric).kind) {
    case 'sum':
      return ['sum'];
    case 'rate':
    case 'error-rate':
      return ['value'];
    case 'quantile':
      return ['p50', 'p95', 'p99'];
    case 'max':
      return ['max'];
  }
}

/** Returns the first aggregation that the metric does not support, or null. */
export function unsupportedAggregation(metric: MetricName, aggregations: readonly string[]): string | null {
  const { kind } = definitionOf(metric);
  const isSupported = (name: string): boolean =>
    kind === 'sum'
      ? name === 'sum' || name === 'perSecond'
      : kind === 'rate' || kind === 'error-rate'
        ? name === 'value'
        : kind === 'max'
          ? name === 'max'
          : name === 'count' || quantileOf(name) !== null;
  return aggregations.find((name) => !isSupported(name)) ?? null;
}

/** Error message for an unsupported aggregation; names the ones that work. */
export function unsupportedMessage(metric: MetricName, aggregation: string): string {
  return `${metric} does not support ${aggregation}. Use ${defaultAggregations(metric).join(', ')}.`;
}

/**
 * Parses `p99.9` into 0.999. Returns null if the name is not a quantile. 99.9 / 100 is a little more than 0.999, which would be the last
 * rank of a thousand.
 */
export function quantileOf(name: string): number | null {
  return /^p\d/.test(name) ? Number(`${name.slice(1)}e-2`) : null;
}

/** Whether the metric is a rate that is counted in parts of a range. */
export function isListedRate(metric: MetricName): boolean {
  const definition = definitionOf(metric);
  return definition.kind === 'error-rate' || (definition.kind === 'rate' && definition.listed !== null);
}

/** Sketch behind the metric's quantiles; null if it has none. */
export function sketchOf(metric: MetricName): MetricSketch | null {
  const definition = definitionOf(metric);
  return definition.kind === 'quantile' ? definition.sketch : null;
}

export interface MetricValues {
  /** Invocations, or values behind a quantile. */
  readonly n: number;
  /** By name of the aggregation. */
  readonly values: Record<string, number | null>;
  /**
   * 95 % interval of a rate; null for other metrics. Where errors are unknown, from the known failures to all of them. Without
   * `blocks`, it assumes independent invocations.
   */
  readonly interval: { readonly low: number; readonly high: number; readonly blocks?: number } | null;
}

/** Metrics that count failures: a lower bound where errors are unknown. */
const FAILURE_METRICS: ReadonlySet<MetricName> = new Set<MetricName>(['errors', 'errorRate', 'wastedUsd']);

/** Says what is unknown of the metric's value; null for a metric without failures, or if all are known. */
export function unknownOf(metric: MetricName, counts: InvocationCounts): UnknownErrors | null {
  return FAILURE_METRICS.has(metric) ? unknownErrorsOf(counts) : null;
}

/**
 * Computes the aggregations of a metric from one rollup.
 * `point.quantiles` are in the order of the quantiles among `aggregations`; `seconds` is the length of the interval.
 */
export function valuesOf(
  metric: MetricName,
  aggregations: readonly string[],
  point: MetricPoint,
  seconds: number,
): MetricValues {
  const definition = definitionOf(metric);
  const { n } = point.counts;
  switch (definition.kind) {
    case 'sum': {
      const sum = definition.of(point);
      const perSecond = sum === null ? null : sum / seconds;
      return { n, values: byName(aggregations, (name) => (name === 'sum' ? sum : perSecond)), interval: null };
    }
    case 'max': {
      const max = definition.of(point);
      return { n, values: byName(aggregations, () => max), interval: null };
    }
    case 'rate':
    case 'error-rate': {
      const among = definition.kind === 'rate' ? (definition.among?.(point.counts) ?? n) : n;
      const listed = definition.kind === 'rate' ? definition.listed : 'errors';
      const hits = definition.kind === 'rate' ? definition.of(point.counts) : errorsOf(point.counts);
      const counted = listed === null ? wilson(hits, among) : rateInLists({ hits, n: among }, point.blocks, listed);
      const rate = definition.kind === 'rate' ? counted : errorRateFrom(point.counts, counted);
      const { value, low, high, blocks } = rate;
      const interval =
        low === null || high === null ? null : { low, high, ...(blocks === undefined ? {} : { blocks }) };
      return { n: among, values: byName(aggregations, () => value), interval };
    }
    case 'quantile': {
      const quantiles = aggregations.filter((name) => quantileOf(name) !== null);
      return {
        n: point.n,
        values: byName(aggregations, (name) =>
          name === 'count' ? point.n : (point.quantiles[quantiles.indexOf(name)] ?? null),
        ),
        interval: null,
      };
    }
  }
}

function byName(names: readonly string[], of: (name: string) => number | null): Record<string, number | null> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}
