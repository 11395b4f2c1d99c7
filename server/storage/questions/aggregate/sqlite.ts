/** The structured question: rollup rows filtered by what their function and series are, merged into groups and buckets. */

import type { Aggregate, AggregateQuery, Counts } from '../../ports.ts';
import { COUNT_COLUMNS } from '../../rollup/bucket.ts';
import type { Segment } from '../../rollup/range.ts';
import { align, cover } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, mergeOnDemand, seriesIn } from '../../sqlite/series.ts';
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
    const within = withinOf(segment, series, widthMs);
    for (const row of countsIn(db, within)) {
      const one = series.get(row.series_id);
      if (one !== undefined) groups.pointAt(one, row.at).add(row, row.max_memory_mb, one);
    }
    if (query.sketch === null) continue;
    for (const [seriesId, at, bytes] of sketchesIn(db, within, query.sketch)) {
      const one = series.get(seriesId);
      if (one === undefined) continue;
      const { sketch } = groups.pointAt(one, at);
      if (query.sketch === 'duration') sketch.mergeEncoded(bytes);
      else mergeOnDemand(bytes, query.sketch === 'init' ? 'init' : 'total', sketch);
    }
  }
  return groups.answer(range);
}

/** Series of functions that pass every filter. */
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

/** Part of a statement, and what it binds. */
interface Within {
  readonly text: string;
  readonly bounds: object;
}

function withinOf(segment: Segment, series: ReadonlyMap<number, Slice>, widthMs: number): Within {
  return {
    text: `FROM ${segment.table} WHERE function_id IN (SELECT value FROM json_each(@functions)) AND bucket >= @fromMs
      AND bucket < @toMs AND series_id IN (SELECT value FROM json_each(@series))`,
    bounds: {
      widthMs,
      fromMs: segment.fromMs,
      toMs: segment.toMs,
      functions: JSON.stringify([...new Set([...series.values()].map((one) => one.owner.functionId))]),
      series: JSON.stringify([...series.keys()]),
    },
  };
}

type CountRow = Counts & { readonly series_id: number; readonly at: number; readonly max_memory_mb: number | null };

/** Added up where they lie: each row that crosses into JavaScript costs more than its sum. */
function countsIn(db: Databases, { text, bounds }: Within): readonly CountRow[] {
  const sums = COUNT_COLUMNS.map((name) => `sum(${name}) AS ${name}`).join(', ');
  return db.raw
    .prepare<[object], CountRow>(
      `SELECT series_id, CAST(bucket / @widthMs AS INTEGER) * @widthMs AS at, max(max_memory_mb) AS max_memory_mb, ${sums}
       ${text} GROUP BY 1, 2`,
    )
    .all(bounds);
}

type SketchRow = readonly [seriesId: number, at: number, bytes: Uint8Array];

function sketchesIn(
  db: Databases,
  { text, bounds }: Within,
  sketch: NonNullable<AggregateQuery['sketch']>,
): readonly SketchRow[] {
  const column = sketch === 'duration' ? 'duration' : 'cold';
  return db.raw
    .prepare(
      `SELECT series_id, CAST(bucket / @widthMs AS INTEGER) * @widthMs, ${column} ${text} AND length(${column}) > 0`,
    )
    .raw()
    .all(bounds) as SketchRow[];
}
