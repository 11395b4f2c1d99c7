/** Everything the rollups know of one function over one period, summed: for comparing periods. */
import { Cell } from '../../cell.ts';
import type { Distribution, FunctionFilter, TimeRange, UsageSlice } from '../../store.ts';
import type { Databases } from './databases.ts';
import { cover, keptWidth } from './range.ts';
import { rollupRows } from './rollup-rows.ts';
import { addUsage, seriesIn } from './shared.ts';
import { countsOf, mergeRow } from './timeseries.ts';

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
  return {
    range,
    counts: countsOf(total),
    usage,
    durationMs: total.duration.histogram(),
    initMs: total.coldOf('on-demand').init.histogram(),
  };
}

/** To the nearest multiples of the width, so that periods that touch do not share a cell. */
function nearest(range: TimeRange, widthMs: number) {
  return {
    fromMs: Math.round(range.fromMs / widthMs) * widthMs,
    toMs: Math.round(range.toMs / widthMs) * widthMs,
    widthMs,
  };
}
