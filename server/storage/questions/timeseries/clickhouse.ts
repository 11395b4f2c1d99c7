/** Time series of one function or all, with quantiles, optionally by version or memory size. */

import { architecturesOf, rowsByArchitecture } from '../../clickhouse/architectures.ts';
import { functionsIn, identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { keptWidth } from '../../clickhouse/query-context.ts';
import type { Sketches } from '../../clickhouse/rollup-rows.ts';
import { mergeRow } from '../../clickhouse/rollup-rows.ts';
import type { FunctionFilter, ResolvedRange, SeriesPoint, TimeRange, UsageSlice } from '../../ports.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { align } from '../../rollup/range.ts';
import type { FunctionTotals, SeriesGroup } from '../../rollup/results.ts';
import { SeriesBuilder } from '../../rollup/results.ts';

type Query = TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: SeriesGroup };

export async function timeseries(
  context: QueryContext,
  query: Query,
): Promise<{ range: ResolvedRange; points: readonly SeriesPoint[] }> {
  const kept = keptWidth(context, query);
  const widthMs = Math.max(query.widthMs, kept);
  const range = align(query, widthMs);
  const [functions, architectures] = await Promise.all([
    functionsIn(context, query),
    architecturesOf(context, query.functionId),
  ]);
  const rows = await rowsByArchitecture(context, architectures, {
    functions,
    filter: query,
    range: { ...range, widthMs: Math.min(range.widthMs, kept) },
    widestMs: widthMs,
    widthMs,
    sketches: 'all',
  });
  const points = new SeriesBuilder(query.groupBy);
  for (const row of rows) points.add(row.at, row, row, (cell) => mergeRow(cell, row));
  return { range, points: points.points() };
}

/**
 * One function over a range: in total, by what determines its price, and in buckets of `widthMs`, whose sketches are empty
 * unless `sketches` says otherwise.
 */
export async function summed(
  context: QueryContext,
  query: FunctionFilter & { readonly functionId: number },
  range: ResolvedRange,
  widthMs: number,
  sketches: Sketches = 'none',
): Promise<FunctionTotals> {
  const [owners, architectures] = await Promise.all([
    identitiesOf(context, [query.functionId]),
    architecturesOf(context, query.functionId),
  ]);
  const selection = { functions: [...owners.values()], filter: query, range } as const;
  const reading = rowsByArchitecture(context, architectures, { ...selection, widestMs: widthMs, widthMs, sketches });
  const [whole, parts] = await Promise.all([
    sketches === 'all' ? reading : rowsByArchitecture(context, architectures, { ...selection, sketches: 'all' }),
    reading,
  ]);
  const total = new RollupBucket();
  const usage: UsageSlice[] = [];
  for (const row of whole) {
    mergeRow(total, row);
    addUsage(usage, row, row);
  }
  const buckets = new Map<number, RollupBucket>();
  for (const row of parts) {
    const bucket = buckets.get(row.at) ?? new RollupBucket();
    buckets.set(row.at, bucket);
    mergeRow(bucket, row);
  }
  const inOrder = [...buckets].toSorted(([a], [b]) => a - b);
  return { total, usage, buckets: inOrder.map(([fromMs, cell]) => ({ fromMs, cell })) };
}
