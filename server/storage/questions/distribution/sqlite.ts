/** All rollups of one function over one period, summed, for comparing periods. */

import type { UsageSlice } from '../../ports.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { nearest } from '../../rollup/range.ts';
import { distributionOf } from '../../rollup/results.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { rollupParts } from '../../sqlite/rollup-parts.ts';
import type { RollupRow } from '../../sqlite/rollup-rows.ts';
import { rollupRows } from '../../sqlite/rollup-rows.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import { functionsById } from '../../sqlite/series.ts';
import { mergeRow } from '../timeseries/sqlite.ts';
import type { Distribution, DistributionQuery } from './types.ts';

export async function distribution(db: Databases, query: DistributionQuery): Promise<Distribution> {
  const kept = keptWidth(db, query);
  const range = nearest(query, kept);
  const blockMs = Math.max(query.blockMs, kept);
  const functions = [...functionsById(db, [query]).values()];
  const blocks = new Map<number, RollupRow[]>();
  const usage: UsageSlice[] = [];
  for (const row of rollupRows(db, await rollupParts(db, functions, query, range, blockMs))) {
    const at = Math.floor(row.bucket / blockMs) * blockMs;
    const block = blocks.get(at);
    if (block === undefined) blocks.set(at, [row]);
    else block.push(row);
    addUsage(usage, row.series, row.counts);
  }
  const inOrder = [...blocks].toSorted(([a], [b]) => a - b);
  return distributionOf(usage, merged(inOrder), range, blockMs);
}

/** Each block in the same bucket: a bucket with its sketches is more memory than the values of an hour. */
function* merged(
  blocks: readonly (readonly [fromMs: number, readonly RollupRow[]])[],
): Generator<readonly [number, RollupBucket]> {
  const bucket = new RollupBucket();
  for (const [fromMs, rows] of blocks) {
    bucket.clear();
    for (const row of rows) mergeRow(bucket, row);
    yield [fromMs, bucket];
  }
}
