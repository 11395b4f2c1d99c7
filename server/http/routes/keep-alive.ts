/** Handler of a function's keep-alive curve. */
import { duration, percent } from '../../../ingest/text/quantities.ts';
import { MIN_TERMINATIONS } from '../../analytics/metrics/minimum-samples.ts';
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
    const isHidden = isHiddenByProvisioned(found);
    return {
      n: found.n,
      deaths: found.deaths,
      medianMs: isHidden ? null : (survival?.medianMs ?? null),
      p10Ms: isHidden ? null : (survival?.p10Ms ?? null),
      p90Ms: isHidden ? null : (survival?.p90Ms ?? null),
      medianInterval: survival?.medianInterval ?? null,
      curve: [...(survival?.curve ?? [])],
      method: `interval-censored survival (Turnbull), band from 200 resamples of hours; median: ${MEDIAN[survival?.shape ?? 'none']}; its interval: likelihood ratio`,
      evidence: { invocations, environments, truncated, youngOnly },
      reason: reasonOf(found),
    };
  },
});

/** With at least this share of the invocations in other environments, on-demand ones are rarely inspected. */
const MUCH_ELSEWHERE = 0.2;

/** Whether other environments serve so much that the median of those on demand is not known within 10 %. */
function isHiddenByProvisioned({ survival, elsewhere, invocations }: KeepAlive): boolean {
  return survival !== null && survival.isSharp === false && elsewhere >= MUCH_ELSEWHERE * invocations;
}

function reasonOf(found: KeepAlive): string | null {
  const { survival, n, deaths, elsewhere, invocations } = found;
  if (survival !== null) {
    if (isHiddenByProvisioned(found)) {
      const share = percent(elsewhere / invocations);
      return `Median not known within 10 %: provisioned environments, or ones initialised ahead of demand, served ${share} of the invocations, and ${n} idle periods of the others leave a shorter or longer window possible.${within(survival.medianInterval)}`;
    }
    const longest = duration(survival.longestMs);
    if (survival.medianMs === null) {
      return `Median not known: fewer than half of the environments end within ${longest}, the longest idle time that was inspected.`;
    }
    if (survival.medianInterval !== null) return null;
    return `Interval not known: it reaches beyond ${longest}, the longest idle time that was inspected.`;
  }
  if (n === 0) return 'Insufficient data: no environment was idle between two requests.';
  return `Insufficient data: ${deaths} environments are known to have ended while idle; ${MIN_TERMINATIONS} are required.`;
}

function within(interval: { readonly low: number; readonly high: number } | null): string {
  if (interval === null) return '';
  return ` It lies between ${duration(interval.low)} and ${duration(interval.high)} (95 % interval).`;
}
