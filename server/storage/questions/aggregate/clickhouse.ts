/** The structured query: rollup rows of the functions that match, merged into groups and buckets. */

import { architecturesOf, rowsByArchitecture } from '../../clickhouse/architectures.ts';
import { functionsIn } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { finestWidth } from '../../clickhouse/query-context.ts';
import type { RollupBucketRow, Sketches } from '../../clickhouse/rollup-rows.ts';
import { addBlocks, mergeBins, mergeOnDemand } from '../../clickhouse/rollup-rows.ts';
import type { Aggregate, AggregateQuery } from '../../ports.ts';
import { align } from '../../rollup/range.ts';
import { Groups, passes, rateBlocksOf } from './result.ts';

const SKETCHES: Readonly<Record<NonNullable<AggregateQuery['sketch']>, Sketches>> = {
  duration: 'duration',
  init: 'on-demand',
  coldStartTotal: 'all',
};

export async function aggregate(context: QueryContext, query: AggregateQuery): Promise<Aggregate> {
  const finest = finestWidth(context, query);
  const range = align(query, query.widthMs === null ? finest : Math.max(query.widthMs, finest));
  const [functions, architectures] = await Promise.all([functionsIn(context, query), architecturesOf(context)]);
  const owners = new Map(functions.map((one) => [one.functionId, one]));
  const blocks = rateBlocksOf(query, { ...range, widthMs: finest });
  const rows = await rowsByArchitecture(context, architectures, {
    functions,
    filter: {},
    range: { ...range, widthMs: finest },
    widestMs: query.widthMs ?? blocks?.widthMs,
    ...(blocks === null ? {} : { blocks }),
    widthMs: query.widthMs,
    sketches: query.sketch === null ? 'none' : SKETCHES[query.sketch],
  });
  const groups = new Groups(query, blocks);
  for (const row of rows) {
    const owner = owners.get(row.functionId);
    if (owner === undefined) continue;
    const slice = { owner, version: row.version, memoryMb: row.memoryMb, architecture: row.architecture };
    if (!passes(slice, query)) continue;
    const point = groups.pointAt(slice, row.at);
    point.add(row, row.maxMemoryMb, slice);
    const ofGroup = groups.blocksOf(slice);
    if (ofGroup !== null) addBlocks(ofGroup, row.blocks);
    mergeSketch(point.sketch, row, query.sketch);
  }
  return groups.answer(range);
}

function mergeSketch(
  into: Parameters<typeof mergeBins>[0],
  row: RollupBucketRow,
  sketch: AggregateQuery['sketch'],
): void {
  if (sketch === 'duration') mergeBins(into, row.duration);
  else if (sketch === 'init') mergeOnDemand(into, row.coldInit);
  else if (sketch === 'coldStartTotal') mergeOnDemand(into, row.coldTotal);
}
