/** Counts per function that coverage is computed from. */

import { sql } from 'kysely';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { FunctionCoverage } from '../../../analytics/metrics/coverage.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { errorsUnknown } from '../../sqlite/error-days.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import { activityByFunction, silentFrom } from './result.ts';

/** REPORT is overdue this long after START: fifteen minutes of run time, and time for the lines to arrive. */
const OVERDUE_MS = 20 * 60_000;

const HOURS = telemetryStatement((db, param: Param<{ fromMs: number }>) =>
  db
    .selectFrom('function')
    .crossJoin('rollup_1h')
    .select(({ fn }) => [
      'function.id as functionId',
      'function.name',
      fn.sum<number>('n').as('invocations'),
      fn.sum<number>('with_start').as('withStart'),
      fn.sum<number>(errorsUnknown('rollup_1h.function_id')).as('errorsUnknown'),
      // Cold starts without a log stream cannot be matched with an INIT_START.
      sql<number>`sum(cold_on_demand) - sum(unplaced_cold)`.as('coldOnDemand'),
    ])
    .whereRef('rollup_1h.function_id', '=', 'function.id')
    .where('bucket', '>=', param('fromMs'))
    .where('function.last_seen_ms', '>=', param('fromMs'))
    .groupBy('function.id'),
);

/** STARTs without a REPORT that is overdue, by function. */
const OVERDUE = telemetryStatement((db, param: Param<{ fromMs: number; nowMs: number }>) =>
  db
    .selectFrom('pending_start')
    .innerJoin('environment', 'environment.id', 'pending_start.environment_id')
    .innerJoin('function', 'function.id', 'environment.function_id')
    .select(({ fn }) => ['environment.function_id', fn.countAll<number>().as('n')])
    .where('start_ms', '>=', param('fromMs'))
    .where('start_ms', '<', sql<number>`min(function.last_seen_ms, ${param('nowMs')}) - ${sql.lit(OVERDUE_MS)}`)
    .groupBy('environment.function_id'),
).asTuples('function_id', 'n');

/** Environments with an INIT_START, by function. */
const INITS = telemetryStatement((db, param: Param<{ fromMs: number }>) =>
  db
    .selectFrom('function')
    .crossJoin('environment')
    .select(({ fn }) => ['environment.function_id', fn.countAll<number>().as('n')])
    .whereRef('environment.function_id', '=', 'function.id')
    .where('environment.last_seen_ms', '>=', param('fromMs'))
    .where('function.last_seen_ms', '>=', param('fromMs'))
    .where('init_start_ms', 'is not', null)
    .groupBy('environment.function_id'),
).asTuples('function_id', 'n');

/** Active hours of each day, of the functions that logged nothing in the last whole hour. */
const ACTIVITY = telemetryStatement(
  (db, param: Param<{ fromMs: number; activityFromMs: number; silentFromMs: number }>) =>
    db
      .selectFrom('function')
      .crossJoin('rollup_1h')
      .select([
        'function.id as functionId',
        sql<number>`bucket / ${sql.lit(DAY_MS)}`.as('day'),
        sql<number>`sum(DISTINCT 1 << (bucket / ${sql.lit(HOUR_MS)} % 24))`.as('hours'),
      ])
      .whereRef('rollup_1h.function_id', '=', 'function.id')
      .where('bucket', '>=', param('activityFromMs'))
      .where('function.last_seen_ms', '>=', param('fromMs'))
      .where('function.last_seen_ms', '<', param('silentFromMs'))
      .groupBy(['function.id', 'day']),
).asTuples('functionId', 'day', 'hours');

/** Counts per function since `fromMs`, whole hours, from which coverage is computed. */
export async function coverage(
  { telemetry }: Databases,
  query: { readonly fromMs: number; readonly activityFromMs: number; readonly nowMs: number },
): Promise<readonly FunctionCoverage[]> {
  const activityOf = activityByFunction(ACTIVITY.all(telemetry, { ...query, silentFromMs: silentFrom(query.nowMs) }));
  const overdueOf = new Map(OVERDUE.all(telemetry, query));
  const initsOf = new Map(INITS.all(telemetry, query));
  return HOURS.all(telemetry, query).map((row) => ({
    name: row.name,
    invocations: row.invocations,
    withStart: row.withStart,
    errorsUnknown: row.errorsUnknown,
    coldOnDemand: row.coldOnDemand,
    initStarts: initsOf.get(row.functionId) ?? 0,
    overdueStarts: overdueOf.get(row.functionId) ?? 0,
    activity: activityOf.get(row.functionId) ?? [],
  }));
}
