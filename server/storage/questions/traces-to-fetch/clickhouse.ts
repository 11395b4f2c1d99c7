/** Sampled invocations whose trace is not stored completely. */
import { identitiesOf } from '../../clickhouse/functions.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { TracesToFetchQuery, TraceToFetch } from './types.ts';

/** Traces of which every segment has ended and, where the Lambda service reported them, the function did too. */
const COMPLETE = `SELECT trace_id FROM (
    SELECT trace_id, id, max(end_ns IS NOT NULL) AS is_ended, anyLast(ifNull(origin, '')) AS source
    FROM trace_segment GROUP BY trace_id, id)
  GROUP BY trace_id
  HAVING min(is_ended) = 1 AND (countIf(source = 'AWS::Lambda') = 0 OR countIf(source = 'AWS::Lambda::Function') > 0)`;

/** Sampled invocations whose trace is not stored completely: cold starts first, then the newest. */
export async function tracesToFetch(
  context: QueryContext,
  query: TracesToFetchQuery,
): Promise<readonly TraceToFetch[]> {
  const rows = await context.client.all<{ traceId: string; functionId: number; cold: number }>(
    `SELECT trace_id AS traceId, any(function_id) AS functionId, max(runs.cold IS NOT NULL) AS cold
     FROM ${invocationRows('end_ms >= {fromMs:Int64} AND end_ms <= {toMs:Int64}')} AS runs
     WHERE trace_id IS NOT NULL AND sampled = 1
       ${query.regions === null ? '' : 'AND function_id IN (SELECT function_id FROM lambda_function WHERE region IN {regions:Array(String)})'}
       AND trace_id NOT IN (${COMPLETE})
       AND trace_id NOT IN (
         SELECT trace_id FROM trace_attempt GROUP BY trace_id
         HAVING sum(trace_attempt.tries) >= {maxTries:UInt32}
           OR max(trace_attempt.last_ms)
             + bitShiftLeft({waitMs:Int64}, toUInt8(2 * (least(sum(trace_attempt.tries), 12) - 1))) > {nowMs:Int64})
     GROUP BY trace_id ORDER BY cold DESC, max(end_ms) DESC, trace_id LIMIT {limit:UInt32}`,
    {
      fromMs: Math.floor(query.fromMs),
      toMs: Math.floor(query.toMs),
      nowMs: Math.floor(query.nowMs),
      waitMs: query.waitMs,
      ...(query.regions === null ? {} : { regions: query.regions }),
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
