/** Time series of one function or all, with quantiles, optionally by version or memory size. */

import type { FunctionFilter, ResolvedRange, SeriesPoint, TimeRange, UsageSlice } from '../../ports.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { READ_COLUMNS, RollupBucket } from '../../rollup/bucket.ts';
import { align } from '../../rollup/range.ts';
import type { FunctionTotals, SeriesGroup } from '../../rollup/results.ts';
import { SeriesBuilder } from '../../rollup/results.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { RollupPart } from '../../sqlite/rollup-parts.ts';
import { rollupParts } from '../../sqlite/rollup-parts.ts';
import type { RollupRow } from '../../sqlite/rollup-rows.ts';
import { rollupRows } from '../../sqlite/rollup-rows.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn } from '../../sqlite/series.ts';

type Query = TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: SeriesGroup };

export async function timeseries(
  db: Databases,
  query: Query,
): Promise<{ range: ResolvedRange; points: readonly SeriesPoint[] }> {
  const kept = keptWidth(db, query);
  const widthMs = Math.max(query.widthMs, kept);
  const range = align(query, widthMs);
  const functions = await functionsIn(db, query);
  const points = new SeriesBuilder(query.groupBy);
  const read = { ...range, widthMs: Math.min(range.widthMs, kept) };
  for (const row of rollupRows(db, await rollupParts(db, functions, query, read, widthMs))) {
    points.add(Math.floor(row.bucket / widthMs) * widthMs, row.series, row.counts, (cell) => mergeRow(cell, row));
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

/** The parts of one function: in total, by what determines its price, and in buckets of `widthMs`. */
export async function summed(db: Databases, parts: readonly RollupPart[], widthMs: number): Promise<FunctionTotals> {
  const total = new RollupBucket();
  const usage: UsageSlice[] = [];
  const buckets = new Map<number, RollupBucket>();
  for (const row of rollupRows(db, parts)) {
    mergeRow(total, row);
    addUsage(usage, row.series, row.counts);
    const at = Math.floor(row.bucket / widthMs) * widthMs;
    const bucket = buckets.get(at) ?? new RollupBucket();
    buckets.set(at, bucket);
    mergeRow(bucket, row);
  }
  const inOrder = [...buckets].toSorted(([a], [b]) => a - b);
  return { total, usage, buckets: inOrder.map(([fromMs, cell]) => ({ fromMs, cell })) };
}
