/** Durable executions of a function. */
import type { Databases } from '../../sqlite/databases.ts';
import type { TimeRange } from '../shared-types.ts';
import { executionsOf } from './result.ts';
import type { DurableExecution } from './types.ts';

export async function durableExecutions(
  { telemetry }: Databases,
  query: TimeRange & { readonly functionId: number; readonly limit: number },
): Promise<{ readonly items: readonly DurableExecution[]; readonly total: number }> {
  const rows = telemetry
    .selectFrom('durable_line')
    .select(['execution', 'request_id as requestId', 'operation', 'first_ms as firstMs', 'last_ms as lastMs'])
    .where('function_id', '=', query.functionId)
    .where('execution', 'in', (eb) =>
      eb
        .selectFrom('durable_line as seen')
        .select('seen.execution')
        .where('seen.function_id', '=', query.functionId)
        .where('seen.last_ms', '>=', Math.ceil(query.fromMs))
        .where('seen.first_ms', '<', Math.ceil(query.toMs)),
    );
  return executionsOf([...telemetry.all(rows)], query.limit);
}
