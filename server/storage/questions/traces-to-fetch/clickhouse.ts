/** Sampled invocations whose trace is not stored yet. */
import { identitiesOf } from '../../clickhouse/functions.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { TraceToFetch } from './types.ts';

/** Sampled invocations whose trace is not here: cold ones first, then the newest. */
export async function tracesToFetch(
  context: QueryContext,
  query: { readonly fromMs: number; readonly askedBeforeMs: number; readonly maxTries: number; readonly limit: number },
): Promise<readonly TraceToFetch[]> {
  const rows = await context.client.all<{ traceId: string; functionId: number; cold: number }>(
    `SELECT trace_id AS traceId, any(function_id) AS functionId, max(runs.cold IS NOT NULL) AS cold
     FROM ${invocationRows('end_ms >= {fromMs:Int64}')} AS runs
     WHERE trace_id IS NOT NULL AND sampled = 1
       AND trace_id NOT IN (SELECT trace_id FROM trace_segment)
       AND trace_id NOT IN (
         SELECT trace_id FROM trace_attempt GROUP BY trace_id
         HAVING sum(trace_attempt.tries) >= {maxTries:UInt32} OR max(trace_attempt.last_ms) >= {askedBeforeMs:Int64})
     GROUP BY trace_id ORDER BY cold DESC, max(end_ms) DESC, trace_id LIMIT {limit:UInt32}`,
    {
      fromMs: Math.floor(query.fromMs),
      askedBeforeMs: Math.floor(query.askedBeforeMs),
      maxTries: query.maxTries,
      limit: query.limit,
    },
  );
  const owners = await identitiesOf(context, [...new Set(rows.map((row) => row.functionId))]);
  return rows.map(({ traceId, functionId, cold }) => ({
    traceId,
    account: owners.get(functionId)?.account ?? '',
    region: owners.get(functionId)?.region ?? '',
    cold: cold === 1,
  }));
}
