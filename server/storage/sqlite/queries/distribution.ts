/** Everything the rollups know of one function over one period, summed: for comparing periods. */

import { distributionOf } from '../../answers/cell-answers.ts';
import { Cell } from '../../cell.ts';
import { cover, nearest } from '../../range.ts';
import type { Distribution, FunctionFilter, TimeRange, UsageSlice } from '../../store.ts';
import { addUsage } from '../../sums.ts';
import type { Databases } from './databases.ts';
import { keptWidth } from './range.ts';
import { rollupRows } from './rollup-rows.ts';
import { seriesIn } from './shared.ts';
import { mergeRow } from './timeseries.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number };

export async function distribution(db: Databases, query: Query): Promise<Distribution> {
  const range = nearest(query, keptWidth(db, query));
  const series = await seriesIn(db, [query.functionId], query);
  const total = new Cell();
  const usage: UsageSlice[] = [];
  for await (const row of rollupRows(db, query, [query.functionId], series, cover(range))) {
    mergeRow(total, row);
    const slice = series.get(row.series_id);
    if (slice !== undefined) addUsage(usage, slice, row);
  }
  return distributionOf({ total, usage }, range);
}
