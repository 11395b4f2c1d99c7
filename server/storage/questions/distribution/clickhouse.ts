/** Totals and value distributions of one function over one period. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { keptWidth } from '../../clickhouse/query-context.ts';
import { nearest } from '../../rollup/range.ts';
import { distributionOf } from '../../rollup/results.ts';
import type { FunctionFilter, TimeRange } from '../shared-types.ts';
import { summed } from '../timeseries/clickhouse.ts';
import type { Distribution } from './types.ts';

/** All rollups of one function over one period, summed, for comparing periods. */
export async function distribution(
  context: QueryContext,
  query: TimeRange & FunctionFilter & { readonly functionId: number },
): Promise<Distribution> {
  const range = nearest(query, keptWidth(context, query));
  const { total, usage } = await summed(context, query, range, null);
  return distributionOf({ total, usage }, range);
}
