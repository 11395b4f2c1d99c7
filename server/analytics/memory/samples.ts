/** Observations at one memory size: warm, successful invocations, without the first of each environment. */
import { sumVariance } from '../statistics/blocks.ts';
import type { Dice, Interval } from '../statistics/bootstrap.ts';
import { draw, percentileInterval } from '../statistics/bootstrap.ts';
import { ascending } from '../statistics/order.ts';
import { quantileT } from '../statistics/student.ts';
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

/** Invocations of one hour. */
export interface HourSample {
  readonly n: number;
  readonly billedMs: number;
}

export interface SizeEvidence {
  readonly memoryMb: number;
  /** All attempts at this size, including failed ones. */
  readonly invocations: number;
  readonly failures: number;
  readonly versions: readonly string[];
  readonly environments: readonly EnvironmentSample[];
  /** The same invocations by the hour in which they ended, in order of time. */
  readonly hours: readonly HourSample[];
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

/**
 * 95 % interval of the mean billed duration, ms, as a ratio of sums over hours: a slow hour is slow for every environment.
 * Linearised (Cochran 1977, §6), on the logarithm, with Student's t. Null below four hours.
 */
function hourlyInterval({ hours }: SizeEvidence): Interval | null {
  const n = hours.reduce((sum, hour) => sum + hour.n, 0);
  const mean = hours.reduce((sum, hour) => sum + hour.billedMs, 0) / n;
  const spread = sumVariance(hours.map((hour) => hour.billedMs - mean * hour.n));
  if (spread === null || mean <= 0) return null;
  const half = (quantileT(spread.df) * Math.sqrt(spread.variance)) / (n * mean);
  return { low: mean * Math.exp(-half), high: mean * Math.exp(half) };
}

/**
 * 95 % interval of the mean billed duration, ms: the wider one of `means` of resampled environments, which differ by their
 * hosts, and of the differences between hours. Null without either.
 */
export function billedInterval(size: SizeEvidence, means: readonly number[]): Interval | null {
  const byEnvironment = percentileInterval(ascending(means));
  const byHour = hourlyInterval(size);
  if (byEnvironment === null || byHour === null) return byEnvironment ?? byHour;
  return { low: Math.min(byEnvironment.low, byHour.low), high: Math.max(byEnvironment.high, byHour.high) };
}
