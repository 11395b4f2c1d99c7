/** What provisioned concurrency would have done to the newest invocations of a function. */
import { planProvisioned } from '../../../analytics/provisioned.ts';
import type { FunctionFilter, ProvisionedAnswer, ProvisionedQuestion, TimeRange } from '../../store.ts';
import type { Databases } from './databases.ts';
import { newestRuns } from './newest-runs.ts';

type Query = TimeRange & FunctionFilter & ProvisionedQuestion;

export async function provisioned(db: Databases, query: Query): Promise<ProvisionedAnswer> {
  const newest = await newestRuns(db, query);
  const { truncated } = newest;
  const runs = newest.runs.map((run) => ({ ...run, startMs: run.startMs - run.waitedMs }));
  const fromMs = truncated ? Math.min(...runs.slice(-100).map((run) => run.startMs)) : query.fromMs;
  const played = { fromMs, toMs: query.toMs };
  return {
    ...planProvisioned(runs, played, query.priceMemoryMb, query.prices),
    played,
    invocations: runs.length,
    truncated,
  };
}
