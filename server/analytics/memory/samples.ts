/**
 * Observations at one memory size: warm invocations that succeeded or timed out, without the first of each environment. A
 * timeout counts with the time until the limit, so means are restricted means (Royston and Parmar 2013).
 */
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { FEWEST_BLOCKS, sumVariance } from '../statistics/blocks.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import { percentileInterval } from '../statistics/bootstrap.ts';
import { ascending } from '../statistics/order.ts';
import { quantileT } from '../statistics/student.ts';
import type { RemoteTime } from './self-time.ts';

/** Invocations of one environment in one hour. */
export interface SampledHour {
  /** Start of the hour, epoch ms. */
  readonly startMs: number;
  readonly n: number;
  /** Sum of billed durations, ms. */
  readonly billedMs: number;
}

/** Invocations of one environment. They are correlated, so they are resampled together. */
export interface EnvironmentSample {
  /** `$LATEST` or a number; null if unknown. */
  readonly version: string | null;
  /** End of its first sampled run, epoch ms. */
  readonly firstMs: number;
  readonly durationsMs: readonly number[];
  /** The tenant that it serves; null without tenant isolation. */
  readonly tenant: string | null;
  /** Max Memory Used, MB. */
  readonly maxMemoryUsedMb: number | null;
  /** Hours with sampled runs; at least one. */
  readonly hours: readonly SampledHour[];
}

/** All attempts of one hour at one size. */
export interface AttemptHour {
  /** Start of the hour, epoch ms. */
  readonly startMs: number;
  readonly n: number;
  readonly failures: number;
  /** Timeouts and failures for lack of memory among them. */
  readonly sizeFailures: number;
  /** Billed time of the failed attempts, ms; a timeout is billed up to the limit. */
  readonly failedBilledMs: number;
}

export interface SizeEvidence {
  readonly memoryMb: number;
  /** All attempts at this size, including failed ones. */
  readonly invocations: number;
  readonly failures: number;
  /** Timeouts and failures for lack of memory among them, which the size itself can cause. */
  readonly sizeFailures: number;
  readonly attempts: readonly AttemptHour[];
  /** Timeouts among the sampled invocations, and their billed time, ms. */
  readonly timeouts: { readonly n: number; readonly billedMs: number };
  readonly versions: readonly string[];
  readonly environments: readonly EnvironmentSample[];
  /** Sizes of the responses of sampled invocations, bytes; of those whose lines contain them (JSON logs). */
  readonly responseBytes: readonly number[];
  /** Routes of sampled invocations, one entry each; of those that an access log of API Gateway contains. */
  readonly routes: readonly string[];
  /** Lines of access logs that were read of each hour, if there were more; null if all were. */
  readonly routesReadPerHour: number | null;
  /** From traces; null if none of these invocations was traced. */
  readonly remote: RemoteTime | null;
}

/** Like Compute Optimizer, requires fifty in fourteen days; from five environments, because one may run on a slow host. */
export const FEWEST_INVOCATIONS = 50;
export const FEWEST_ENVIRONMENTS = 5;

export function countOf({ environments }: Pick<SizeEvidence, 'environments'>): number {
  return environments.reduce((sum, { hours }) => sum + hours.reduce((n, hour) => n + hour.n, 0), 0);
}

export function isEnough(size: Pick<SizeEvidence, 'environments'> & Partial<Pick<SizeEvidence, 'timeouts'>>): boolean {
  return (
    countOf(size) - (size.timeouts?.n ?? 0) >= FEWEST_INVOCATIONS && size.environments.length >= FEWEST_ENVIRONMENTS
  );
}

/** Returns the mean billed duration, ms. */
export function meanBilledMs(environments: readonly EnvironmentSample[]): number {
  let [n, billed] = [0, 0];
  for (const { hours } of environments) {
    for (const hour of hours) {
      n += hour.n;
      billed += hour.billedMs;
    }
  }
  return billed / n;
}

/**
 * 95 % interval of the mean billed duration, ms, as a ratio of sums over hours: a slow hour is slow for every environment.
 * Linearised (Cochran 1977, §6), on the logarithm, with Student's t. Null below four hours.
 */
function hourlyInterval(environments: readonly EnvironmentSample[]): Interval | null {
  const sums = new Map<number, { n: number; billedMs: number }>();
  for (const { startMs, n, billedMs } of environments.flatMap((environment) => environment.hours)) {
    const sum = sums.get(startMs) ?? { n: 0, billedMs: 0 };
    sums.set(startMs, { n: sum.n + n, billedMs: sum.billedMs + billedMs });
  }
  const hours = [...sums].toSorted(([a], [b]) => a - b).map(([, sum]) => sum);
  const n = hours.reduce((sum, hour) => sum + hour.n, 0);
  const mean = meanBilledMs(environments);
  const spread = sumVariance(hours.map((hour) => hour.billedMs - mean * hour.n));
  if (spread === null || mean <= 0) return null;
  const half = (quantileT(spread.df) * Math.sqrt(spread.variance)) / (n * mean);
  return { low: mean * Math.exp(-half), high: mean * Math.exp(half) };
}

/** Why the mean billed duration has no interval. */
export function noIntervalReason(environments: readonly EnvironmentSample[]): Reason {
  if (!(meanBilledMs(environments) > 0)) return reasonOf('memory-nothing-billed');
  const hours = new Set(environments.flatMap((one) => one.hours.map(({ startMs }) => startMs))).size;
  return reasonOf('memory-few-hours', { environments: environments.length, hours, required: FEWEST_BLOCKS });
}

/**
 * 95 % interval of the mean billed duration, ms: the wider one of `means` of resampled blocks of time, and of the
 * differences between hours. Null without either.
 */
export function billedInterval(environments: readonly EnvironmentSample[], means: readonly number[]): Interval | null {
  const byBlock = means.every((ms) => Number.isFinite(ms) && ms > 0) ? percentileInterval(ascending(means)) : null;
  const byHour = hourlyInterval(environments);
  if (byBlock === null || byHour === null) return byBlock ?? byHour;
  return { low: Math.min(byBlock.low, byHour.low), high: Math.max(byBlock.high, byHour.high) };
}
