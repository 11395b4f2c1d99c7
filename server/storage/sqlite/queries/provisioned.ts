/** What provisioned concurrency would have done to the newest invocations of a function. */
import { planProvisioned } from '../../../analytics/provisioned.ts';
import type { FunctionFilter, ProvisionedAnswer, ProvisionedQuestion, TimeRange } from '../../store.ts';
import type { Databases } from './databases.ts';
import { narrows, seriesIn } from './shared.ts';

type Query = TimeRange & FunctionFilter & ProvisionedQuestion;

export async function provisioned(db: Databases, query: Query): Promise<ProvisionedAnswer> {
  const series = await seriesIn(db, [query.functionId], query);
  let select = db.telemetry
    .selectFrom('invocation')
    .select(['end_ms', 'run_ms', 'duration_us', 'billed_ms', 'user_felt', 'init_us', 'restore_us'])
    .where('function_id', '=', query.functionId)
    .where('end_ms', '>=', query.fromMs)
    .where('end_ms', '<', query.toMs)
    .orderBy('end_ms', 'desc')
    .limit(query.maxRuns + 1);
  if (narrows(query)) select = select.where('series_id', 'in', [...series.keys()]);
  const rows = await select.execute();
  const runs = rows.slice(0, query.maxRuns).map((row) => {
    const waitedMs = row.user_felt === 1 ? ((row.init_us ?? 0) + (row.restore_us ?? 0)) / 1000 : 0;
    return {
      startMs: row.end_ms - (row.run_ms ?? row.duration_us / 1000) - waitedMs,
      endMs: row.end_ms,
      billedMs: row.billed_ms ?? row.duration_us / 1000,
      waitedMs,
    };
  });
  const truncated = rows.length > query.maxRuns;
  const fromMs = truncated ? Math.min(...runs.slice(-100).map((run) => run.startMs)) : query.fromMs;
  const played = { fromMs, toMs: query.toMs };
  return {
    ...planProvisioned(runs, played, query.priceMemoryMb, query.prices),
    played,
    invocations: runs.length,
    truncated,
  };
}
