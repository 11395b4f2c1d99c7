/** Simulates provisioned concurrency for the newest invocations of a function. */
import { Random } from '../../../../ingest/records/random.ts';
import { planProvisioned } from '../../../analytics/cost/provisioned.ts';
import { idleWindowsOf } from '../../../analytics/keep-alive/windows.ts';
import { keptCurveOf } from '../keep-alive/result.ts';
import type { NewestInvocations } from '../newest-invocations/types.ts';
import type { TimeRange } from '../shared-types.ts';
import type { ProvisionedAnswer, ProvisionedQuestion } from './types.ts';

export function provisionedOf(newest: NewestInvocations, query: TimeRange & ProvisionedQuestion): ProvisionedAnswer {
  const { invocations: runs, truncated } = newest;
  const fromMs = truncated
    ? Math.min(...runs.slice(-100).map((run) => run.arrivedMs))
    : Math.min(query.toMs, Math.max(query.fromMs, query.firstSeenMs));
  const played = { fromMs, toMs: query.toMs };
  const random = new Random(query.seed);
  const dice = (): number => random.next();
  const { curve, deaths } = keptCurveOf(newest, new Map(), dice);
  const settings = {
    range: played,
    memoryMb: query.priceMemoryMb,
    prices: query.prices,
    idleWindows: curve === null ? null : (errors: number) => idleWindowsOf({ curve }, errors),
    dice,
  };
  return {
    ...planProvisioned(runs, settings),
    played,
    deaths,
    invocations: runs.length,
    truncated,
  };
}
