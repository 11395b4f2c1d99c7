/** The newest invocations of a function, for simulations that replay them. */

import type { FunctionFilter, TimeRange } from '../../ports.ts';
import { narrows } from '../../rollup/aggregation.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { functionsById, seriesIn } from '../../sqlite/series.ts';
import { matches, seriesOverTime } from '../../sqlite/series-over-time.ts';
import type { NewestInvocations } from './types.ts';

type Query = TimeRange & FunctionFilter & { readonly functionId: number; readonly maxRuns: number };

/** Invocations in the range, newest first, at most `maxRuns`. */
export async function newestInvocations(db: Databases, query: Query): Promise<NewestInvocations> {
  const series = await seriesIn(db, [query.functionId], query);
  let select = db.telemetry
    .selectFrom('invocation')
    .select([
      'environment_id',
      'series_id',
      'end_ms',
      'run_ms',
      'duration_us',
      'billed_ms',
      'status',
      'user_felt',
      'init_us',
      'restore_us',
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
  const rows = await select.execute();
  return {
    invocations: rows.slice(0, query.maxRuns).map((row) => ({
      environmentId: row.environment_id,
      seriesId: row.series_id,
      startMs: row.end_ms - (row.run_ms ?? row.duration_us / 1000),
      endMs: row.end_ms,
      billedMs: row.billed_ms ?? row.duration_us / 1000,
      status: row.status,
      waitedMs: row.user_felt === 1 ? ((row.init_us ?? 0) + (row.restore_us ?? 0)) / 1000 : 0,
    })),
    truncated: rows.length > query.maxRuns,
  };
}
