/** Totals and series over all functions: counts only, summed where they lie, because each row that crosses into JavaScript costs more than its sum. */

import { sql } from 'kysely';
import type { BucketCounts, Counts, FleetAggregate, FunctionFilter, TimeRange, UsageSlice } from '../../ports.ts';
import { addCounts, addUsage, narrows, noCounts } from '../../rollup/aggregation.ts';
import type { CountColumn } from '../../rollup/bucket.ts';
import { COUNT_COLUMNS } from '../../rollup/bucket.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, chartWidthOf, cover } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';

import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { architecture, functionsIn, seriesIn } from '../../sqlite/series.ts';

interface Totals {
  readonly counts: Record<CountColumn, number>;
  readonly usage: UsageSlice[];
}

interface Bucket {
  readonly counts: Record<CountColumn, number>;
  readonly usage: BucketCounts['usage'][number][];
}

/** What both questions have in common. */
interface Scope {
  readonly functionIds: readonly number[];
  readonly series: Awaited<ReturnType<typeof seriesIn>>;
  /** Series to stay within, or null for all. */
  readonly only: readonly number[] | null;
}

/** Buckets of `widthMs` (never finer than the range is answered), and totals a function. */
export async function fleet(
  db: Databases,
  query: TimeRange & FunctionFilter & { readonly widthMs: number | null },
): Promise<FleetAggregate> {
  const functions = await functionsIn(db, query);
  const finest = finestWidth(db, query);
  const chartMs = Math.max(finest, query.widthMs ?? chartWidth(db, query));
  const range = align(query, finest);
  const functionIds = functions.map((entry) => entry.functionId);
  const series = await seriesIn(db, functionIds, query);
  const scope: Scope = { functionIds, series, only: narrows(query) ? [...series.keys()] : null };
  const totals = new Map<number, Totals>();
  const buckets = new Map<number, Bucket>();
  for (const segment of cover(range)) await addTotals(db, segment, scope, totals);
  for (const segment of cover(range, chartMs)) await addBuckets(db, segment, scope, chartMs, buckets);
  return {
    range: { ...range, widthMs: chartMs },
    functions: functions.flatMap((identity) => {
      const total = totals.get(identity.functionId);
      return total === undefined ? [] : [{ identity, ...total }];
    }),
    buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([fromMs, bucket]) => ({ fromMs, ...bucket })),
  };
}

async function addTotals(db: Databases, segment: Segment, scope: Scope, totals: Map<number, Totals>): Promise<void> {
  const select = within(db, segment, scope)
    .select(['cell.function_id as functionId', 'cell.series_id as seriesId'])
    .groupBy(['cell.function_id', 'cell.series_id']);
  for (const row of (await select.execute()) as unknown as ({ functionId: number; seriesId: number } & Counts)[]) {
    const slice = scope.series.get(row.seriesId);
    if (slice === undefined) continue;
    const total = entryOf(totals, row.functionId, () => ({ counts: noCounts(), usage: [] }));
    addCounts(total.counts, row);
    addUsage(total.usage, slice, row);
  }
}

/** Grouped by what things are priced by, so that a bucket can be priced without its functions. */
async function addBuckets(
  db: Databases,
  segment: Segment,
  scope: Scope,
  chartMs: number,
  buckets: Map<number, Bucket>,
): Promise<void> {
  const select = within(db, segment, scope)
    .innerJoin('series', 'series.id', 'cell.series_id')
    .innerJoin('function', 'function.id', 'cell.function_id')
    .select([sql<number>`cell.bucket / ${sql.lit(chartMs)}`.as('at'), 'series.memory_mb as memoryMb'])
    .select([architecture.as('architecture'), 'function.region'])
    .groupBy(['at', 'series.memory_mb', architecture, 'function.region']);
  type Row = { at: number; memoryMb: number | null; architecture: string | null; region: string } & Counts;
  for (const row of (await select.execute()) as unknown as Row[]) {
    const bucket = entryOf(buckets, row.at * chartMs, () => ({ counts: noCounts(), usage: [] }));
    addCounts(bucket.counts, row);
    const { memoryMb, region } = row;
    bucket.usage.push({
      version: null,
      memoryMb,
      architecture: row.architecture,
      region,
      invocations: row.n,
      billedMs: row.billed_ms,
      failed: row.timeouts + row.errors + row.ooms + row.exits,
      failedBilledMs: row.failed_billed_ms,
    });
  }
}

function within(db: Databases, segment: Segment, scope: Scope) {
  const select = db.telemetry
    .selectFrom(`${segment.table} as cell`)
    .select((eb) => COUNT_COLUMNS.map((name) => eb.fn.sum<number>(`cell.${name}`).as(name)))
    .where('cell.function_id', 'in', scope.functionIds)
    .where('cell.bucket', '>=', segment.fromMs)
    .where('cell.bucket', '<', segment.toMs);
  return scope.only === null ? select : select.where('cell.series_id', 'in', scope.only);
}

export function chartWidth(db: Databases, range: TimeRange): number {
  return chartWidthOf(range, finestWidth(db, range));
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = create();
    map.set(key, value);
  }
  return value;
}
