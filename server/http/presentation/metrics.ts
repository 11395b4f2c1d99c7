/** Converts metrics to their API shape. */
import { iso } from '../../../ingest/records/time.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { FunctionIdentity, MetricGroup, MetricPoints, MetricSeriesList, MetricSums } from '../../storage/ports.ts';
import type { MetricPointsAnswer, MetricSeriesAnswer } from '../contract/metrics.ts';

type ValueReason = MetricPointsAnswer['groups'][number]['reason'];

/** The value of a statistic, or the reason why it is not known. `sums` hold the quantile of a percentile, if it is one. */
export function statisticOf(
  sums: MetricSums,
  statistic: string,
  quantilesUnknown: MetricPoints['quantilesUnknown'],
): { readonly value: number | null; readonly reason: ValueReason } {
  const { count, sum } = sums;
  if (statistic === 'count') return known(count);
  if (count <= 0 && statistic !== 'sum') return unknown('no-values');
  if (statistic === 'sum') return known(sum);
  if (statistic === 'average') return known(sum / count);
  if (statistic === 'min' || statistic === 'max') {
    const extreme = sums[statistic];
    return extreme === null ? unknown('not-stated') : known(extreme);
  }
  const [quantile] = sums.quantiles;
  if (quantilesUnknown === 'negative-values') return unknown('negative-values');
  return quantile === undefined || quantile === null ? unknown('percentiles-not-stated') : known(quantile);
}

function known(value: number) {
  return Number.isFinite(value) ? { value, reason: null } : unknown('too-large');
}

function unknown(reason: NonNullable<ValueReason>) {
  return { value: null, reason };
}

/** Values of a group in time. */
export function pointsOf(
  { buckets }: MetricGroup,
  statistic: string,
  quantilesUnknown: MetricPoints['quantilesUnknown'],
  range: { readonly fromMs: number; readonly widthMs: number },
): MetricPointsAnswer['groups'][number]['points'] {
  return buckets.map((sums, at) => ({
    at: iso(range.fromMs + at * range.widthMs),
    value: sums === null ? null : statisticOf(sums, statistic, quantilesUnknown).value,
    n: sums === null || !Number.isFinite(sums.count) ? 0 : sums.count,
  }));
}

export function seriesListOf(
  { series, more, dropped }: MetricSeriesList,
  limits: MetricSeriesAnswer['limits'],
): MetricSeriesAnswer {
  return {
    items: series.map(({ identity, dimensions, firstMs, lastMs, ...one }) => ({
      ...one,
      dimensions: Object.fromEntries(dimensions),
      function: identity === null ? null : functionView(identity),
      firstAt: iso(firstMs),
      lastAt: iso(lastMs),
    })),
    nextCursor: more ? (series.at(-1)?.key ?? null) : null,
    dropped: dropped.map(({ identity, n, firstMs, lastMs, ...one }) => ({
      ...one,
      function: identity === null ? null : functionView(identity),
      values: n,
      firstAt: iso(firstMs),
      lastAt: iso(lastMs),
    })),
    limits,
  };
}

function functionView(identity: FunctionIdentity) {
  const { name, account, region } = identity;
  return { id: functionIdOf(identity), name, account, region };
}
