/** Lists functions: counts, quantiles and a sparkline for each. */

import { sql } from 'kysely';
import type { FunctionAggregate, FunctionFilter, FunctionIdentity, ResolvedRange, TimeRange } from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import { LEVELS } from '../../rollup/bucket.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, cover } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { idList } from '../../sqlite/read-connection.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, identities, identity, mergeOnDemand, seriesIn, sums } from '../../sqlite/series.ts';
import { FunctionTotalsBuilder, SPARK_PARTS } from './result.ts';

export async function functions(
  db: Databases,
  query: TimeRange & FunctionFilter,
): Promise<{ range: ResolvedRange; items: readonly FunctionAggregate[] }> {
  const range = align(query, finestWidth(db, query));
  const found = await functionsIn(db, query);
  const building = new Map(found.map((entry) => [entry.functionId, new FunctionTotalsBuilder(entry)]));
  const series = await seriesIn(db, [...building.keys()], query);
  const only = narrows(query) ? [...series.keys()] : null;
  for (const segment of cover(range)) {
    addTotals(db, segment, building, series, only);
    addSketches(db, segment, range, building, only);
  }
  return { range, items: [...building.values()].flatMap((row) => row.result() ?? []) };
}

/** Rollup rows of a segment, of the listed functions and of the series in `only` (null: of all). */
function rowsIn(
  { telemetry }: Databases,
  segment: Segment,
  building: ReadonlyMap<number, FunctionTotalsBuilder>,
  only: readonly number[] | null,
) {
  const select = telemetry
    .selectFrom(segment.table)
    .where('function_id', 'in', idList([...building.keys()]))
    .where('bucket', '>=', segment.fromMs)
    .where('bucket', '<', segment.toMs);
  return only === null ? select : select.where('series_id', 'in', idList(only));
}

function addTotals(
  db: Databases,
  segment: Segment,
  building: ReadonlyMap<number, FunctionTotalsBuilder>,
  series: Awaited<ReturnType<typeof seriesIn>>,
  only: readonly number[] | null,
): void {
  const rows = rowsIn(db, segment, building, only)
    .select(['function_id as functionId', 'series_id as seriesId'])
    .select(({ fn }) => fn.max('max_memory_mb').as('maxMemoryMb'))
    .select(sums('function_id'))
    .groupBy(['function_id', 'series_id']);
  for (const row of db.telemetry.all(rows)) {
    const entry = building.get(row.functionId);
    const slice = series.get(row.seriesId);
    if (entry === undefined || slice === undefined) continue;
    entry.add(slice, row, row.maxMemoryMb);
  }
}

/**
 * Merges the sketches of every row. This is the widest read of the product, and rows and blobs that cross into JavaScript
 * cost more than their bytes: SQLite packs the rows of a function into one hexadecimal text (bucket, n, and both sketches
 * with their lengths).
 */
function addSketches(
  db: Databases,
  segment: Segment,
  range: ResolvedRange,
  building: ReadonlyMap<number, FunctionTotalsBuilder>,
  only: readonly number[] | null,
): void {
  const packed = sql<string>`group_concat(printf('%08X%08X%04X%s%04X%s',
    (bucket - ${sql.lit(segment.fromMs)}) / ${sql.lit(FINEST_MS)}, n,
    length(duration), hex(duration), length(cold), hex(cold)), '')`;
  const rows = rowsIn(db, segment, building, only)
    .select(['function_id', packed.as('cells')])
    .groupBy('function_id');
  for (const [functionId, cells] of db.telemetry.tuples(rows, ['function_id', 'cells'])) {
    const entry = building.get(functionId);
    if (entry !== undefined) addCells(entry, Buffer.from(cells, 'hex'), segment.fromMs, range);
  }
}

const FINEST_MS = LEVELS[0].widthMs;

function addCells(entry: FunctionTotalsBuilder, cells: Buffer, segmentFromMs: number, range: ResolvedRange): void {
  const partMs = (range.toMs - range.fromMs) / SPARK_PARTS;
  let at = 0;
  while (at < cells.length) {
    const bucketMs = segmentFromMs + cells.readUInt32BE(at) * FINEST_MS;
    const part = Math.min(SPARK_PARTS - 1, Math.floor((bucketMs - range.fromMs) / partMs));
    entry.spark[part] = (entry.spark[part] ?? 0) + cells.readUInt32BE(at + 4);
    const durationEnd = at + 10 + cells.readUInt16BE(at + 8);
    entry.duration.mergeEncoded(cells.subarray(at + 10, durationEnd));
    const coldEnd = durationEnd + 2 + cells.readUInt16BE(durationEnd);
    mergeOnDemand(cells.subarray(durationEnd + 2, coldEnd), 'init', entry.init);
    at = coldEnd;
  }
}

/** Functions of that name, narrowed by account and region when they are given. */
export async function resolveFunction(
  db: Databases,
  id: { readonly account?: string; readonly region?: string; readonly name: string },
): Promise<readonly FunctionIdentity[]> {
  let select = identities(db).where('name', '=', id.name);
  if (id.account !== undefined) select = select.where('account', '=', id.account);
  if (id.region !== undefined) select = select.where('region', '=', id.region);
  return (await select.execute()).map(identity);
}

/** Versions, sizes and runtimes of a function's environments, the latest first. */
export async function configurations(db: Databases, query: { readonly functionId: number }) {
  return db.telemetry
    .selectFrom('environment')
    .select([
      'version',
      'memory_mb as memoryMb',
      'runtime_version as runtimeVersion',
      'runtime_version_arn as runtimeVersionArn',
    ])
    .select((eb) => [
      eb.fn.min<number>('first_seen_ms').as('firstSeenMs'),
      eb.fn.max<number>('last_seen_ms').as('lastSeenMs'),
      eb.fn.countAll<number>().as('environments'),
    ])
    .where('function_id', '=', query.functionId)
    .where('id', '>', 0)
    .groupBy(['version', 'memory_mb', 'runtime_version', 'runtime_version_arn'])
    .orderBy('firstSeenMs', 'desc')
    .limit(200)
    .execute();
}
