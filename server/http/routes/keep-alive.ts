/** Handler of a function's keep-alive curve. */
import { FEWEST_DEATHS } from '../../analytics/metrics/minimum-samples.ts';
import type { KeepAlive } from '../../storage/ports.ts';
import { keepAliveRoutes } from '../contract/keep-alive.ts';
import { implement } from '../implement.ts';
import { seedOf } from '../presentation/seed.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Maximum invocations that are analyzed, newest first; enough for a curve, as the policy is the same for all. */
const MAX_RUNS = 30_000;

/** How the median was found, by the shape of the idle windows. */
const MEDIAN = {
  window: 'log-logistic window with evictions',
  steps: 'steps of a fixed period',
  none: 'mean over the resamples',
} as const;

export const keepAliveHandlers = implement(keepAliveRoutes, {
  getFunctionKeepAlive: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId } = identity;
    const range = rangeOf(query, context.now());
    const { version, memoryMb } = query;
    const found = await context.store.read.keepAlive({
      ...range,
      functionId,
      version,
      memoryMb,
      maxRuns: MAX_RUNS,
      seed: seedOf(identity),
    });
    const { survival, invocations, environments, truncated, youngOnly } = found;
    return {
      n: found.n,
      deaths: found.deaths,
      medianMs: survival?.medianMs ?? null,
      p10Ms: survival?.p10Ms ?? null,
      p90Ms: survival?.p90Ms ?? null,
      medianInterval: survival?.medianInterval ?? null,
      curve: [...(survival?.curve ?? [])],
      method: `interval-censored survival (Turnbull), band from 200 resamples of hours; median: ${MEDIAN[survival?.shape ?? 'none']}; its interval: likelihood ratio`,
      evidence: { invocations, environments, truncated, youngOnly },
      reason: reasonOf(found),
    };
  },
});

function reasonOf({ survival, n, deaths }: KeepAlive): string | null {
  if (survival !== null) return null;
  if (n === 0) return 'Insufficient data: no environment was idle between two requests.';
  return `Insufficient data: ${deaths} environments are known to have ended while idle; ${FEWEST_DEATHS} are required.`;
}
