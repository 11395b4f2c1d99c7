/** Cold starts of one function: by kind, over time, with examples. */
import { COLD_START_KINDS } from '../../../analytics/cold-start.ts';
import { align } from '../../range.ts';
import type { ColdStartAggregate, FunctionFilter, TimeRange } from '../../store.ts';
import { quantiles } from '../../sums.ts';
import { derivedColdStarts } from './causes.ts';
import { countsOf } from './cells.ts';
import { latestInvocations } from './invocations.ts';
import type { Source } from './source.ts';
import { chartWidth, finestWidth } from './source.ts';
import { summed } from './timeseries.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number };

export async function coldStarts(source: Source, query: Query): Promise<ColdStartAggregate> {
  const range = align(query, finestWidth(source, query));
  const chartMs = chartWidth(source, query);
  const [{ total, usage, buckets }, examples, derived] = await Promise.all([
    summed(source, query, range, chartMs),
    latestInvocations(source, { ...query, cold: true, limit: query.examples }),
    derivedColdStarts(source, { ...query, ...range }),
  ]);
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
    buckets,
    durationMs: quantiles(total.duration),
    usage,
    examples,
    derived,
  };
}
