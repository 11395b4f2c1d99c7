/** Cold starts of one function: by kind, over time, with examples. */
import { coldStartsOf } from '../../answers/cell-answers.ts';
import { align } from '../../range.ts';
import type { ColdStartAggregate, FunctionFilter, TimeRange } from '../../store.ts';
import { derivedColdStarts } from './causes.ts';
import { latestInvocations } from './invocations.ts';
import { coldStartsIn } from './kept-cold-starts.ts';
import type { Source } from './source.ts';
import { chartWidth, finestWidth } from './source.ts';
import { summed } from './timeseries.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number };

export async function coldStarts(source: Source, query: Query): Promise<ColdStartAggregate> {
  const range = align(query, finestWidth(source, query));
  const chartMs = chartWidth(source, query);
  const kept = coldStartsIn(source, [query.functionId], range);
  const [sums, examples, derived] = await Promise.all([
    summed(source, query, range, chartMs),
    latestInvocations(source, { ...query, cold: true, limit: query.examples }, kept),
    derivedColdStarts(source, { ...query, ...range }, kept),
  ]);
  return { ...coldStartsOf(sums, { ...range, widthMs: chartMs }), examples, derived };
}
