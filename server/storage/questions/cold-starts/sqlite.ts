/** Cold starts of one function: by kind, over time, with causes and examples. */

import type { ColdStartAggregate, FunctionFilter, TimeRange } from '../../ports.ts';
import { align } from '../../rollup/range.ts';
import { coldStartsOf } from '../../rollup/results.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { rollupParts } from '../../sqlite/rollup-parts.ts';
import { finestWidth } from '../../sqlite/rollup-widths.ts';
import { functionsById } from '../../sqlite/series.ts';
import { coldStartCauses } from '../causes/sqlite.ts';
import { chartWidth } from '../fleet/sqlite.ts';
import { latestInvocations } from '../invocations/sqlite.ts';
import { summed } from '../timeseries/sqlite.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number };

export async function coldStarts(db: Databases, query: Query): Promise<ColdStartAggregate> {
  const range = align(query, finestWidth(db, query));
  const chartMs = chartWidth(db, query);
  const parts = await rollupParts(db, [...functionsById(db, [query]).values()], query, range, chartMs);
  const sums = await summed(db, parts, chartMs);
  return {
    ...coldStartsOf(sums, { ...range, widthMs: chartMs }),
    examples: await latestInvocations(db, { ...query, cold: true, limit: query.examples }),
    causes: coldStartCauses(db, { ...query, ...range }, parts),
  };
}
