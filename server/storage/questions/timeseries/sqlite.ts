/** Time series of one function or all, with quantiles, optionally by version or memory size. */

import type { FunctionFilter, ResolvedRange, SeriesPoint, TimeRange, UsageSlice } from '../../ports.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { READ_COLUMNS, RollupBucket } from '../../rollup/bucket.ts';
import { align, cover } from '../../rollup/range.ts';
import type { FunctionTotals, SeriesGroup } from '../../rollup/results.ts';
import { countsOf, SeriesBuilder } from '../../rollup/results.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { RollupRow } from '../../sqlite/rollup-rows.ts';
import { rollupRows } from '../../sqlite/rollup-rows.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, seriesIn } from '../../sqlite/series.ts';

type Query = TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: SeriesGroup };

export async function timeseries(
  db: Databases,
  query: Query,
): Promise<{ range: ResolvedRange; points: readonly SeriesPoint[] }> {
  const kept = keptWidth(db, query);
  const widthMs = Math.max(query.widthMs, kept);
  const range = align(query, widthMs);
  const ids = (await functionsIn(db, query)).map((entry) => entry.functionId);
  const series = await seriesIn(db, ids, query);
  const points = new SeriesBuilder(query.groupBy);
  const segments = cover({ ...range, widthMs: Math.min(range.widthMs, kept) }, widthMs);
  for (const row of rollupRows(db, query, ids, series, segments)) {
    const slice = series.get(row.seriesId);
    if (slice === undefined) continue;
    points.add(Math.floor(row.bucket / widthMs) * widthMs, slice, row.counts, (cell) => mergeRow(cell, row));
  }
  return { range, points: points.points() };
}

/** Adds a stored rollup row to a bucket. */
export function mergeRow(cell: RollupBucket, row: RollupRow): void {
  for (const [at, name] of READ_COLUMNS.entries()) cell.counts[at] = (cell.counts[at] ?? 0) + row.counts[name];
  cell.duration.mergeEncoded(row.duration);
  cell.mergeEncodedCold(row.cold);
  if (row.maxMemoryMb !== null) cell.maxMemoryMb = Math.max(cell.maxMemoryMb ?? 0, row.maxMemoryMb);
}

/** One function over a range: in total, by what determines its price, and in buckets of `widthMs`. */
export async function summed(
  db: Databases,
  query: FunctionFilter & { readonly functionId: number },
  range: ResolvedRange,
  widthMs: number,
  series: Awaited<ReturnType<typeof seriesIn>>,
): Promise<FunctionTotals> {
  const total = new RollupBucket();
  const usage: UsageSlice[] = [];
  const buckets = new Map<number, RollupBucket>();
  for (const row of rollupRows(db, query, [query.functionId], series, cover(range, widthMs))) {
    mergeRow(total, row);
    const slice = series.get(row.seriesId);
    if (slice !== undefined) addUsage(usage, slice, row.counts);
    const at = Math.floor(row.bucket / widthMs) * widthMs;
    const bucket = buckets.get(at) ?? new RollupBucket();
    buckets.set(at, bucket);
    mergeRow(bucket, row);
  }
  const inOrder = [...buckets].toSorted(([a], [b]) => a - b);
  return { total, usage, buckets: inOrder.map(([fromMs, cell]) => ({ fromMs, counts: countsOf(cell) })) };
}
