/** The structured query: rollup rows of the functions and series that match, merged into groups and buckets. */

import { sql } from 'kysely';
import type { Aggregate, AggregateQuery } from '../../ports.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, cover } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { idList } from '../../sqlite/read-connection.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, mergeOnDemand, seriesIn, sums } from '../../sqlite/series.ts';
import type { Slice } from './result.ts';
import { Groups, passes, WHOLE_MS } from './result.ts';

export async function aggregate(db: Databases, query: AggregateQuery): Promise<Aggregate> {
  const range = align(
    query,
    query.widthMs === null ? finestWidth(db, query) : Math.max(query.widthMs, finestWidth(db, query)),
  );
  const series = await wantedSeries(db, query);
  const groups = new Groups(query);
  const widthMs = query.widthMs ?? WHOLE_MS;
  for (const segment of cover({ ...range, widthMs: finestWidth(db, query) }, query.widthMs ?? undefined)) {
    for (const row of countsIn(db, segment, series, widthMs)) {
      const one = series.get(row.series_id);
      if (one !== undefined) groups.pointAt(one, row.at).add(row, row.max_memory_mb, one);
    }
    if (query.sketch === null) continue;
    for (const [seriesId, at, bytes] of sketchesIn(db, segment, series, widthMs, query.sketch)) {
      const one = series.get(seriesId);
      if (one === undefined) continue;
      const { sketch } = groups.pointAt(one, at);
      if (query.sketch === 'duration') sketch.mergeEncoded(bytes);
      else mergeOnDemand(bytes, query.sketch === 'init' ? 'init' : 'total', sketch);
    }
  }
  return groups.answer(range);
}

/** Series that pass every filter of the query. */
async function wantedSeries(db: Databases, query: AggregateQuery): Promise<ReadonlyMap<number, Slice>> {
  const functions = await functionsIn(db, query);
  const wanted = new Map<number, Slice>();
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  if (owners.size === 0) return wanted;
  const all = await seriesIn(db, [...owners.keys()], {});
  for (const [id, one] of all) {
    const owner = owners.get(one.functionId);
    if (owner === undefined) continue;
    const series = { owner, version: one.version, memoryMb: one.memoryMb, architecture: one.architecture };
    if (passes(series, query)) wanted.set(id, series);
  }
  return wanted;
}

type Wanted = ReadonlyMap<number, Slice>;

/** Rollup rows of a segment, of the wanted series, with the bucket of the answer that they belong to. */
function rowsIn({ telemetry }: Databases, segment: Segment, series: Wanted, widthMs: number) {
  const functionIds = new Set([...series.values()].map((one) => one.owner.functionId));
  return telemetry
    .selectFrom(segment.table)
    .select(['series_id', bucketOf(widthMs).as('at')])
    .where('function_id', 'in', idList([...functionIds]))
    .where('bucket', '>=', segment.fromMs)
    .where('bucket', '<', segment.toMs)
    .where('series_id', 'in', idList([...series.keys()]));
}

/** Start of the bucket of `widthMs` that a row belongs to; numbers are bound as REAL, hence the cast. */
function bucketOf(widthMs: number) {
  return sql<number>`CAST(bucket / ${widthMs} AS INTEGER) * ${widthMs}`;
}

/** Summed by SQLite: a row that crosses into JavaScript costs more than its sum. */
function countsIn(db: Databases, segment: Segment, series: Wanted, widthMs: number) {
  return db.telemetry.all(
    rowsIn(db, segment, series, widthMs)
      .select(({ fn }) => fn.max('max_memory_mb').as('max_memory_mb'))
      .select(sums('function_id'))
      .groupBy(['series_id', 'at']),
  );
}

function sketchesIn(
  db: Databases,
  segment: Segment,
  series: Wanted,
  widthMs: number,
  sketch: NonNullable<AggregateQuery['sketch']>,
) {
  const column = sketch === 'duration' ? 'duration' : 'cold';
  const rows = rowsIn(db, segment, series, widthMs)
    .select(({ ref }) => ref(column).as('sketch'))
    .where(({ fn, ref }) => fn<number>('length', [ref(column)]), '>', 0);
  return db.telemetry.tuples(rows, ['series_id', 'at', 'sketch']);
}
