/** Totals and series over all functions: counts only, no sketches. */
import { sql } from 'kysely';
import type { CountColumn } from '../../cell.ts';
import { COUNT_COLUMNS } from '../../cell.ts';
import type { Counts, FleetAggregate, FunctionFilter, TimeRange, UsageSlice } from '../../store.ts';
import type { Databases } from './databases.ts';
import { align, cover, finestWidth } from './range.ts';
import { addCounts, addUsage, functionsIn, narrows, noCounts, seriesIn } from './shared.ts';

type Row = { readonly seriesId: number; readonly functionId: number; readonly at: number } & Counts;

/** Buckets of `widthMs` (rounded to a rollup width or a multiple of one), and totals a function. */
export async function fleet(
  db: Databases,
  query: TimeRange & FunctionFilter & { readonly widthMs: number | null },
): Promise<FleetAggregate> {
  const functions = await functionsIn(db, query);
  const finest = finestWidth(query);
  const chartMs = Math.max(finest, query.widthMs ?? chartWidth(query));
  const range = align(query, finest);
  const ids = functions.map((entry) => entry.functionId);
  const series = await seriesIn(db, ids, query);
  const region = new Map(functions.map((entry) => [entry.functionId, entry.region]));
  const byFunction = new Map<number, { counts: Record<CountColumn, number>; usage: UsageSlice[] }>();
  const buckets = new Map<number, { counts: Record<CountColumn, number>; usage: Map<string, UsageSlice[]> }>();
  for (const segment of cover(range, chartMs)) {
    let select = db.telemetry
      .selectFrom(segment.table)
      .select(['series_id as seriesId', 'function_id as functionId'])
      .select(sql<number>`bucket / ${sql.lit(chartMs)}`.as('at'))
      .select((eb) => COUNT_COLUMNS.map((name) => eb.fn.sum<number>(name).as(name)))
      .where('function_id', 'in', ids)
      .where('bucket', '>=', segment.fromMs)
      .where('bucket', '<', segment.toMs);
    if (narrows(query)) select = select.where('series_id', 'in', [...series.keys()]);
    for (const row of (await select.groupBy(['function_id', 'series_id', 'at']).execute()) as unknown as Row[]) {
      const slice = series.get(row.seriesId);
      if (slice === undefined) continue;
      const total = entryOf(byFunction, row.functionId, () => ({ counts: noCounts(), usage: [] as UsageSlice[] }));
      addCounts(total.counts, row);
      addUsage(total.usage, slice, row);
      const bucket = entryOf(buckets, row.at * chartMs, () => ({ counts: noCounts(), usage: new Map() }));
      addCounts(bucket.counts, row);
      addUsage(
        entryOf(bucket.usage, region.get(row.functionId) ?? '', () => []),
        { ...slice, version: null },
        row,
      );
    }
  }
  return {
    range: { ...range, widthMs: chartMs },
    functions: functions.flatMap((identity) => {
      const total = byFunction.get(identity.functionId);
      return total === undefined ? [] : [{ identity, ...total }];
    }),
    buckets: [...buckets]
      .toSorted(([a], [b]) => a - b)
      .map(([fromMs, { counts, usage }]) => ({
        fromMs,
        counts,
        usage: [...usage].flatMap(([name, slices]) => slices.map((slice) => ({ ...slice, region: name }))),
      })),
  };
}

/** At most about ninety points, at widths people expect, never finer than the range is answered. */
export function chartWidth(range: TimeRange): number {
  const minutes = [5, 15, 30, 60, 180, 360, 1440, 10_080];
  const span = range.toMs - range.fromMs;
  const wanted = minutes.find((width) => span / (width * 60_000) <= 90) ?? 10_080;
  return Math.max(wanted * 60_000, finestWidth(range));
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
