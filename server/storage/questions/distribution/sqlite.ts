/** All rollups of one function over one period, summed, for comparing periods. */

import type { Distribution, FunctionFilter, TimeRange, UsageSlice } from '../../ports.ts';
import { addUsage } from '../../rollup/aggregation.ts';
import { RollupBucket } from '../../rollup/bucket.ts';
import { cover, nearest } from '../../rollup/range.ts';
import { distributionOf } from '../../rollup/results.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { rollupRows } from '../../sqlite/rollup-rows.ts';
import { keptWidth } from '../../sqlite/rollup-widths.ts';
import { seriesIn } from '../../sqlite/series.ts';
import { mergeRow } from '../timeseries/sqlite.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number };

export async function distribution(db: Databases, query: Query): Promise<Distribution> {
  const range = nearest(query, keptWidth(db, query));
  const series = await seriesIn(db, [query.functionId], query);
  const total = new RollupBucket();
  const usage: UsageSlice[] = [];
  for (const row of rollupRows(db, query, [query.functionId], series, cover(range))) {
    mergeRow(total, row);
    const slice = series.get(row.seriesId);
    if (slice !== undefined) addUsage(usage, slice, row.counts);
  }
  return distributionOf({ total, usage }, range);
}
