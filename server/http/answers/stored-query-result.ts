/** The result of a structured query about a stored metric: ranked groups, each with its values over time. */
import { iso } from '../../../ingest/records/time.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';
import type { StoredMetricName } from '../../analytics/metrics/stored-metrics.ts';
import { queryUnitOf } from '../../analytics/metrics/stored-metrics.ts';
import type { ReaderResult } from '../../storage/packed.ts';
import { storedValues } from '../../storage/questions/metrics/stored-query.ts';
import type { StructuredAnswer } from '../contract/query.ts';
import type { Shaped } from './shaped.ts';

interface Form {
  readonly metric: StoredMetricName;
  readonly aggregations: readonly string[];
  /** Names of the group keys. */
  readonly groupBy: readonly string[];
  readonly order: { readonly by: string; readonly isAscending: boolean };
  readonly limit: number;
}

export function storedQueryResult(
  { range, metrics }: ReaderResult<'metricPoints'>,
  { metric, aggregations, groupBy, order, limit }: Form,
): Shaped<StructuredAnswer> {
  const [found] = metrics;
  const seconds = (range.toMs - range.fromMs) / 1000;
  const ranked = (found?.groups ?? [])
    .map((one) => {
      const group = Object.fromEntries(groupBy.map((name, at) => [name, one.group[at] ?? null]));
      const values = storedValues(one.total, aggregations, seconds);
      return { one, group, values, rank: values[order.by] ?? group[order.by] ?? null };
    })
    .toSorted(
      (a, b) =>
        (order.isAscending ? 1 : -1) * compareRanks(a.rank, b.rank) ||
        compareText(JSON.stringify(a.group), JSON.stringify(b.group)),
    );
  const body = {
    range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.widthMs },
    metric,
    unit: queryUnitOf(metric) ?? found?.unit ?? 'none',
    aggregations: [...aggregations],
    groups: ranked.slice(0, limit).map(({ one, group, values }) => ({
      group,
      n: Math.round(one.total.count),
      values,
      interval: null,
      unknown: null,
      costReason: null,
      series: one.buckets.flatMap((sums, at) => {
        if (sums === null) return [];
        const bucket = storedValues(sums, aggregations, range.widthMs / 1000);
        return [{ at: iso(range.fromMs + at * range.widthMs), n: Math.round(sums.count), values: bucket }];
      }),
    })),
    priceAssumptions: [],
    total: ranked.length,
    truncated: ranked.length > limit || found?.truncated === true,
  };
  return { body, meta: null };
}

/** Sorts null before others. */
function compareRanks(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b));
}
