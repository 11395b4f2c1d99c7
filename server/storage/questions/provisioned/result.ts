/** Simulates provisioned concurrency for the newest invocations of a function. */
import { planProvisioned } from '../../../analytics/cost/provisioned.ts';
import type { NewestInvocations } from '../newest-invocations/types.ts';
import type { TimeRange } from '../shared-types.ts';
import type { ProvisionedAnswer, ProvisionedQuestion } from './types.ts';

export function provisionedOf(newest: NewestInvocations, query: TimeRange & ProvisionedQuestion): ProvisionedAnswer {
  const { truncated } = newest;
  const runs = newest.invocations.map((run) => ({ ...run, startMs: run.startMs - run.waitedMs }));
  const fromMs = truncated ? Math.min(...runs.slice(-100).map((run) => run.startMs)) : query.fromMs;
  const played = { fromMs, toMs: query.toMs };
  return {
    ...planProvisioned(runs, played, query.priceMemoryMb, query.prices),
    played,
    invocations: runs.length,
    truncated,
  };
}
