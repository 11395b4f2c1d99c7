/** Records of metrics for tests. */
import type { Dimensions, EmbeddedMetric, EmbeddedMetrics, MetricStatistics } from '../../ingest/records/metric.ts';

/** One minute of `Throttles` of a function: two throttled requests in three attempts. */
export function point(given: Partial<MetricStatistics> = {}): MetricStatistics {
  return {
    kind: 'metric-statistics',
    source: 'stream',
    account: '111122223333',
    region: 'us-east-1',
    namespace: 'AWS/Lambda',
    name: 'Throttles',
    unit: 'Count',
    dimensions: [['FunctionName', 'checkout']],
    startMs: Date.UTC(2026, 10, 20, 10),
    periodMs: 60_000,
    count: 3,
    sum: 2,
    min: 0,
    max: 1,
    percentiles: null,
    ...given,
  };
}

/** A line with values of `Orders` in `Shop`. `n` makes its identity. */
export function line(n: number, given: Partial<EmbeddedMetrics> = {}): EmbeddedMetrics {
  return {
    kind: 'embedded-metrics',
    functionName: 'checkout',
    requestId: null,
    atMs: Date.UTC(2026, 10, 20, 10),
    identity: String(n).padStart(32, '0'),
    metrics: [orders([[1, 1]])],
    ...given,
  };
}

export function orders(
  values: EmbeddedMetric['values'],
  dimensionSets: readonly Dimensions[] = [[['service', 'shop']]],
): EmbeddedMetric {
  return { namespace: 'Shop', name: 'Orders', unit: 'Count', dimensionSets, values };
}
