/** Durable executions of a function. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { TimeRange } from '../shared-types.ts';
import type { DurableRow } from './result.ts';
import { executionsOf } from './result.ts';
import type { DurableExecution } from './types.ts';

export async function durableExecutions(
  context: QueryContext,
  query: TimeRange & { readonly functionId: number; readonly limit: number },
): Promise<{ readonly items: readonly DurableExecution[]; readonly total: number }> {
  const rows = await context.client.all<DurableRow>(
    `SELECT execution, request_id AS requestId, operation, min(d.first_ms) AS firstMs, max(d.last_ms) AS lastMs
     FROM durable_line AS d WHERE function_id = {functionId:UInt64} AND execution IN (
       SELECT execution FROM durable_line FINAL
       WHERE function_id = {functionId:UInt64} AND last_ms >= {fromMs:Int64} AND first_ms < {toMs:Int64})
     GROUP BY execution, request_id, operation`,
    { functionId: query.functionId, fromMs: Math.ceil(query.fromMs), toMs: Math.ceil(query.toMs) },
  );
  return executionsOf(rows, query.limit);
}
