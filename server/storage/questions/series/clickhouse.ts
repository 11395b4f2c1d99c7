/** Rollup rows of the slices that match, bucket by bucket. */
import type { Architectures } from '../../../analytics/cost/architectures.ts';
import { architecturesOf, rowsByArchitecture } from '../../clickhouse/architectures.ts';
import { coldStartsIn } from '../../clickhouse/attribution/stored-cold-starts.ts';
import { functionsIn } from '../../clickhouse/functions.ts';
import { seriesIdOf } from '../../clickhouse/hash-ids.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { keptWidth } from '../../clickhouse/query-context.ts';
import type { Sketches } from '../../clickhouse/rollup-rows.ts';
import { mergeRow } from '../../clickhouse/rollup-rows.ts';
import { READ_COLUMNS, RollupBucket } from '../../rollup/bucket.ts';
import type { SliceKey } from './result.ts';
import { extentOf, SliceCollector } from './result.ts';
import type { RollupSeries, SeriesQuery } from './types.ts';

const SKETCHES: Readonly<Record<SeriesQuery['sketches'], Sketches>> = {
  none: 'none',
  duration: 'duration',
  cold: 'all',
  both: 'all',
};

export async function series(context: QueryContext, query: SeriesQuery): Promise<RollupSeries> {
  const { toMs } = query;
  const { range, before } = extentOf(query, (fromMs) => keptWidth(context, { fromMs, toMs }));
  const slices = new SliceCollector(query);
  const [all, architectures] = await Promise.all([
    functionsIn(context, { fromMs: before.fromMs, toMs: Math.max(range.toMs, range.fromMs + 1) }),
    architecturesOf(context),
  ]);
  const functions = all.filter((one) => slices.wantsFunction(one));
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  const shared = { functions, filter: {}, sketches: SKETCHES[query.sketches] };
  const { widthMs } = range;
  const earlier = await rowsByArchitecture(context, architectures, { ...shared, range: before, widthMs: null });
  const inRange = await rowsByArchitecture(context, architectures, { ...shared, range, widthMs, widestMs: widthMs });
  const bucket = new RollupBucket();
  const seen = new Map<number, SliceKey>();
  for (const [rows, isBefore] of [
    [earlier, true],
    [inRange, false],
  ] as const) {
    for (const row of rows) {
      const owner = owners.get(row.functionId);
      if (owner === undefined) continue;
      const key = { owner, version: row.version, memoryMb: row.memoryMb, architecture: row.architecture };
      if (!slices.wants(key)) continue;
      seen.set(seriesIdOf(row.functionId, row.version, row.memoryMb), key);
      slices.countRow();
      const sums = slices.sumsAt(key, isBefore ? null : row.at);
      sums.add(
        READ_COLUMNS.map((name) => row[name]),
        row.maxMemoryMb,
      );
      if (query.sketches === 'none') continue;
      bucket.clear();
      mergeRow(bucket, row);
      if (query.sketches !== 'cold') sums.addDuration(bucket.duration);
      if (query.sketches === 'duration') continue;
      for (const [kind, { init }] of bucket.cold) sums.addInit(kind, init);
    }
  }
  if (query.causes === true) await addCauses(context, { range, before }, { seen, slices, architectures });
  return slices.answer(range);
}

/** Counts the attributed cold starts of slices that have rollup rows, which are stored as long as invocations are. */
async function addCauses(
  context: QueryContext,
  { range, before }: ReturnType<typeof extentOf>,
  {
    seen,
    slices,
    architectures,
  }: {
    /** A slice of each series, by its id. */
    readonly seen: ReadonlyMap<number, SliceKey>;
    readonly slices: SliceCollector;
    readonly architectures: Architectures;
  },
): Promise<void> {
  if (seen.size === 0) return;
  const ids = [...new Set([...seen.values()].map(({ owner }) => owner.functionId))];
  const { coldStarts } = await coldStartsIn(context, ids, { fromMs: before.fromMs, toMs: range.toMs });
  for (const { functionId, seriesId, endMs, cause } of coldStarts) {
    const one = seen.get(seriesId);
    if (one === undefined || one.owner.functionId !== functionId) continue;
    const atMs = endMs < range.fromMs ? null : Math.floor(endMs / range.widthMs) * range.widthMs;
    const architecture = architectures.of(one.owner, one.version, endMs);
    const key = architecture === one.architecture ? one : { ...one, architecture };
    if (slices.wants(key)) slices.sumsAt(key, atMs).addCause(cause, 1);
  }
}
