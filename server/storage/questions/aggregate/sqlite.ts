/** The structured query: rollup rows of the functions and series that match, merged into groups and buckets. */

import { entryOf } from '../../map-entry.ts';
import type { Aggregate, AggregateQuery, FunctionIdentity } from '../../ports.ts';
import { addAll, countsFrom } from '../../rollup/aggregation.ts';
import type { Segment } from '../../rollup/range.ts';
import { align } from '../../rollup/range.ts';
import type { RateBlocksBuilder } from '../../rollup/rate-blocks.ts';
import { rateCountsFrom } from '../../rollup/rate-blocks.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
import { forEachCell } from '../../sqlite/rollup-cells.ts';
import type { RollupPart } from '../../sqlite/rollup-parts.ts';
import { rollupParts } from '../../sqlite/rollup-parts.ts';
import type { RollupSelection } from '../../sqlite/rollup-statements.ts';
import { selectRollups } from '../../sqlite/rollup-statements.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsIn, mergeOnDemand } from '../../sqlite/series.ts';
import type { Slice } from './result.ts';
import { Groups, passes, rateBlocksOf, WHOLE_MS } from './result.ts';

export async function aggregate(db: Databases, query: AggregateQuery): Promise<Aggregate> {
  const finest = finestWidth(db, query);
  const range = align(query, Math.max(query.widthMs ?? 0, finest));
  const functions = await functionsIn(db, query);
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  const blocks = rateBlocksOf(query, { ...range, widthMs: finest });
  const groups = new Groups(query, blocks);
  const widthMs = query.widthMs ?? WHOLE_MS;
  const widestMs = query.widthMs ?? blocks?.widthMs;
  for (const part of await rollupParts(db, functions, {}, { ...range, widthMs: finest }, widestMs)) {
    const wanted = wantedSeries(db, query, part, owners);
    for (const segment of part.segments) addSegment(db, segment, wanted, { groups, widthMs, sketch: query.sketch });
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

interface Building {
  readonly groups: Groups;
  readonly widthMs: number;
  readonly sketch: AggregateQuery['sketch'];
}

/** Series whose rows are added to the same group and usage. */
interface SliceSums {
  readonly slice: Slice;
  /** Of its group. */
  readonly blocks: RateBlocksBuilder | null;
  /** By the start of the bucket of the answer, epoch ms. */
  readonly byBucket: Map<number, BucketSums>;
}

interface BucketSums {
  readonly counts: Float64Array;
  maxMemoryMb: number | null;
  /** The oldest series with rows in the bucket. */
  firstSeriesId: number;
}

interface FoundSketch {
  readonly slice: Slice;
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** Adds the rows of a segment: counts, in the order of the oldest series, and then sketches. */
function addSegment(
  db: Databases,
  segment: Segment,
  { series, selection }: Wanted,
  { groups, widthMs, sketch }: Building,
): void {
  const bySlice = new Map<string, SliceSums>();
  const ofSeries = new Map(
    [...series].map(([id, slice]) => [
      id,
      entryOf(bySlice, groups.usageKey(slice), () => ({ slice, blocks: groups.blocksOf(slice), byBucket: new Map() })),
    ]),
  );
  const sketches: FoundSketch[] = [];
  forEachCell(db, selection, segment, COLUMN_OF[sketch ?? 'none'], (cell) => {
    const { seriesId, counts, maxMemoryMb } = cell;
    const sums = ofSeries.get(seriesId);
    if (sums === undefined) return;
    const at = Math.floor(cell.bucket / widthMs) * widthMs;
    let bucket = sums.byBucket.get(at);
    if (bucket === undefined) {
      bucket = { counts: new Float64Array(counts.length), maxMemoryMb: null, firstSeriesId: seriesId };
      sums.byBucket.set(at, bucket);
    }
    addAll(bucket.counts, counts);
    sums.blocks?.addAt(cell.bucket, rateCountsFrom(counts));
    bucket.firstSeriesId = Math.min(bucket.firstSeriesId, seriesId);
    if (maxMemoryMb !== null) bucket.maxMemoryMb = Math.max(bucket.maxMemoryMb ?? 0, maxMemoryMb);
    if (sketch === null) return;
    const [from, end] = sketch === 'duration' ? [cell.durationAt, cell.coldAt] : [cell.coldAt, cell.end];
    if (end > from) sketches.push({ slice: sums.slice, at, bytes: cell.sketches, from, end });
  });
  const summed = [...bySlice.values()].flatMap(({ slice, byBucket }) =>
    [...byBucket].map(([at, bucket]) => ({ slice, at, ...bucket })),
  );
  for (const { slice, at, counts, maxMemoryMb } of summed.toSorted((a, b) => a.firstSeriesId - b.firstSeriesId))
    groups.pointAt(slice, at).add(countsFrom(counts, 0), maxMemoryMb, slice);
  for (const { slice, at, bytes, from, end } of sketches) {
    const into = groups.pointAt(slice, at).sketch;
    if (sketch === 'duration') into.mergeEncoded(bytes, from, end);
    else mergeOnDemand(bytes, sketch === 'init' ? 'init' : 'total', into, from, end);
  }
}

const COLUMN_OF = { none: 'none', duration: 'duration', init: 'cold', coldStartTotal: 'cold' } as const;
