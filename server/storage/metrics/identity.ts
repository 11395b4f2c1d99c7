/** What a series of a metric is: both stores tell series apart alike. */
import type { Dimensions, EmbeddedMetric, MetricStatistics } from '../../../ingest/records/metric.ts';

/** CloudWatch aggregated it (streamed or pulled), or functions print it in the embedded metric format. */
export type MetricSource = 'cloudwatch' | 'emf';

export interface MetricSeries {
  readonly source: MetricSource;
  /** Id of the function in the store; 0: of none. */
  readonly functionId: number;
  /** '' if unknown, as the region. */
  readonly account: string;
  readonly region: string;
  readonly namespace: string;
  readonly name: string;
  /** Null: not stated. */
  readonly unit: string | null;
  readonly dimensions: Dimensions;
}

/** The series of a point. `scope`: account and region of the delivery, for points that do not state them. */
export function seriesOfPoint(
  { account, region, namespace, name, unit, dimensions }: MetricStatistics,
  functionId: number,
  scope: { readonly account: string; readonly region: string },
): MetricSeries {
  return {
    source: 'cloudwatch',
    functionId,
    account: account ?? scope.account,
    region: region ?? scope.region,
    namespace,
    name,
    unit,
    dimensions,
  };
}

/** The series of a printed metric with one of its sets of dimensions. */
export function seriesOfValues(
  { namespace, name, unit }: EmbeddedMetric,
  dimensions: Dimensions,
  functionId: number,
  { account, region }: { readonly account: string; readonly region: string },
): MetricSeries {
  return { source: 'emf', functionId, account, region, namespace, name, unit, dimensions };
}

/**
 * Parts that tell the series from others. The metrics of AWS have one unit each, which a pull does not state: it is not part of them.
 * Metrics of a function belong to it whatever is known of its account.
 */
export function seriesParts(series: MetricSeries): readonly string[] {
  const { source, functionId, account, region, namespace, name, unit, dimensions } = series;
  const scope = functionId === 0 ? [account, region] : [String(functionId)];
  const stated = hasOneUnit(series) ? [] : [unit ?? ''];
  return [source, ...scope, namespace, name, ...stated, JSON.stringify(dimensions)];
}

/** Whether the unit follows from the name. */
export function hasOneUnit({ source, namespace }: Pick<MetricSeries, 'source' | 'namespace'>): boolean {
  return source === 'cloudwatch' && namespace.startsWith('AWS/');
}
