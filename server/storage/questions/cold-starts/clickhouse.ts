/** Cold starts of one function: by kind, over time, with examples. */

import { coldStartsIn } from '../../clickhouse/attribution/stored-cold-starts.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { chartWidth, finestWidth } from '../../clickhouse/query-context.ts';
import type { ColdStartAggregate, FunctionFilter, TimeRange } from '../../ports.ts';
import { align } from '../../rollup/range.ts';
import { coldStartsOf } from '../../rollup/results.ts';
import { coldStartCauses } from '../causes/clickhouse.ts';
import { latestInvocations } from '../invocations/clickhouse.ts';
import { summed } from '../timeseries/clickhouse.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number };

export async function coldStarts(context: QueryContext, query: Query): Promise<ColdStartAggregate> {
  const range = align(query, finestWidth(context, query));
  const chartMs = chartWidth(context, query);
  const kept = coldStartsIn(context, [query.functionId], range);
  const [sums, examples, derived] = await Promise.all([
    summed(context, query, range, chartMs, 'all'),
    latestInvocations(context, { ...query, cold: true, limit: query.examples }, kept),
    coldStartCauses(context, { ...query, ...range }, kept),
  ]);
  return { ...coldStartsOf(sums, { ...range, widthMs: chartMs }), examples, causes: derived };
}
