/** The newest invocations of a function, for simulations that replay them. */

import { candidatesOf } from '../../clickhouse/architecture-filter.ts';
import { seriesIdOf } from '../../clickhouse/hash-ids.ts';
import { invocationRows } from '../../clickhouse/insert/invocation-rows.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { FunctionFilter, TimeRange } from '../../ports.ts';
import type { NewestInvocations } from './types.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly maxRuns: number };

const NONE: NewestInvocations = { invocations: [], truncated: false };

export async function newestInvocations(context: QueryContext, query: Query): Promise<NewestInvocations> {
  const { functionId, version, memoryMb, fromMs, toMs, maxRuns } = query;
  const { functionIds, condition, bound } = await candidatesOf(context, {
    ...query,
    account: undefined,
    region: undefined,
  });
  if (functionIds.length === 0) return NONE;
  const conditions = [
    'environment_id > 0',
    condition,
    ...(version === undefined ? [] : ['series_version = {version:String}']),
    ...(memoryMb === undefined ? [] : ['memory_mb = {memoryMb:UInt32}']),
  ];
  const rows = await context.client.all<{
    environmentId: number;
    version: string | null;
    memoryMb: number | null;
    endMs: number;
    runMs: number | null;
    durationUs: number;
    billedMs: number | null;
    status: number;
    felt: number | null;
    initUs: number | null;
    restoreUs: number | null;
  }>(
    `SELECT environment_id AS environmentId, series_version AS version, memory_mb AS memoryMb, end_ms AS endMs, run_ms AS runMs,
       duration_us AS durationUs, billed_ms AS billedMs, judged_status AS status, user_felt AS felt, init_us AS initUs,
       restore_us AS restoreUs
     FROM ${invocationRows('function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}')}
     WHERE ${conditions.join(' AND ')}
     ORDER BY end_ms DESC, request_id, environment_id LIMIT {limit:UInt32}`,
    { ...bound, functionId, version, memoryMb, fromMs: Math.floor(fromMs), toMs: Math.ceil(toMs), limit: maxRuns + 1 },
  );
  return {
    invocations: rows.slice(0, maxRuns).map((row) => {
      const startMs = row.endMs - (row.runMs ?? row.durationUs / 1000);
      const waitedMs = row.felt === 1 ? ((row.initUs ?? 0) + (row.restoreUs ?? 0)) / 1000 : 0;
      return {
        environmentId: row.environmentId,
        seriesId: seriesIdOf(functionId, row.version, row.memoryMb),
        startMs,
        arrivedMs: startMs - waitedMs,
        endMs: row.endMs,
        billedMs: row.billedMs ?? row.durationUs / 1000,
        status: row.status,
        waitedMs,
      };
    }),
    truncated: rows.length > maxRuns,
  };
}
