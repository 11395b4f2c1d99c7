/** Cold starts of one function: by kind, over time, with examples. */

import { coldStartsOf } from '../../answers/cell-answers.ts';
import { align } from '../../range.ts';
import type { ColdStartAggregate, FunctionFilter, TimeRange } from '../../store.ts';
import { derivedColdStarts } from './causes.ts';
import type { Databases } from './databases.ts';
import { chartWidth } from './fleet.ts';
import { latestInvocations } from './invocations.ts';
import { finestWidth } from './range.ts';
import { seriesIn } from './shared.ts';
import { summed } from './timeseries.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number };

export async function coldStarts(db: Databases, query: Query): Promise<ColdStartAggregate> {
  const range = align(query, finestWidth(db, query));
  const chartMs = chartWidth(db, query);
  const series = await seriesIn(db, [query.functionId], query);
  const sums = await summed(db, query, range, chartMs, series);
  return {
    ...coldStartsOf(sums, { ...range, widthMs: chartMs }),
    examples: await latestInvocations(db, { ...query, cold: true, limit: query.examples }),
    derived: derivedColdStarts(db, { ...query, ...range }, series),
  };
}
