/** Observations at one memory size: warm, successful invocations, without the first of each environment. */
import type { Dice } from '../statistics/bootstrap.ts';
import { draw } from '../statistics/bootstrap.ts';
import type { RemoteTime } from './self-time.ts';

/** Invocations of one environment. They are correlated, so they are resampled together. */
export interface EnvironmentSample {
  readonly n: number;
  readonly billedMs: number;
  readonly durationsMs: readonly number[];
  readonly maxMemoryUsedMb: number | null;
  /** Hour of the week of its first sampled run; 0 is Monday 00:00 UTC. */
  readonly hourOfWeek: number;
}

export interface SizeEvidence {
  readonly memoryMb: number;
  /** All attempts at this size, including failed ones. */
  readonly invocations: number;
  readonly failures: number;
  readonly versions: readonly string[];
  readonly environments: readonly EnvironmentSample[];
  /** From traces; null if none of these invocations was traced. */
  readonly remote: RemoteTime | null;
}

/** Like Compute Optimizer, requires fifty in fourteen days; from five environments, because one may run on a slow host. */
export const FEWEST_INVOCATIONS = 50;
export const FEWEST_ENVIRONMENTS = 5;

export function countOf(size: SizeEvidence): number {
  return size.environments.reduce((sum, environment) => sum + environment.n, 0);
}

export function isEnough(size: SizeEvidence): boolean {
  return countOf(size) >= FEWEST_INVOCATIONS && size.environments.length >= FEWEST_ENVIRONMENTS;
}

export function meanBilledMs(environments: readonly EnvironmentSample[]): number {
  let [n, billed] = [0, 0];
  for (const environment of environments) {
    n += environment.n;
    billed += environment.billedMs;
  }
  return billed / n;
}

/** Returns the mean billed durations of `resamples` resamples of the environments, in the order drawn. */
export function resampledMeans(size: SizeEvidence, dice: Dice, resamples: number): readonly number[] {
  return Array.from({ length: resamples }, () => meanBilledMs(draw(size.environments, dice)));
}
