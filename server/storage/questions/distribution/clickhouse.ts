/** Totals and value distributions of one function over one period. */
import { architecturesOf, rowsByArchitecture } from '../../clickhouse/architectures.ts';
import { functionsIn } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { keptWidth } from '../../clickhouse/query-context.ts';
import { mergeRow } from '../../clickhouse/rollup-rows.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { DistributionBuilder } from '../../rollup/distribution.ts';
import { nearest } from '../../rollup/range.ts';
import type { UsageSlice } from '../shared-types.ts';
import type { Distribution, DistributionQuery } from './types.ts';

/** All rollups of one function over one period, in total and by block, for comparing periods. */
export async function distribution(context: QueryContext, query: DistributionQuery): Promise<Distribution> {
  const kept = keptWidth(context, query);
  const range = nearest(query, kept);
  const blockMs = Math.max(query.blockMs, kept);
  const [functions, architectures] = await Promise.all([
    functionsIn(context, query),
    architecturesOf(context, query.functionId),
  ]);
  const rows = await rowsByArchitecture(context, architectures, {
    functions,
    filter: query,
    range,
    widestMs: blockMs,
    widthMs: blockMs,
    sketches: 'all',
  });
  const blocks = new Map<number, RollupBucket>();
  const usage: UsageSlice[] = [];
  for (const row of rows) {
    const block = blocks.get(row.at) ?? new RollupBucket();
    blocks.set(row.at, block);
    mergeRow(block, row);
    addUsage(usage, row, row);
  }
  const building = new DistributionBuilder();
  for (const [fromMs, block] of [...blocks].toSorted(([a], [b]) => a - b)) building.add(fromMs, block);
  return building.result(usage, range, blockMs);
}
