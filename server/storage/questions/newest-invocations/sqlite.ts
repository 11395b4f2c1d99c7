/** The newest invocations of a function, for simulations that replay them. */

import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { FunctionFilter, TimeRange } from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { forEachNumberRow, numberRows } from '../../sqlite/number-rows.ts';
import type { Param } from '../../sqlite/read-connection.ts';
import { telemetryStatement } from '../../sqlite/read-connection.ts';
import type { TelemetryTables } from '../../sqlite/schema.ts';
import { functionsById, seriesIn } from '../../sqlite/series.ts';
import { matches, seriesOverTime } from '../../sqlite/series-over-time.ts';
import type { NewestInvocation, NewestInvocations } from './types.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly maxRuns: number };

/** Integers: what may be stored in ms or µs is read in µs. SQLite aggregates the rows in the order of the subquery. */
const VALUES = sql`environment_id, series_id, end_ms, status, run_us, paid_us, waited_us`;
const VALUE_COUNT = 7;

interface NewestQuery extends TimeRange {
  readonly functionId: number;
  readonly limit: number;
}

function newestOf(db: Kysely<TelemetryTables>, param: Param<NewestQuery>) {
  return db
    .selectFrom('invocation')
    .select(['environment_id', 'series_id', 'end_ms', 'status'])
    .select([
      sql<number>`ifnull(run_ms * 1000, duration_us)`.as('run_us'),
      sql<number>`ifnull(billed_ms * 1000, duration_us)`.as('paid_us'),
      sql<number>`iif(user_felt = 1, ifnull(init_us, 0) + ifnull(restore_us, 0), 0)`.as('waited_us'),
    ])
    .where('function_id', '=', param('functionId'))
    .where('environment_id', '>', 0)
    .where('end_ms', '>=', param('fromMs'))
    .where('end_ms', '<', param('toMs'))
    .orderBy('end_ms', 'desc')
    .limit(param('limit'));
}

/** Of all series of the function. */
const NEWEST = telemetryStatement((db, param: Param<NewestQuery>) =>
  db.selectFrom(newestOf(db, param).as('newest')).select(numberRows(VALUES).as('rows')),
).asValues();

/** Of the series that match the filter, each at its times: the text depends on how many these are. */
async function newestMatching(db: Databases, query: Query, values: NewestQuery): Promise<string | undefined> {
  const series = await seriesIn(db, [query.functionId], query);
  const spans = seriesOverTime(db, functionsById(db, [query]).get(query.functionId), series, query);
  const select = newestOf(db.telemetry, (name) => sql<never>`${values[name]}`).where((eb) =>
    eb.or(spans.map((span) => matches(eb, span))),
  );
  return db.telemetry.get(db.telemetry.selectFrom(select.as('newest')).select(numberRows(VALUES).as('rows')))?.rows;
}

/** Invocations in the range, newest first, at most `maxRuns`. */
export async function newestInvocations(db: Databases, query: Query): Promise<NewestInvocations> {
  const { functionId, fromMs, toMs, maxRuns } = query;
  const newest = { functionId, fromMs, toMs, limit: maxRuns + 1 };
  const rows = narrows(query) ? await newestMatching(db, query, newest) : NEWEST.get(db.telemetry, newest);
  const invocations: NewestInvocation[] = [];
  let truncated = false;
  const values = new Float64Array(VALUE_COUNT);
  forEachNumberRow(rows ?? '', values, () => {
    truncated = invocations.length === maxRuns;
    if (truncated) return;
    const endMs = values[2] ?? 0;
    const startMs = endMs - (values[4] ?? 0) / 1000;
    const waitedMs = (values[6] ?? 0) / 1000;
    invocations.push({
      environmentId: values[0] ?? 0,
      seriesId: values[1] ?? 0,
      startMs,
      arrivedMs: startMs - waitedMs,
      endMs,
      billedMs: (values[5] ?? 0) / 1000,
      status: values[3] ?? 0,
      waitedMs,
    });
  });
  return { invocations, truncated };
}
