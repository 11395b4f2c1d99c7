/** Totals and value distributions of one function over one period. */
import { functionsIn } from '../../clickhouse/functions.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { keptWidth } from '../../clickhouse/query-context.ts';
import { mergeRow, rollupRows } from '../../clickhouse/rollup-rows.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { cover, nearest } from '../../rollup/range.ts';
import { distributionOf } from '../../rollup/results.ts';
import type { UsageSlice } from '../shared-types.ts';
import type { Distribution, DistributionQuery } from './types.ts';

/** All rollups of one function over one period, in total and by block, for comparing periods. */
export async function distribution(context: QueryContext, query: DistributionQuery): Promise<Distribution> {
  const kept = keptWidth(context, query);
  const range = nearest(query, kept);
  const blockMs = Math.max(query.blockMs, kept);
  const functions = await functionsIn(context, query);
  const rows = await rollupRows(context, {
    functions,
    filter: query,
    segments: cover(range, blockMs),
    series: true,
    widthMs: blockMs,
    sketches: 'all',
  });
  const architecture = functions[0]?.architecture ?? null;
  const blocks = new Map<number, RollupBucket>();
  const usage: UsageSlice[] = [];
  for (const row of rows) {
    const block = blocks.get(row.at) ?? new RollupBucket();
    blocks.set(row.at, block);
    mergeRow(block, row);
    addUsage(usage, { version: row.version, memoryMb: row.memoryMb, architecture }, row);
  }
  return distributionOf(usage, blocks, range, blockMs);
}
