/** One function over time, with quantiles, by version or memory size if asked. */

import { Cell, COUNT_COLUMNS } from '../../cell.ts';
import { align, cover } from '../../range.ts';
import type { Answered, Counts, FunctionFilter, SeriesPoint, TimeRange, UsageSlice } from '../../store.ts';
import { addUsage, quantiles } from '../../sums.ts';
import type { Databases } from './databases.ts';
import { keptWidth } from './range.ts';
import { rollupRows } from './rollup-rows.ts';
import { functionsIn, seriesIn } from './shared.ts';
import type { RollupRow } from './tables.ts';

type Query = TimeRange &
  FunctionFilter & { readonly widthMs: number; readonly groupBy: 'none' | 'version' | 'memoryMb' };

export async function timeseries(
  db: Databases,
  query: Query,
): Promise<{ range: Answered; points: readonly SeriesPoint[] }> {
  const kept = keptWidth(db, query);
  const widthMs = Math.max(query.widthMs, kept);
  const range = align(query, widthMs);
  const ids = (await functionsIn(db, query)).map((entry) => entry.functionId);
  const series = await seriesIn(db, ids, query);
  const points = new Map<string, { fromMs: number; group: string; cell: Cell; usage: UsageSlice[] }>();
  const segments = cover({ ...range, widthMs: Math.min(range.widthMs, kept) }, widthMs);
  for await (const row of rollupRows(db, query, ids, series, segments)) {
    const slice = series.get(row.series_id);
    if (slice === undefined) continue;
    const fromMs = Math.floor(row.bucket / widthMs) * widthMs;
    const group = query.groupBy === 'none' ? '' : String(slice[query.groupBy] ?? 'unknown');
    const key = `${fromMs}\n${group}`;
    const point = points.get(key) ?? { fromMs, group, cell: new Cell(), usage: [] };
    points.set(key, point);
    mergeRow(point.cell, row);
    addUsage(point.usage, slice, row);
  }
  const inOrder = [...points.values()].toSorted((a, b) => a.fromMs - b.fromMs || a.group.localeCompare(b.group));
  return {
    range,
    points: inOrder.map(({ fromMs, group, cell, usage }) => ({
      fromMs,
      group,
      counts: countsOf(cell),
      usage,
      maxMemoryMb: cell.maxMemoryMb,
      durationMs: quantiles(cell.duration),
      initMs: quantiles(cell.coldOf('on-demand').init),
    })),
  };
}

/** Adds a stored rollup row to a cell. */
export function mergeRow(cell: Cell, row: RollupRow): void {
  for (const [at, name] of COUNT_COLUMNS.entries()) cell.counts[at] = (cell.counts[at] ?? 0) + row[name];
  cell.duration.mergeEncoded(row.duration);
  cell.mergeEncodedCold(row.cold);
  if (row.max_memory_mb !== null) cell.maxMemoryMb = Math.max(cell.maxMemoryMb ?? 0, row.max_memory_mb);
}

export function countsOf(cell: Cell): Counts {
  return Object.fromEntries(COUNT_COLUMNS.map((name) => [name, cell.count(name)])) as Counts;
}

export interface Summed {
  readonly total: Cell;
  readonly usage: readonly UsageSlice[];
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
}

/** One function over a range: as a whole, by what it is priced by, and in buckets of `widthMs`. */
export async function summed(
  db: Databases,
  query: FunctionFilter & { readonly functionId: number },
  range: Answered,
  widthMs: number,
  series: Awaited<ReturnType<typeof seriesIn>>,
): Promise<Summed> {
  const total = new Cell();
  const usage: UsageSlice[] = [];
  const buckets = new Map<number, Cell>();
  for await (const row of rollupRows(db, query, [query.functionId], series, cover(range, widthMs))) {
    mergeRow(total, row);
    const slice = series.get(row.series_id);
    if (slice !== undefined) addUsage(usage, slice, row);
    const at = Math.floor(row.bucket / widthMs) * widthMs;
    const bucket = buckets.get(at) ?? new Cell();
    buckets.set(at, bucket);
    mergeRow(bucket, row);
  }
  const inOrder = [...buckets].toSorted(([a], [b]) => a - b);
  return { total, usage, buckets: inOrder.map(([fromMs, cell]) => ({ fromMs, counts: countsOf(cell) })) };
}
