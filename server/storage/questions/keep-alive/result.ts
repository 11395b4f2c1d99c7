/** Estimates how long a function's idle environments are kept, from its newest invocations. */
import { Random } from '../../../../ingest/records/random.ts';
import type { AgedIdlePeriod, EnvironmentLifetime } from '../../../analytics/keep-alive/idle-periods.ts';
import { idlePeriods } from '../../../analytics/keep-alive/idle-periods.ts';
import { survivalCurve, survivalOf } from '../../../analytics/keep-alive/survival.ts';
import { MIN_TERMINATIONS } from '../../../analytics/metrics/minimum-samples.ts';
import type { Dice } from '../../../analytics/statistics/bootstrap.ts';
import type { NewestInvocation, NewestInvocations } from '../newest-invocations/types.ts';
import type { KeepAlive } from './types.ts';

/** Status codes after which the environment ends: timeout, out of memory, exit. */
const ENDS_ENVIRONMENT: ReadonlySet<number> = new Set([1, 3, 4]);

/** `firstSeen`: when each environment was first seen, epoch ms. `seed` makes the bootstrap interval reproducible. */
export function keepAliveOf(
  { invocations, truncated }: NewestInvocations,
  firstSeen: ReadonlyMap<number, number>,
  seed: number,
): KeepAlive {
  const lifetimes = lifetimesOf(invocations, firstSeen);
  const { used, youngOnly } = usedPeriods(lifetimes);
  const random = new Random(seed);
  return {
    n: used.length,
    deaths: deathsOf(used),
    youngOnly,
    survival: survivalOf(used, () => random.next()),
    invocations: invocations.length,
    elsewhere: lifetimes
      .flat()
      .filter((lifetime) => !isOnDemand(lifetime))
      .reduce((sum, { runs }) => sum + runs.length, 0),
    environments: lifetimes.reduce((sum, ones) => sum + ones.length, 0),
    truncated,
  };
}

/** The curve of {@link keepAliveOf} with a rough band and without its median, and the terminations that it rests on. */
export function keptCurveOf(
  { invocations }: NewestInvocations,
  firstSeen: ReadonlyMap<number, number>,
  dice: Dice,
): { readonly curve: ReturnType<typeof survivalCurve>; readonly deaths: number } {
  const { used } = usedPeriods(lifetimesOf(invocations, firstSeen));
  return { curve: survivalCurve(used, dice), deaths: deathsOf(used) };
}

/** Lifetimes of environments, by configuration. */
function lifetimesOf(
  looked: readonly NewestInvocation[],
  firstSeen: ReadonlyMap<number, number>,
): readonly (readonly EnvironmentLifetime[])[] {
  // One configuration at a time: requests never go to environments of another version or memory size.
  const bySeries = new Map<number, Map<number, NewestInvocation[]>>();
  for (const run of looked) {
    const environments = bySeries.get(run.seriesId) ?? new Map<number, NewestInvocation[]>();
    bySeries.set(run.seriesId, environments);
    const runs = environments.get(run.environmentId) ?? [];
    environments.set(run.environmentId, runs);
    runs.push(run);
  }
  return [...bySeries.values()].map((environments) =>
    [...environments].map(([id, runs]) => lifetimeOf(runs.toReversed(), firstSeen.get(id))),
  );
}

/**
 * Whether a request waited for the environment. Provisioned ones are kept whether they are idle or not, and in text logs an
 * environment that no request waited for may be one.
 */
function isOnDemand({ demandedMs }: EnvironmentLifetime): boolean {
  return demandedMs !== null;
}

function lifetimeOf(runs: readonly NewestInvocation[], bornMs: number | undefined): EnvironmentLifetime {
  const waited = runs.find((run) => run.waitedMs > 0);
  return {
    bornMs: bornMs ?? runs[0]?.startMs ?? 0,
    runs,
    demandedMs: waited === undefined ? null : waited.arrivedMs,
    crashed: ENDS_ENVIRONMENT.has(runs.at(-1)?.status ?? 0),
  };
}

/** Uses young environments only, if enough of them ended: older ones are also recycled because of their age. */
function usedPeriods(lifetimes: readonly (readonly EnvironmentLifetime[])[]): {
  readonly used: readonly AgedIdlePeriod[];
  readonly youngOnly: boolean;
} {
  const periods = lifetimes.flatMap((ones) => idlePeriods(ones.filter(isOnDemand)));
  const informative = periods.filter((period) => period.untilMs !== Number.POSITIVE_INFINITY || period.afterMs > 0);
  const young = informative.filter((period) => period.young);
  const youngOnly = deathsOf(young) >= MIN_TERMINATIONS;
  return { used: youngOnly ? young : informative, youngOnly };
}

function deathsOf(periods: readonly AgedIdlePeriod[]): number {
  let deaths = 0;
  for (const { untilMs } of periods) if (untilMs !== Number.POSITIVE_INFINITY) deaths += 1;
  return deaths;
}
