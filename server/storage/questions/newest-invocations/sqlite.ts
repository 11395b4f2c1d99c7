/** The newest invocations of a function, for simulations that replay them. */

import { sql } from 'kysely';
import type { FunctionFilter, TimeRange } from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { functionsById, seriesIn } from '../../sqlite/series.ts';
import { matches, seriesOverTime } from '../../sqlite/series-over-time.ts';
import type { NewestInvocations } from './types.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly maxRuns: number };

const COLUMNS = ['environment_id', 'series_id', 'end_ms', 'status', 'start_ms', 'paid_ms', 'waited_us'] as const;

/** Invocations in the range, newest first, at most `maxRuns`. */
export async function newestInvocations(db: Databases, query: Query): Promise<NewestInvocations> {
  const series = await seriesIn(db, [query.functionId], query);
  let select = db.telemetry
    .selectFrom('invocation')
    .select(['environment_id', 'series_id', 'end_ms', 'status'])
    .select([
      sql<number>`end_ms - ifnull(run_ms, duration_us / 1000.0)`.as('start_ms'),
      sql<number>`ifnull(billed_ms, duration_us / 1000.0)`.as('paid_ms'),
      sql<number>`iif(user_felt = 1, ifnull(init_us, 0) + ifnull(restore_us, 0), 0)`.as('waited_us'),
    ])
    .where('function_id', '=', query.functionId)
    .where('environment_id', '>', 0)
    .where('end_ms', '>=', query.fromMs)
    .where('end_ms', '<', query.toMs)
    .orderBy('end_ms', 'desc')
    .limit(query.maxRuns + 1);
  if (narrows(query)) {
    const spans = seriesOverTime(db, functionsById(db, [query]).get(query.functionId), series, query);
    select = select.where((eb) => eb.or(spans.map((span) => matches(eb, span))));
  }
  const rows = db.telemetry.tuples(select, COLUMNS);
  return {
    invocations: rows
      .slice(0, query.maxRuns)
      .map(([environmentId, seriesId, endMs, status, startMs, billedMs, waitedUs]) => ({
        environmentId,
        seriesId,
        startMs,
        endMs,
        billedMs,
        status,
        waitedMs: waitedUs / 1000,
      })),
    truncated: rows.length > query.maxRuns,
  };
}
