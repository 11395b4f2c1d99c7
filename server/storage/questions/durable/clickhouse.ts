/** Durable executions of a function. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { TimeRange } from '../shared-types.ts';
import type { DurableRow } from './result.ts';
import { executionOfInvocation, executionsOf } from './result.ts';
import type { DurableExecution, ExecutionsQuery, InvocationExecution } from './types.ts';

export async function durableExecutions(
  context: QueryContext,
  query: ExecutionsQuery,
): Promise<{ readonly items: readonly DurableExecution[]; readonly total: number }> {
  const { functionId, execution = null } = query;
  const rows = await linesOf(
    context,
    `last_ms >= {fromMs:Int64} AND first_ms < {toMs:Int64}${execution === null ? '' : ' AND execution = {execution:String}'}`,
    { functionId, execution, ...boundsOf(query) },
  );
  return executionsOf(rows, query.limit);
}

export async function durableInvocation(
  context: QueryContext,
  query: TimeRange & { readonly functionId: number; readonly requestId: string },
): Promise<InvocationExecution | null> {
  const { functionId, requestId } = query;
  const rows = await linesOf(
    context,
    'last_ms >= {fromMs:Int64} AND last_ms < {toMs:Int64} AND request_id = {requestId:String}',
    { functionId, requestId, ...boundsOf(query) },
  );
  return executionOfInvocation(rows, requestId);
}

function boundsOf({ fromMs, toMs }: TimeRange): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: Math.ceil(fromMs), toMs: Math.ceil(toMs) };
}

/** All lines of the executions that have a line which matches `condition`. */
function linesOf(
  context: QueryContext,
  condition: string,
  params: Readonly<Record<string, string | number | null>>,
): Promise<readonly DurableRow[]> {
  return context.client.all<DurableRow>(
    `SELECT execution, request_id AS requestId, operation, min(d.first_ms) AS firstMs, max(d.last_ms) AS lastMs
     FROM durable_line AS d WHERE function_id = {functionId:UInt64} AND execution IN (
       SELECT execution FROM durable_line FINAL WHERE function_id = {functionId:UInt64} AND ${condition})
     GROUP BY execution, request_id, operation`,
    params,
  );
}
