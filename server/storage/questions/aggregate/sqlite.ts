/** The structured query: rollup rows of the functions and series that match, merged into groups and buckets. */

import type { Aggregate, AggregateQuery, FunctionIdentity } from '../../ports.ts';
import { countsFrom } from '../../rollup/aggregation.ts';
import { READ_COLUMNS } from '../../rollup/bucket.ts';
import { align } from '../../rollup/range.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { RollupPart } from '../../sqlite/rollup-parts.ts';
import { rollupParts } from '../../sqlite/rollup-parts.ts';
import type { RollupSelection, RollupShape, RollupValues } from '../../sqlite/rollup-statements.ts';
import { bucketStart, rollupBuckets, rollupQuery, selectRollups, sums } from '../../sqlite/rollup-statements.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, mergeOnDemand } from '../../sqlite/series.ts';
import type { Slice } from './result.ts';
import { Groups, passes, WHOLE_MS } from './result.ts';

export async function aggregate(db: Databases, query: AggregateQuery): Promise<Aggregate> {
  const finest = finestWidth(db, query);
  const range = align(query, Math.max(query.widthMs ?? 0, finest));
  const functions = await functionsIn(db, query);
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  const groups = new Groups(query);
  const widthMs = query.widthMs ?? WHOLE_MS;
  for (const part of await rollupParts(db, functions, {}, { ...range, widthMs: finest }, query.widthMs ?? undefined)) {
    const { series, selection } = wantedSeries(db, query, part, owners);
    for (const segment of part.segments) {
      for (const row of COUNTS(db, selection, segment, widthMs)) {
        const [seriesId, at, maxMemoryMb] = row;
        const one = series.get(seriesId);
        if (one !== undefined) groups.pointAt(one, at).add(countsFrom(row, 3), maxMemoryMb, one);
      }
      if (query.sketch === null) continue;
      const sketches = query.sketch === 'duration' ? DURATIONS : COLD;
      for (const [seriesId, at, bytes] of sketches(db, selection, segment, widthMs)) {
        const one = series.get(seriesId);
        if (one === undefined) continue;
        const { sketch } = groups.pointAt(one, at);
        if (query.sketch === 'duration') sketch.mergeEncoded(bytes);
        else mergeOnDemand(bytes, query.sketch === 'init' ? 'init' : 'total', sketch);
      }
    }
  }
  return groups.answer(range);
}

interface Wanted {
  readonly series: ReadonlyMap<number, Slice>;
  readonly selection: RollupSelection;
}

/** Series of a part that pass every filter of the query, and the selection of their rollup rows. */
function wantedSeries(
  db: Databases,
  query: AggregateQuery,
  part: RollupPart,
  owners: ReadonlyMap<number, FunctionIdentity>,
): Wanted {
  const series = new Map<number, Slice>();
  const functionIds = new Set<number>();
  for (const [id, { functionId, version, memoryMb, architecture }] of part.series) {
    const owner = owners.get(functionId);
    if (owner === undefined) continue;
    const slice = { owner, version, memoryMb, architecture };
    if (!passes(slice, query)) continue;
    series.set(id, slice);
    functionIds.add(functionId);
  }
  const narrowed = [...part.series].some(([id, one]) => functionIds.has(one.functionId) && !series.has(id));
  const ids = [...functionIds];
  const errors = errorsKnownIn(db, ids, part);
  return { series, selection: selectRollups(ids, narrowed ? [...series.keys()] : null, errors) };
}

/** Summed by SQLite: a row that crosses into JavaScript costs more than its sum. */
const COUNTS = rollupQuery((shape) =>
  telemetryStatement((db, param: Param<RollupValues>) =>
    rollupBuckets(db, param, shape)
      .select(['cell.series_id as seriesId', bucketStart(param).as('at')])
      .select(({ fn }) => fn.max('cell.max_memory_mb').as('maxMemoryMb'))
      .select(sums(shape))
      .groupBy(['cell.series_id', 'at']),
  ).asTuples('seriesId', 'at', 'maxMemoryMb', ...READ_COLUMNS),
);

const DURATIONS = rollupQuery((shape) => sketchesOf('duration', shape));
const COLD = rollupQuery((shape) => sketchesOf('cold', shape));

function sketchesOf(column: 'duration' | 'cold', shape: RollupShape) {
  return telemetryStatement((db, param: Param<RollupValues>) =>
    rollupBuckets(db, param, shape)
      .select(['cell.series_id as seriesId', bucketStart(param).as('at')])
      .select(({ ref }) => ref(`cell.${column}`).as('sketch'))
      .where(({ fn, ref }) => fn<number>('length', [ref(`cell.${column}`)]), '>', 0),
  ).asTuples('seriesId', 'at', 'sketch');
}
