/** Metrics that structured queries and rules read as they are stored: those of CloudWatch, and printed ones. */
import type { MetricName } from './catalogue.ts';
import { defaultAggregations, quantileOf, unitOf, unsupportedAggregation, unsupportedMessage } from './catalogue.ts';
import type { PlatformMetricName } from './platform.ts';
import { PLATFORM_METRICS } from './platform.ts';

/** Which metric `custom` is. */
export interface CustomMetric {
  readonly namespace: string;
  readonly name: string;
  /** Default: that of the newest value. */
  readonly unit?: string | undefined;
  /** Values that dimensions must have. */
  readonly dimensions?: Readonly<Record<string, string>> | undefined;
  /** Dimensions to group by. */
  readonly groupBy?: readonly string[] | undefined;
}

export type StoredMetricName = PlatformMetricName | 'custom';
/** Every metric that can be queried. */
export type QueryMetricName = MetricName | StoredMetricName;

export function isStored(metric: QueryMetricName): metric is StoredMetricName {
  return metric === 'custom' || metric in PLATFORM_METRICS;
}

/** Unit of the values; null for a custom metric, whose series state it. */
export function queryUnitOf(metric: QueryMetricName): string | null {
  if (!isStored(metric)) return unitOf(metric);
  return metric === 'custom' ? null : PLATFORM_METRICS[metric].unit;
}

export function queryAggregations(metric: QueryMetricName): readonly string[] {
  if (!isStored(metric)) return defaultAggregations(metric);
  return metric === 'custom' ? ['sum'] : [PLATFORM_METRICS[metric].statistic];
}

const STATISTICS: ReadonlySet<string> = new Set(['sum', 'average', 'min', 'max', 'count', 'perSecond']);

/** Says which aggregation the metric does not support; null if it supports all. */
export function aggregationProblem(metric: QueryMetricName, aggregations: readonly string[]): string | null {
  if (!isStored(metric)) {
    const unsupported = unsupportedAggregation(metric, aggregations);
    return unsupported === null ? null : unsupportedMessage(metric, unsupported);
  }
  const hasPercentiles = metric === 'custom';
  const unsupported = aggregations.find(
    (name) => !STATISTICS.has(name) && !(hasPercentiles && quantileOf(name) !== null),
  );
  if (unsupported === undefined) return null;
  const percentiles = hasPercentiles ? ' or a percentile' : '';
  return `${metric} does not support ${unsupported}. Use ${[...STATISTICS].join(', ')}${percentiles}.`;
}

/** Dimensions of functions that stored metrics can be filtered and grouped by. */
export const OWNER_FIELDS = ['function', 'account', 'region'] as const;
export type OwnerField = (typeof OWNER_FIELDS)[number];

export function isOwnerField(field: string): field is OwnerField {
  return OWNER_FIELDS.some((one) => one === field);
}

interface Asked {
  readonly metric: QueryMetricName;
  readonly custom?: CustomMetric | undefined;
  readonly filters: readonly { readonly field: string }[];
  readonly groupBy: readonly string[];
}

/** What of a query does not fit its metric, by field. */
export function metricProblems({ metric, custom, filters, groupBy }: Asked): readonly {
  readonly field: string;
  readonly message: string;
}[] {
  if (metric === 'custom' && custom === undefined)
    return [{ field: 'custom', message: 'expected namespace and name of the metric' }];
  if (metric !== 'custom' && custom !== undefined)
    return [{ field: 'custom', message: 'is only used with the metric custom' }];
  if (!isStored(metric)) return [];
  const message = `${metric} has ${OWNER_FIELDS.join(', ')} only`;
  return [
    ...filters.flatMap(({ field }, at) => (isOwnerField(field) ? [] : [{ field: `filters.${at}.field`, message }])),
    ...groupBy.flatMap((field, at) => (isOwnerField(field) ? [] : [{ field: `groupBy.${at}`, message }])),
  ];
}
