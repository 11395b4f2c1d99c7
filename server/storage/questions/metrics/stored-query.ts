/** The question behind a structured query or a rule about a stored metric, and the values that its groups answer. */
import { LAMBDA_NAMESPACE } from '../../../../ingest/records/metric-function.ts';
import { quantileOf } from '../../../analytics/metrics/catalogue.ts';
import { PLATFORM_METRICS } from '../../../analytics/metrics/platform.ts';
import type { CustomMetric, StoredMetricName } from '../../../analytics/metrics/stored-metrics.ts';
import { isOwnerField } from '../../../analytics/metrics/stored-metrics.ts';
import type { DimensionFilter } from '../aggregate/types.ts';
import type { TimeRange } from '../shared-types.ts';
import type { MetricGroupKey, MetricPointsQuery, MetricSums } from './types.ts';

export interface StoredQuery extends TimeRange {
  readonly metric: StoredMetricName;
  readonly custom?: CustomMetric | undefined;
  readonly aggregations: readonly string[];
  readonly filters: readonly DimensionFilter[];
  readonly groupBy: readonly string[];
  readonly widthMs: number | null;
  readonly limit: number;
}

export function pointsQueryOf(query: StoredQuery): MetricPointsQuery {
  const { fromMs, toMs, metric, custom, filters, groupBy, widthMs, limit } = query;
  const named =
    metric === 'custom'
      ? { namespace: custom?.namespace ?? '', name: custom?.name ?? '' }
      : { namespace: LAMBDA_NAMESPACE, name: PLATFORM_METRICS[metric].name };
  return {
    fromMs,
    toMs,
    namespace: named.namespace,
    names: [named.name],
    unit: custom?.unit,
    source: metric === 'custom' ? undefined : 'cloudwatch',
    owners: filters.flatMap(({ field, values, not, isGlob = false }) =>
      isOwnerField(field) ? [{ field, values: values.map(String), not, isGlob }] : [],
    ),
    dimensions: Object.entries(custom?.dimensions ?? {}),
    groupBy: groupKeysOf(groupBy, custom),
    widthMs,
    quantiles: quantilesOf(query.aggregations),
    limit,
  };
}

function groupKeysOf(groupBy: readonly string[], custom: CustomMetric | undefined): readonly MetricGroupKey[] {
  const names = custom?.groupBy ?? [];
  return [...groupBy.filter(isOwnerField), ...names.map((name) => `dimension:${name}` as const)];
}

/** Names of the group keys in answers, in their order. */
export function groupNamesOf({ groupBy, custom }: Pick<StoredQuery, 'groupBy' | 'custom'>): readonly string[] {
  return groupKeysOf(groupBy, custom);
}

function quantilesOf(aggregations: readonly string[]): readonly number[] {
  return [...new Set(aggregations.map(quantileOf).filter((q) => q !== null))].toSorted((a, b) => a - b);
}

/** Values by the name of the aggregation; null if it is not known. */
export function storedValues(
  sums: MetricSums,
  aggregations: readonly string[],
  seconds: number,
): Record<string, number | null> {
  const quantiles = quantilesOf(aggregations);
  return Object.fromEntries(
    aggregations.map((name) => {
      const value = valueOfSums(sums, name, quantiles, seconds);
      return [name, value === null || !Number.isFinite(value) ? null : value];
    }),
  );
}

function valueOfSums(
  { count, sum, min, max, quantiles: found }: MetricSums,
  name: string,
  quantiles: readonly number[],
  seconds: number,
): number | null {
  switch (name) {
    case 'sum':
      return sum;
    case 'perSecond':
      return sum / seconds;
    case 'count':
      return count;
    case 'average':
      return count > 0 ? sum / count : null;
    case 'min':
      return min;
    case 'max':
      return max;
    default:
      return found[quantiles.indexOf(quantileOf(name) ?? Number.NaN)] ?? null;
  }
}
