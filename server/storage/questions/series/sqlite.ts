/** Rollup rows of the slices that match, bucket by bucket. */
import { RollupBucket } from '../../rollup/bucket.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsKnownIn } from '../../sqlite/error-days.ts';
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
}

function readSketches(into: RollupBucket, cell: RollupCell, sketches: CellSketches): void {
  into.clear();
  if (sketches !== 'cold') into.duration.mergeEncoded(cell.sketches, cell.durationAt, cell.coldAt);
  if (sketches !== 'duration') into.mergeEncodedCold(cell.sketches.subarray(cell.coldAt, cell.end));
}
