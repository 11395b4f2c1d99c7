/** Estimates how long idle environments of one function are kept. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { newestInvocations } from '../newest-invocations/clickhouse.ts';
import type { FunctionFilter, TimeRange } from '../shared-types.ts';
import { keepAliveOf } from './result.ts';
import type { KeepAlive } from './types.ts';

type Query = TimeRange &
  FunctionFilter & { readonly functionId: number; readonly maxRuns: number; readonly seed: number };

export async function keepAlive(context: QueryContext, query: Query): Promise<KeepAlive> {
  const [newest, firstSeen] = await Promise.all([
    newestInvocations(context, query),
    context.client.all<{ id: number; firstSeenMs: number }>(
      `SELECT environment_id AS id, first_seen_ms AS firstSeenMs FROM environment FINAL
       WHERE function_id = {functionId:UInt64} AND environment_id > 0 AND last_seen_ms >= {fromMs:Int64}`,
      { functionId: query.functionId, fromMs: Math.floor(query.fromMs) },
    ),
  ]);
  return keepAliveOf(newest, new Map(firstSeen.map((row) => [row.id, row.firstSeenMs])), query.seed);
}
