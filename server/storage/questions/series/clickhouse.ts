/** Rollup rows of the slices that match, bucket by bucket. */
import { architecturesOf, rowsByArchitecture } from '../../clickhouse/architectures.ts';
import { functionsIn } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { keptWidth } from '../../clickhouse/query-context.ts';
import type { Sketches } from '../../clickhouse/rollup-rows.ts';
import { mergeRow } from '../../clickhouse/rollup-rows.ts';
import { READ_COLUMNS, RollupBucket } from '../../rollup/bucket.ts';
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
  for (const [rows, isBefore] of [
    [earlier, true],
    [inRange, false],
  ] as const) {
    for (const row of rows) {
      const owner = owners.get(row.functionId);
      if (owner === undefined) continue;
      const key = { owner, version: row.version, memoryMb: row.memoryMb, architecture: row.architecture };
      if (!slices.wants(key)) continue;
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
  return slices.answer(range);
}
