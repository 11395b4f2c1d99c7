/** One row a function: counts, quantiles, a sparkline. */

import { sql } from 'kysely';
import type {
  Counts,
  FunctionAggregate,
  FunctionFilter,
  FunctionIdentity,
  ResolvedRange,
  TimeRange,
} from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import { COUNT_COLUMNS, LEVELS } from '../../rollup/bucket.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, cover } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, identities, identity, mergeOnDemand, seriesIn } from '../../sqlite/series.ts';
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
    await addTotals(db, segment, building, series, only);
    addSketches(db, segment, range, building, only);
  }
  return { range, items: [...building.values()].flatMap((row) => row.result() ?? []) };
}

async function addTotals(
  db: Databases,
  segment: Segment,
  building: ReadonlyMap<number, FunctionTotalsBuilder>,
  series: Awaited<ReturnType<typeof seriesIn>>,
  only: readonly number[] | null,
): Promise<void> {
  let select = db.telemetry
    .selectFrom(segment.table)
    .select([
      'function_id as functionId',
      'series_id as seriesId',
      sql<number | null>`max(max_memory_mb)`.as('maxMemoryMb'),
    ])
    .select((eb) => COUNT_COLUMNS.map((name) => eb.fn.sum<number>(name).as(name)))
    .where('function_id', 'in', [...building.keys()])
    .where('bucket', '>=', segment.fromMs)
    .where('bucket', '<', segment.toMs);
  if (only !== null) select = select.where('series_id', 'in', only);
  type Row = { functionId: number; seriesId: number; maxMemoryMb: number | null } & Counts;
  for (const row of (await select.groupBy(['function_id', 'series_id']).execute()) as unknown as Row[]) {
    const entry = building.get(row.functionId);
    const slice = series.get(row.seriesId);
    if (entry === undefined || slice === undefined) continue;
    entry.add(slice, row, row.maxMemoryMb);
  }
}

/**
 * The widest read of the product. Each row that crosses into JavaScript costs more than its sketches do, and each blob more
 * than its bytes: the rows of a function come packed into one hexadecimal text (bucket, n, and both sketches with lengths).
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
  let select = db.telemetry
    .selectFrom(segment.table)
    .select(['function_id', packed.as('cells')])
    .where('function_id', 'in', [...building.keys()])
    .where('bucket', '>=', segment.fromMs)
    .where('bucket', '<', segment.toMs)
    .groupBy('function_id');
  if (only !== null) select = select.where('series_id', 'in', only);
  const { sql: text, parameters } = select.compile();
  const rows = db.raw
    .prepare(text)
    .raw()
    .all(...(parameters as unknown[])) as [number, string][];
  for (const [functionId, cells] of rows) {
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

/** All functions of that name, or the one that account and region pick out. */
export async function resolveFunction(
  db: Databases,
  id: { readonly account?: string; readonly region?: string; readonly name: string },
): Promise<readonly FunctionIdentity[]> {
  let select = identities(db).where('name', '=', id.name);
  if (id.account !== undefined) select = select.where('account', '=', id.account);
  if (id.region !== undefined) select = select.where('region', '=', id.region);
  return (await select.execute()).map(identity);
}

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
    .groupBy(['version', 'memory_mb', 'runtime_version', 'runtime_version_arn'])
    .orderBy('firstSeenMs', 'desc')
    .limit(200)
    .execute();
}
