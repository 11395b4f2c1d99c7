/** Rollup rows of the slices that match, bucket by bucket. */
import { sql } from 'kysely';
import { LONGEST_RUN_MS } from '../../../../ingest/records/attempt.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { jsonList, telemetryStatement } from '../../sqlite/read-connection.ts';
import type { CellSketches, RollupCell } from '../../sqlite/rollup-cells.ts';
import { forEachCell } from '../../sqlite/rollup-cells.ts';
import type { RollupPart } from '../../sqlite/rollup-parts.ts';
import { rollupParts } from '../../sqlite/rollup-parts.ts';
import { selectRollups } from '../../sqlite/rollup-statements.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn } from '../../sqlite/series.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { SliceKey } from './result.ts';
import { extentOf, SliceCollector } from './result.ts';
import type { RollupSeries, SeriesQuery } from './types.ts';

export async function series(db: Databases, query: SeriesQuery): Promise<RollupSeries> {
  const { toMs } = query;
  const { range, before } = extentOf(query, (fromMs) => keptWidth(db, { fromMs, toMs }));
  const slices = new SliceCollector(query);
  const all = await functionsIn(db, { fromMs: before.fromMs, toMs: Math.max(range.toMs, range.fromMs + 1) });
  const functions = all.filter((one) => slices.wantsFunction(one));
  if (functions.length === 0) return slices.answer(range);
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  for (const part of await rollupParts(db, functions, {}, before)) addPart(db, part, owners, { query, slices }, null);
  for (const part of await rollupParts(db, functions, {}, range, range.widthMs))
    addPart(db, part, owners, { query, slices }, range.widthMs);
  return slices.answer(range);
}

function addPart(
  db: Databases,
  part: RollupPart,
  owners: ReadonlyMap<number, FunctionIdentity>,
  { query, slices }: { readonly query: SeriesQuery; readonly slices: SliceCollector },
  /** Of the buckets, ms; null before the range. */
  widthMs: number | null,
): void {
  const wanted = new Map<number, SliceKey>();
  for (const [id, { functionId, version, memoryMb, architecture }] of part.series) {
    const owner = owners.get(functionId);
    if (owner === undefined) continue;
    const key = { owner, version, memoryMb, architecture };
    if (slices.wants(key)) wanted.set(id, key);
  }
  if (wanted.size === 0) return;
  const ids = [...new Set([...wanted.values()].map(({ owner }) => owner.functionId))];
  const selection = selectRollups(ids, [...wanted.keys()], errorsKnownIn(db, ids, part));
  const bucket = new RollupBucket();
  for (const segment of part.segments) {
    forEachCell(db, selection, segment, query.sketches, (cell) => {
      const key = wanted.get(cell.seriesId);
      if (key === undefined) return;
      slices.countRow();
      // Rows may be finer than the buckets where the architecture of a function changed.
      const atMs = widthMs === null ? null : Math.floor(cell.bucket / widthMs) * widthMs;
      const sums = slices.sumsAt(key, atMs);
      sums.add(cell.counts, cell.maxMemoryMb);
      if (query.sketches === 'none') return;
      readSketches(bucket, cell, query.sketches);
      if (query.sketches !== 'cold') sums.addDuration(bucket.duration);
      for (const [kind, { init }] of bucket.cold) sums.addInit(kind, init);
    });
  }
  if (query.causes === true) addCauses(db, part, wanted, slices, widthMs);
}

interface CauseRange {
  /** JSON array. */
  functionIds: string;
  fromHourMs: number;
  fromMs: number;
  toMs: number;
  /** Of the buckets, ms. */
  widthMs: number;
}

const CAUSES_BY_BUCKET = telemetryStatement((db, param: Param<CauseRange>) =>
  db
    .selectFrom('cold_start')
    .select(({ fn }) => [
      'series_id as seriesId',
      'cause',
      // Not by a division: parameters are bound as real numbers.
      sql<number>`end_ms - end_ms % ${param('widthMs')}`.as('atMs'),
      fn.countAll<number>().as('n'),
    ])
    .where('function_id', 'in', jsonList(param('functionIds')))
    .where('slot_ms', '>=', param('fromHourMs'))
    .where('slot_ms', '<', param('toMs'))
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .groupBy(['seriesId', 'cause', 'atMs']),
);

/** Counts the attributed cold starts of a part, which are stored as long as invocations are. */
function addCauses(
  { telemetry }: Databases,
  { fromMs, toMs }: RollupPart,
  wanted: ReadonlyMap<number, SliceKey>,
  slices: SliceCollector,
  /** Of the buckets, ms; null before the range. */
  widthMs: number | null,
): void {
  const functionIds = JSON.stringify([...new Set([...wanted.values()].map(({ owner }) => owner.functionId))]);
  const fromHourMs = fromMs - LONGEST_RUN_MS - HOUR_MS;
  const range = { functionIds, fromHourMs, fromMs, toMs, widthMs: widthMs ?? Number.MAX_SAFE_INTEGER };
  for (const { seriesId, cause, atMs, n } of CAUSES_BY_BUCKET.iterate(telemetry, range)) {
    const key = wanted.get(seriesId);
    const name = CAUSES[cause];
    if (key === undefined || name === undefined) continue;
    slices.countRow();
    slices.sumsAt(key, widthMs === null ? null : atMs).addCause(name, n);
  }
}

function readSketches(into: RollupBucket, cell: RollupCell, sketches: CellSketches): void {
  into.clear();
  if (sketches !== 'cold') into.duration.mergeEncoded(cell.sketches, cell.durationAt, cell.coldAt);
  if (sketches !== 'duration') into.mergeEncodedCold(cell.sketches.subarray(cell.coldAt, cell.end));
}
