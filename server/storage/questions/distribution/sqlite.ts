/** All rollups of one function over one period, summed, for comparing periods. */

import type { UsageSlice } from '../../ports.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { cover, nearest } from '../../rollup/range.ts';
import { distributionOf } from '../../rollup/results.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { rollupRows } from '../../sqlite/rollup-rows.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import { seriesIn } from '../../sqlite/series.ts';
import { mergeRow } from '../timeseries/sqlite.ts';
import type { Distribution, DistributionQuery } from './types.ts';

export async function distribution(db: Databases, query: DistributionQuery): Promise<Distribution> {
  const kept = keptWidth(db, query);
  const range = nearest(query, kept);
  const blockMs = Math.max(query.blockMs, kept);
  const series = await seriesIn(db, [query.functionId], query);
  const blocks = new Map<number, RollupBucket>();
  const usage: UsageSlice[] = [];
  for (const row of rollupRows(db, query, [query.functionId], series, cover(range, blockMs))) {
    const at = Math.floor(row.bucket / blockMs) * blockMs;
    const block = blocks.get(at) ?? new RollupBucket();
    blocks.set(at, block);
    mergeRow(block, row);
    const slice = series.get(row.seriesId);
    if (slice !== undefined) addUsage(usage, slice, row.counts);
  }
  return distributionOf(usage, blocks, range, blockMs);
}
