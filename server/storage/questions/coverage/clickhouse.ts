/** Counts per function that coverage is computed from. */
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { FunctionCoverage } from '../../../analytics/metrics/coverage.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';
import { activityByFunction, silentFrom } from './result.ts';

/** REPORT is overdue this long after START: fifteen minutes of run time, and time for the lines to arrive. */
const OVERDUE_MS = 20 * 60_000;

export async function coverage(
  context: QueryContext,
  query: { readonly fromMs: number; readonly activityFromMs: number; readonly nowMs: number },
): Promise<readonly FunctionCoverage[]> {
  const { nowMs } = query;
  const bound = {
    fromMs: Math.floor(query.fromMs),
    nowMs: Math.floor(nowMs),
    activityFromMs: Math.floor(query.activityFromMs),
    silentFromMs: silentFrom(nowMs),
  };
  const [hours, environments, activity] = await Promise.all([
    context.client.all<{
      functionId: number;
      name: string;
      invocations: number;
      withStart: number;
      errorsUnknown: number;
      coldOnDemand: number;
    }>(
      `SELECT function_id AS functionId, any(f.name) AS name, sum(cell.n) AS invocations, sum(cell.with_start) AS withStart,
         sum(if((cell.function_id, intDiv(cell.bucket, ${DAY_MS})) IN (SELECT function_id, toInt64(day) FROM error_day), 0, cell.n)) AS errorsUnknown,
         toInt64(sum(cell.cold_on_demand)) - toInt64(sum(cell.unplaced_cold)) AS coldOnDemand
       FROM (SELECT * FROM rollup_1h FINAL WHERE bucket >= {fromMs:Int64} AND n > 0) AS cell
       JOIN (
         SELECT function_id, name, max(last_seen_ms) AS seen FROM lambda_function GROUP BY function_id, name
         HAVING seen >= {fromMs:Int64}
       ) AS f USING (function_id) GROUP BY function_id ORDER BY functionId`,
      bound,
    ),
    context.client.all<{ functionId: number; inits: number; overdue: number }>(
      `SELECT function_id AS functionId, countIf(init_start_ms IS NOT NULL) AS inits,
         sum(arrayCount(at -> at >= {fromMs:Int64} AND at < least(f.seen, {nowMs:Int64}) - ${OVERDUE_MS}, pending_starts)) AS overdue
       FROM (SELECT * FROM environment FINAL WHERE last_seen_ms >= {fromMs:Int64}) AS e
       JOIN (SELECT function_id, max(last_seen_ms) AS seen FROM lambda_function GROUP BY function_id) AS f USING (function_id)
       GROUP BY function_id`,
      bound,
    ),
    context.client.all<{ functionId: number; day: number; hours: number }>(
      `SELECT function_id AS functionId, intDiv(bucket, ${DAY_MS}) AS day,
         groupBitOr(bitShiftLeft(toUInt32(1), toUInt8(intDiv(bucket, ${HOUR_MS}) % 24))) AS hours
       FROM rollup_1h FINAL
       WHERE bucket >= {activityFromMs:Int64} AND n > 0 AND function_id IN (
         SELECT function_id FROM lambda_function GROUP BY function_id
         HAVING max(last_seen_ms) >= {fromMs:Int64} AND max(last_seen_ms) < {silentFromMs:Int64}
       ) GROUP BY function_id, day`,
      bound,
    ),
  ]);
  const activityOf = activityByFunction(activity.map(({ functionId, day, hours: mask }) => [functionId, day, mask]));
  const of = new Map(environments.map((row) => [row.functionId, row]));
  return hours.map((row) => ({
    name: row.name,
    invocations: row.invocations,
    withStart: row.withStart,
    errorsUnknown: row.errorsUnknown,
    coldOnDemand: row.coldOnDemand,
    initStarts: of.get(row.functionId)?.inits ?? 0,
    overdueStarts: of.get(row.functionId)?.overdue ?? 0,
    activity: activityOf.get(row.functionId) ?? [],
  }));
}
