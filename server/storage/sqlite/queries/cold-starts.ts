/** Cold starts of one function: by kind, over time, with examples. */

import { COLD_START_KINDS } from '../../../analytics/cold-start.ts';
import { align } from '../../range.ts';
import type { ColdStartAggregate, FunctionFilter, TimeRange } from '../../store.ts';
import { quantiles } from '../../sums.ts';
import { derivedColdStarts } from './causes.ts';
import type { Databases } from './databases.ts';
import { chartWidth } from './fleet.ts';
import { latestInvocations } from './invocations.ts';
import { finestWidth } from './range.ts';
import { seriesIn } from './shared.ts';
import { countsOf, summed } from './timeseries.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number };

export async function coldStarts(db: Databases, query: Query): Promise<ColdStartAggregate> {
  const range = align(query, finestWidth(db, query));
  const chartMs = chartWidth(db, query);
  const series = await seriesIn(db, [query.functionId], query);
  const { total, usage, buckets } = await summed(db, query, range, chartMs, series);
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
    examples: await latestInvocations(db, { ...query, cold: true, limit: query.examples }),
    derived: derivedColdStarts(db, { ...query, ...range }, series),
  };
}
