/** The answer of a metric over time: points of each group. */
import { iso } from '../../../ingest/records/time.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import type { MetricPointsAnswer } from '../contract/metrics.ts';
import { pointsOf, statisticOf } from '../presentation/metrics.ts';
import type { Shaped } from './shaped.ts';

export function metricValues(
  { range, metrics }: ReaderResult<'metricPoints'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  statistic: string,
): Shaped<MetricPointsAnswer> {
  const [metric] = metrics;
  const { sources = [], units = [], dimensions = [] } = metric?.others ?? {};
  const body = {
    range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.widthMs },
    namespace,
    name,
    found: metric !== undefined,
    source: metric?.source ?? null,
    unit: metric?.unit ?? null,
    statistic,
    dimensions: [...(metric?.dimensions ?? [])],
    others: { sources: [...sources], units: [...units], dimensions: dimensions.map((names) => [...names]) },
    groups: (metric?.groups ?? []).map((one) => ({
      group: one.group[0] ?? null,
      series: one.series,
      n: one.total.count,
      ...statisticOf(one.total, statistic, metric?.quantilesUnknown ?? null),
      points: pointsOf(one, statistic, metric?.quantilesUnknown ?? null, range),
    })),
    truncated: metric?.truncated ?? false,
  };
  return { body, meta: null };
}
