/** Every metric of the structured query: its unit, what may be asked of it, and how it is read from rollups. */
import { failedUsage, totalCost } from '../../analytics/cost/cost.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { QueryMetric } from '../../http/contract/query.ts';
import { coldStartsOf, errorsOf, secondsOf } from '../../http/presentation/present.ts';
import type { AggregatePoint, AggregateQuery, Counts } from '../../storage/ports.ts';

/** How a metric is made: each kind knows its aggregations. */
type Definition =
  | { readonly kind: 'sum'; readonly unit: string; readonly of: (point: AggregatePoint) => number | null }
  | { readonly kind: 'rate'; readonly of: (counts: Counts) => number }
  | { readonly kind: 'quantile'; readonly sketch: NonNullable<AggregateQuery['sketch']> }
  | { readonly kind: 'max'; readonly unit: string; readonly of: (point: AggregatePoint) => number | null };

const count = (of: (counts: Counts) => number): Definition => ({
  kind: 'sum',
  unit: 'count',
  of: (point) => of(point.counts),
});

const DEFINITIONS: Readonly<Record<QueryMetric, Definition>> = {
  invocations: count((counts) => counts.n),
  errors: count(errorsOf),
  timeouts: count((counts) => counts.timeouts),
  outOfMemory: count((counts) => counts.ooms),
  exits: count((counts) => counts.exits),
  coldStarts: count(coldStartsOf),
  userFeltColdStarts: count((counts) => counts.user_felt),
  errorRate: { kind: 'rate', of: errorsOf },
  coldStartRate: { kind: 'rate', of: coldStartsOf },
  userFeltColdStartRate: { kind: 'rate', of: (counts) => counts.user_felt },
  coverage: { kind: 'rate', of: (counts) => counts.with_start },
  coldStartSeconds: { kind: 'sum', unit: 's', of: (point) => secondsOf(point.counts) },
  billedMs: { kind: 'sum', unit: 'ms', of: (point) => point.counts.billed_ms },
  costUsd: { kind: 'sum', unit: 'USD', of: (point) => totalCost(point.usage)?.usd ?? null },
  wastedUsd: {
    kind: 'sum',
    unit: 'USD',
    of: ({ usage }) => totalCost(failedUsage(usage))?.usd ?? null,
  },
  durationMs: { kind: 'quantile', sketch: 'duration' },
  initMs: { kind: 'quantile', sketch: 'init' },
  coldStartMs: { kind: 'quantile', sketch: 'coldStartTotal' },
  maxMemoryUsedMb: { kind: 'max', unit: 'MB', of: (point) => point.maxMemoryMb },
};

export function unitOf(metric: QueryMetric): string {
  const definition = DEFINITIONS[metric];
  if (definition.kind === 'rate') return 'ratio';
  return definition.kind === 'quantile' ? 'ms' : definition.unit;
}

export function usualAggregations(metric: QueryMetric): readonly string[] {
  switch (DEFINITIONS[metric].kind) {
    case 'sum':
      return ['sum'];
    case 'rate':
      return ['value'];
    case 'quantile':
      return ['p50', 'p95', 'p99'];
    case 'max':
      return ['max'];
  }
}

/** What the metric cannot be asked for, of `aggregations`; null when all are fine. */
export function unfit(metric: QueryMetric, aggregations: readonly string[]): string | null {
  const { kind } = DEFINITIONS[metric];
  const fits = (name: string): boolean =>
    kind === 'sum'
      ? name === 'sum' || name === 'perSecond'
      : kind === 'rate'
        ? name === 'value'
        : kind === 'max'
          ? name === 'max'
          : name === 'count' || quantileOf(name) !== null;
  return aggregations.find((name) => !fits(name)) ?? null;
}

/** `p99.9` → 0.999; null for what is no quantile. */
export function quantileOf(name: string): number | null {
  return /^p\d/.test(name) ? Number(name.slice(1)) / 100 : null;
}

export function sketchOf(metric: QueryMetric): AggregateQuery['sketch'] {
  const definition = DEFINITIONS[metric];
  return definition.kind === 'quantile' ? definition.sketch : null;
}

export interface MetricValues {
  readonly n: number;
  readonly values: Record<string, number | null>;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** `quantiles` are those of the point, in the order of the quantiles among `aggregations`. */
export function valuesOf(
  metric: QueryMetric,
  aggregations: readonly string[],
  point: AggregatePoint,
  seconds: number,
): MetricValues {
  const definition = DEFINITIONS[metric];
  const { n } = point.counts;
  switch (definition.kind) {
    case 'sum': {
      const sum = definition.of(point);
      const perSecond = sum === null ? null : sum / seconds;
      return { n, values: pick(aggregations, (name) => (name === 'sum' ? sum : perSecond)), interval: null };
    }
    case 'max': {
      const max = definition.of(point);
      return { n, values: pick(aggregations, () => max), interval: null };
    }
    case 'rate': {
      const { value, low, high } = wilson(definition.of(point.counts), n);
      const interval = low === null || high === null ? null : { low, high };
      return { n, values: pick(aggregations, () => value), interval };
    }
    case 'quantile': {
      const asked = aggregations.filter((name) => quantileOf(name) !== null);
      return {
        n: point.n,
        values: pick(aggregations, (name) =>
          name === 'count' ? point.n : (point.quantiles[asked.indexOf(name)] ?? null),
        ),
        interval: null,
      };
    }
  }
}

function pick(names: readonly string[], of: (name: string) => number | null): Record<string, number | null> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}
