/** Counts per function that coverage is computed from. */
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { FunctionCoverage } from '../../../analytics/metrics/coverage.ts';
import type { QueryContext } from '../../clickhouse/query-context.ts';

/** REPORT is overdue this long after START: fifteen minutes of run time, and time for the lines to arrive. */
const OVERDUE_MS = 20 * 60_000;

export async function coverage(
  context: QueryContext,
  query: { readonly fromMs: number; readonly nowMs: number },
): Promise<readonly FunctionCoverage[]> {
  const { nowMs } = query;
  const bound = { fromMs: Math.floor(query.fromMs), nowMs: Math.floor(nowMs) };
  const [hours, environments] = await Promise.all([
    context.client.all<{
      functionId: number;
      name: string;
      invocations: number;
      withStart: number;
      errorsUnknown: number;
      coldOnDemand: number;
      activeHours: number;
      firstHour: number;
      lastHour: number;
    }>(
      `SELECT function_id AS functionId, any(f.name) AS name, sum(cell.n) AS invocations, sum(cell.with_start) AS withStart,
         sum(if((cell.function_id, intDiv(cell.bucket, ${DAY_MS})) IN (SELECT function_id, toInt64(day) FROM error_day), 0, cell.n)) AS errorsUnknown,
         toInt64(sum(cell.cold_on_demand)) - toInt64(sum(cell.unplaced_cold)) AS coldOnDemand, count(DISTINCT cell.bucket) AS activeHours, min(cell.bucket) AS firstHour,
         max(cell.bucket) AS lastHour
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
  ]);
  const of = new Map(environments.map((row) => [row.functionId, row]));
  return hours.map((row) => ({
    name: row.name,
    invocations: row.invocations,
    withStart: row.withStart,
    errorsUnknown: row.errorsUnknown,
    coldOnDemand: row.coldOnDemand,
    initStarts: of.get(row.functionId)?.inits ?? 0,
    overdueStarts: of.get(row.functionId)?.overdue ?? 0,
    activeHours: row.activeHours,
    hours: (row.lastHour - row.firstHour) / HOUR_MS + 1,
    silentHours: Math.max(0, Math.floor((nowMs - row.lastHour - HOUR_MS) / HOUR_MS)),
  }));
}
