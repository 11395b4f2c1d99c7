/** Totals and time series over all functions. Counts are summed by SQLite: a row that crosses into JavaScript costs more. */

import { sql } from 'kysely';
import type { BucketCounts, FleetAggregate, FunctionFilter, TimeRange, UsageSlice } from '../../ports.ts';
import { addCounts, addUsage, narrows, noCounts } from '../../rollup/aggregation.ts';
import type { ReadColumn } from '../../rollup/bucket.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, chartWidthOf, cover } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { idList } from '../../sqlite/read-connection.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { architecture, functionsIn, seriesIn, sums } from '../../sqlite/series.ts';

interface Totals {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: UsageSlice[];
}

interface Bucket {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: BucketCounts['usage'][number][];
}

/** Functions and series that the query names. */
interface Selection {
  readonly functionIds: readonly number[];
  readonly series: Awaited<ReturnType<typeof seriesIn>>;
  /** Series to read; null for all. */
  readonly only: readonly number[] | null;
}

/** Totals per function, and buckets of `widthMs`, or wider where the range cannot be answered that finely. */
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
  const selection: Selection = { functionIds, series, only: narrows(query) ? [...series.keys()] : null };
  const totals = new Map<number, Totals>();
  const buckets = new Map<number, Bucket>();
  for (const segment of cover(range)) addTotals(db, segment, selection, totals);
  for (const segment of cover(range, chartMs)) addBuckets(db, segment, selection, chartMs, buckets);
  return {
    range: { ...range, widthMs: chartMs },
    functions: functions.flatMap((identity) => {
      const total = totals.get(identity.functionId);
      return total === undefined ? [] : [{ identity, ...total }];
    }),
    buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([fromMs, bucket]) => ({ fromMs, ...bucket })),
  };
}

function addTotals(db: Databases, segment: Segment, selection: Selection, totals: Map<number, Totals>): void {
  const rows = within(db, segment, selection)
    .select(['cell.function_id as functionId', 'cell.series_id as seriesId'])
    .groupBy(['cell.function_id', 'cell.series_id']);
  for (const row of db.telemetry.all(rows)) {
    const slice = selection.series.get(row.seriesId);
    if (slice === undefined) continue;
    const total = entryOf(totals, row.functionId, () => ({ counts: noCounts(), usage: [] }));
    addCounts(total.counts, row);
    addUsage(total.usage, slice, row);
  }
}

/** Groups by memory size, architecture and region, which determine the price of a bucket. */
function addBuckets(
  db: Databases,
  segment: Segment,
  selection: Selection,
  chartMs: number,
  buckets: Map<number, Bucket>,
): void {
  const rows = within(db, segment, selection)
    .innerJoin('series', 'series.id', 'cell.series_id')
    .innerJoin('function', 'function.id', 'cell.function_id')
    .select([sql<number>`cell.bucket / ${sql.lit(chartMs)}`.as('at'), 'series.memory_mb as memoryMb'])
    .select([architecture.as('architecture'), 'function.region'])
    .groupBy(['at', 'series.memory_mb', architecture, 'function.region']);
  for (const row of db.telemetry.all(rows)) {
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

function within({ telemetry }: Databases, segment: Segment, selection: Selection) {
  const select = telemetry
    .selectFrom(`${segment.table} as cell`)
    .select(sums('cell.function_id'))
    .where('cell.function_id', 'in', idList(selection.functionIds))
    .where('cell.bucket', '>=', segment.fromMs)
    .where('cell.bucket', '<', segment.toMs);
  return selection.only === null ? select : select.where('cell.series_id', 'in', idList(selection.only));
}

/** Width, ms, of the buckets of a chart over the range. */
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
