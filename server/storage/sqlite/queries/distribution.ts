/** Everything the rollups know of one function over one period, summed: for comparing periods. */
import { Cell, LEVELS } from '../../cell.ts';
import type { Distribution, FunctionFilter, TimeRange, UsageSlice } from '../../store.ts';
import type { Databases } from './databases.ts';
import { cover } from './range.ts';
import { addUsage, narrows, seriesIn } from './shared.ts';
import { countsOf, mergeRow } from './timeseries.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number };

export async function distribution(db: Databases, query: Query): Promise<Distribution> {
  const range = nearest(query, LEVELS[0].widthMs);
  const series = await seriesIn(db, [query.functionId], query);
  const total = new Cell();
  const usage: UsageSlice[] = [];
  for (const segment of cover(range)) {
    let select = db.telemetry
      .selectFrom(segment.table)
      .selectAll()
      .where('function_id', '=', query.functionId)
      .where('bucket', '>=', segment.fromMs)
      .where('bucket', '<', segment.toMs);
    if (narrows(query)) select = select.where('series_id', 'in', [...series.keys()]);
    for (const row of await select.execute()) {
      mergeRow(total, row);
      const slice = series.get(row.series_id);
      if (slice !== undefined) addUsage(usage, slice, row);
    }
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
