/** Time series of one function or all, with quantiles, optionally by version or memory size. */

import { functionsIn, identitiesOf } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { keptWidth } from '../../clickhouse/query-context.ts';
import { mergeRow, rollupRows } from '../../clickhouse/rollup-rows.ts';
import type { FunctionFilter, ResolvedRange, SeriesPoint, TimeRange, UsageSlice } from '../../ports.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { align, cover } from '../../rollup/range.ts';
import type { FunctionTotals, SeriesGroup } from '../../rollup/results.ts';
import { countsOf, SeriesBuilder } from '../../rollup/results.ts';

type Query = TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: SeriesGroup };

export async function timeseries(
  context: QueryContext,
  query: Query,
): Promise<{ range: ResolvedRange; points: readonly SeriesPoint[] }> {
  const kept = keptWidth(context, query);
  const widthMs = Math.max(query.widthMs, kept);
  const range = align(query, widthMs);
  const functions = await functionsIn(context, query);
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  const segments = cover({ ...range, widthMs: Math.min(range.widthMs, kept) }, widthMs);
  const rows = await rollupRows(context, {
    functions,
    filter: query,
    segments,
    function: true,
    series: true,
    widthMs,
    sketches: 'all',
  });
  const points = new SeriesBuilder(query.groupBy);
  for (const row of rows) {
    const architecture = owners.get(row.functionId)?.architecture ?? null;
    const slice = { version: row.version, memoryMb: row.memoryMb, architecture };
    points.add(row.at, slice, row, (cell) => mergeRow(cell, row));
  }
  return { range, points: points.points() };
}

/** One function over a range: in total, by what determines its price, and in buckets of `widthMs` (null: none). */
export async function summed(
  context: QueryContext,
  query: FunctionFilter & { readonly functionId: number },
  range: ResolvedRange,
  widthMs: number | null,
): Promise<FunctionTotals> {
  const identity = identitiesOf(context, [query.functionId]);
  // Rollup rows contain no architecture: it is looked up first only if the query filters by it.
  const functions =
    query.architecture === undefined
      ? [{ functionId: query.functionId, architecture: null }]
      : [...(await identity).values()];
  const asked = { functions, filter: query } as const;
  const [whole, parts, known] = await Promise.all([
    rollupRows(context, { ...asked, segments: cover(range), series: true, sketches: 'all' }),
    widthMs === null
      ? []
      : rollupRows(context, { ...asked, segments: cover(range, widthMs), widthMs, sketches: 'none' }),
    identity,
  ]);
  const architecture = known.get(query.functionId)?.architecture ?? null;
  const total = new RollupBucket();
  const usage: UsageSlice[] = [];
  for (const row of whole) {
    mergeRow(total, row);
    addUsage(usage, { version: row.version, memoryMb: row.memoryMb, architecture }, row);
  }
  const buckets = new Map<number, RollupBucket>();
  for (const row of parts) {
    const bucket = buckets.get(row.at) ?? new RollupBucket();
    buckets.set(row.at, bucket);
    mergeRow(bucket, row);
  }
  const inOrder = [...buckets].toSorted(([a], [b]) => a - b);
  return { total, usage, buckets: inOrder.map(([fromMs, cell]) => ({ fromMs, counts: countsOf(cell) })) };
}
