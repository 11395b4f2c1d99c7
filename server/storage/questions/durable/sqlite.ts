/** Durable executions of a function. */
import type { Databases } from '../../sqlite/databases.ts';
import type { TimeRange } from '../shared-types.ts';
import { executionOfInvocation, executionsOf } from './result.ts';
import type { DurableExecution, ExecutionsQuery, InvocationExecution } from './types.ts';

export async function durableExecutions(
  { telemetry }: Databases,
  query: ExecutionsQuery,
): Promise<{ readonly items: readonly DurableExecution[]; readonly total: number }> {
  let seen = telemetry
    .selectFrom('durable_line as seen')
    .select('seen.execution')
    .where('seen.function_id', '=', query.functionId)
    .where('seen.last_ms', '>=', Math.ceil(query.fromMs))
    .where('seen.first_ms', '<', Math.ceil(query.toMs));
  if (query.execution !== undefined) seen = seen.where('seen.execution', '=', query.execution);
  const rows = linesOf(telemetry, query.functionId).where('execution', 'in', seen);
  return executionsOf([...telemetry.all(rows)], query.limit);
}

export async function durableInvocation(
  { telemetry }: Databases,
  query: TimeRange & { readonly functionId: number; readonly requestId: string },
): Promise<InvocationExecution | null> {
  const seen = telemetry
    .selectFrom('durable_line as seen')
    .select('seen.execution')
    .where('seen.function_id', '=', query.functionId)
    .where('seen.last_ms', '>=', Math.ceil(query.fromMs))
    .where('seen.last_ms', '<', Math.ceil(query.toMs))
    .where('seen.request_id', '=', query.requestId);
  const rows = linesOf(telemetry, query.functionId).where('execution', 'in', seen);
  return executionOfInvocation([...telemetry.all(rows)], query.requestId);
}

function linesOf(telemetry: Databases['telemetry'], functionId: number) {
  return telemetry
    .selectFrom('durable_line')
    .select(['execution', 'request_id as requestId', 'operation', 'first_ms as firstMs', 'last_ms as lastMs'])
    .where('function_id', '=', functionId);
}
