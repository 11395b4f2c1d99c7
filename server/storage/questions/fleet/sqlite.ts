/** Totals and time series over all functions. Counts are summed by SQLite: a row that crosses into JavaScript costs more. */

import { sql } from 'kysely';
import type { BucketCounts, FleetAggregate, FunctionFilter, TimeRange, UsageSlice } from '../../ports.ts';
import { addCounts, addUsage, countsFrom, noCounts } from '../../rollup/aggregation.ts';
import type { ReadColumn } from '../../rollup/bucket.ts';
import { READ_COLUMNS } from '../../rollup/bucket.ts';
import { align, chartWidthOf, coverPiece } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import { rollupParts, selectPart } from '../../sqlite/rollup-parts.ts';
import type { RollupValues } from '../../sqlite/rollup-statements.ts';
import { bucketStart, rollupBuckets, rollupQuery, sums } from '../../sqlite/rollup-statements.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import type { Series } from '../../sqlite/series.ts';
import { architecture, functionsIn } from '../../sqlite/series.ts';

interface Totals {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: UsageSlice[];
}

type TotalsRow = ReturnType<typeof TOTALS>[number];
type BucketRow = ReturnType<typeof BUCKETS>[number];

interface Bucket {
  readonly counts: Record<ReadColumn, number>;
  readonly usage: BucketCounts['usage'][number][];
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
  const errors = errorsKnownIn(
    db,
    functions.map((entry) => entry.functionId),
    range,
  );
  const totals = new Map<number, Totals>();
  const buckets = new Map<number, Bucket>();
  for (const part of await rollupParts(db, functions, query, range)) {
    const selection = selectPart(part, errors);
    for (const segment of part.segments) addTotals(totals, part.series, TOTALS(db, selection, segment));
    for (const segment of coverPiece(range, part, part.finestMs, chartMs))
      addBuckets(buckets, BUCKETS(db, selection, segment, chartMs));
  }
  return {
    range: { ...range, widthMs: chartMs },
    functions: functions.flatMap((identity) => {
      const total = totals.get(identity.functionId);
      return total === undefined ? [] : [{ identity, ...total }];
    }),
    buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([fromMs, bucket]) => ({ fromMs, ...bucket })),
  };
}

const TOTALS = rollupQuery((shape) =>
  telemetryStatement((db, param: Param<RollupValues>) =>
    rollupBuckets(db, param, shape)
      .select(['cell.function_id as functionId', 'cell.series_id as seriesId'])
      .select(sums(shape))
      .groupBy(['cell.function_id', 'cell.series_id']),
  ).asTuples('functionId', 'seriesId', ...READ_COLUMNS),
);

function addTotals(totals: Map<number, Totals>, series: ReadonlyMap<number, Series>, rows: readonly TotalsRow[]): void {
  for (const row of rows) {
    const [functionId, seriesId] = row;
    const slice = series.get(seriesId);
    if (slice === undefined) continue;
    const counts = countsFrom(row, 2);
    const total = entryOf(totals, functionId, () => ({ counts: noCounts(), usage: [] }));
    addCounts(total.counts, counts);
    addUsage(total.usage, slice, counts);
  }
}

/** Groups by memory size, architecture and region, which determine the price of a bucket. */
const BUCKETS = rollupQuery((shape) =>
  telemetryStatement((db, param: Param<RollupValues>) =>
    rollupBuckets(db, param, shape)
      .innerJoin('series', 'series.id', 'cell.series_id')
      .innerJoin('function', 'function.id', 'cell.function_id')
      .select([bucketStart(param).as('fromMs'), 'series.memory_mb as memoryMb'])
      .select([architectureOf(param).as('cellArchitecture'), 'function.region'])
      .select(sums(shape))
      .groupBy(['fromMs', 'series.memory_mb', 'cellArchitecture', 'function.region']),
  ).asTuples('fromMs', 'memoryMb', 'cellArchitecture', 'region', ...READ_COLUMNS),
);

/** Architecture of the row's series in the part that is read. */
function architectureOf(param: Param<RollupValues>) {
  return sql<string | null>`CASE WHEN function.moved = 0 THEN ${architecture}
    WHEN cell.series_id IN ${jsonList(param('arm64SeriesIds'))} THEN 'arm64' ELSE 'x86_64' END`;
}

function addBuckets(buckets: Map<number, Bucket>, rows: readonly BucketRow[]): void {
  for (const row of rows) {
    const [fromMs, memoryMb, arch, region] = row;
    const counts = countsFrom(row, 4);
    const bucket = entryOf(buckets, fromMs, () => ({ counts: noCounts(), usage: [] }));
    addCounts(bucket.counts, counts);
    bucket.usage.push({
      version: null,
      memoryMb,
      architecture: arch,
      region,
      invocations: counts.n,
      billedMs: counts.billed_ms,
      failed: counts.timeouts + counts.errors + counts.ooms + counts.exits,
      failedBilledMs: counts.failed_billed_ms,
    });
  }
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
