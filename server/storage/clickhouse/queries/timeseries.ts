/** One function over time, with quantiles, by version or memory size if asked; and one over a period as a whole. */
import { Cell } from '../../cell.ts';
import { align, cover, nearest } from '../../range.ts';
import type {
  Answered,
  Counts,
  Distribution,
  FunctionFilter,
  SeriesPoint,
  TimeRange,
  UsageSlice,
} from '../../store.ts';
import { addUsage, quantiles } from '../../sums.ts';
import { cellsIn, countsOf, mergeRow } from './cells.ts';
import { functionsIn, identitiesOf } from './identities.ts';
import type { Source } from './source.ts';
import { keptWidth } from './source.ts';

type Query = TimeRange &
  FunctionFilter & { readonly widthMs: number; readonly groupBy: 'none' | 'version' | 'memoryMb' };

export async function timeseries(
  source: Source,
  query: Query,
): Promise<{ range: Answered; points: readonly SeriesPoint[] }> {
  const kept = keptWidth(source, query);
  const widthMs = Math.max(query.widthMs, kept);
  const range = align(query, widthMs);
  const functions = await functionsIn(source, query);
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  const segments = cover({ ...range, widthMs: Math.min(range.widthMs, kept) }, widthMs);
  const rows = await cellsIn(source, {
    functions,
    filter: query,
    segments,
    function: true,
    series: true,
    widthMs,
    sketches: 'all',
  });
  const points = new Map<string, { fromMs: number; group: string; cell: Cell; usage: UsageSlice[] }>();
  for (const row of rows) {
    const group = query.groupBy === 'none' ? '' : String(row[query.groupBy] ?? 'unknown');
    const key = `${row.at}\n${group}`;
    const point = points.get(key) ?? { fromMs: row.at, group, cell: new Cell(), usage: [] };
    points.set(key, point);
    mergeRow(point.cell, row);
    const architecture = owners.get(row.functionId)?.architecture ?? null;
    addUsage(point.usage, { version: row.version, memoryMb: row.memoryMb, architecture }, row);
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

export interface Summed {
  readonly total: Cell;
  readonly usage: readonly UsageSlice[];
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
}

/** One function over a range: as a whole, by what it is priced by, and in buckets of `widthMs` (null: none). */
export async function summed(
  source: Source,
  query: FunctionFilter & { readonly functionId: number },
  range: Answered,
  widthMs: number | null,
): Promise<Summed> {
  const functions = [...(await identitiesOf(source, [query.functionId])).values()];
  const architecture = functions[0]?.architecture ?? null;
  const asked = { functions, filter: query } as const;
  const [whole, parts] = await Promise.all([
    cellsIn(source, { ...asked, segments: cover(range), series: true, sketches: 'all' }),
    widthMs === null ? [] : cellsIn(source, { ...asked, segments: cover(range, widthMs), widthMs, sketches: 'none' }),
  ]);
  const total = new Cell();
  const usage: UsageSlice[] = [];
  for (const row of whole) {
    mergeRow(total, row);
    addUsage(usage, { version: row.version, memoryMb: row.memoryMb, architecture }, row);
  }
  const buckets = new Map<number, Cell>();
  for (const row of parts) {
    const bucket = buckets.get(row.at) ?? new Cell();
    buckets.set(row.at, bucket);
    mergeRow(bucket, row);
  }
  const inOrder = [...buckets].toSorted(([a], [b]) => a - b);
  return { total, usage, buckets: inOrder.map(([fromMs, cell]) => ({ fromMs, counts: countsOf(cell) })) };
}

/** Everything the rollups know of one function over one period, summed: for comparing periods. */
export async function distribution(
  source: Source,
  query: TimeRange & FunctionFilter & { readonly functionId: number },
): Promise<Distribution> {
  const range = nearest(query, keptWidth(source, query));
  const { total, usage } = await summed(source, query, range, null);
  return {
    range,
    counts: countsOf(total),
    usage,
    durationMs: total.duration.histogram(),
    initMs: total.coldOf('on-demand').init.histogram(),
  };
}
