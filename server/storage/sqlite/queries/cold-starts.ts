/** Cold starts of one function: by kind, over time, with examples. */
import { COLD_START_KINDS } from '../../../analytics/cold-start.ts';
import { Cell } from '../../cell.ts';
import type { ColdStartAggregate, FunctionFilter, TimeRange, UsageSlice } from '../../store.ts';
import { derivedColdStarts } from './causes.ts';
import type { Databases } from './databases.ts';
import { chartWidth } from './fleet.ts';
import { latestInvocations } from './invocations.ts';
import { align, cover, finestWidth } from './range.ts';
import { rollupRows } from './rollup-rows.ts';
import { addUsage, quantiles, seriesIn } from './shared.ts';
import { countsOf, mergeRow } from './timeseries.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number };

export async function coldStarts(db: Databases, query: Query): Promise<ColdStartAggregate> {
  const range = align(query, finestWidth(query));
  const chartMs = chartWidth(query);
  const series = await seriesIn(db, [query.functionId], query);
  const total = new Cell();
  const usage: UsageSlice[] = [];
  const buckets = new Map<number, Cell>();
  for await (const row of rollupRows(db, query, [query.functionId], series, cover(range, chartMs))) {
    mergeRow(total, row);
    const slice = series.get(row.series_id);
    if (slice !== undefined) addUsage(usage, slice, row);
    const at = Math.floor(row.bucket / chartMs) * chartMs;
    const bucket = buckets.get(at) ?? new Cell();
    buckets.set(at, bucket);
    mergeRow(bucket, row);
  }
  return {
    range: { ...range, widthMs: chartMs },
    counts: countsOf(total),
    byKind: COLD_START_KINDS.flatMap((kind) => {
      const sketches = total.cold.get(kind);
      if (sketches === undefined || sketches.total.count <= 0) return [];
      return [
        {
          kind,
          n: sketches.total.count,
          initMs: quantiles(sketches.init),
          totalMs: quantiles(sketches.total),
          initHistogram: sketches.init.histogram(),
        },
      ];
    }),
    buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([fromMs, cell]) => ({ fromMs, counts: countsOf(cell) })),
    durationMs: quantiles(total.duration),
    usage,
    examples: await latestInvocations(db, { ...query, cold: true, limit: query.examples }),
    derived: derivedColdStarts(db, { ...query, ...range }, series),
  };
}
