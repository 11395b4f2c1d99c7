/**
 * What failed attempts add to the cost of a size. A failed attempt is billed, a timeout up to the limit, and its work has to
 * be repeated: what counts is the cost of a success. With independent attempts that fail with probability p it is the mean
 * cost of an attempt over 1 − p, however many retries the platform makes.
 */
import type { Dice } from '../statistics/bootstrap.ts';
import { normalDraw } from '../statistics/normal.ts';
import { blocksOf } from './comparison.ts';
import type { SizeEvidence } from './samples.ts';
import { countOf, meanBilledMs } from './samples.ts';
import { studentFactor } from './student.ts';

export interface FailureCost {
  /** Share of attempts that failed. */
  readonly failed: number;
  /** Share of attempts that the mean duration contains: successes, and timeouts with the time until the limit. */
  readonly timed: number;
  /** Billed time of other failed attempts, per attempt, in mean durations: failed attempts run the same code. */
  readonly other: number;
}

/** The failure cost of a size, with as many resamples as were asked for. */
export interface FailureCosts {
  readonly point: FailureCost;
  readonly draws: readonly FailureCost[];
}

export const NO_FAILURES: FailureCost = { failed: 0, timed: 1, other: 0 };

/** Failures per attempt. */
interface Rates {
  readonly failed: number;
  /** Billed time of failed attempts, per attempt, in mean durations at their size. */
  readonly billed: number;
}

interface Counted {
  readonly startMs: number;
  readonly n: number;
  readonly failures: number;
  readonly billed: number;
}

/**
 * Returns the failure cost by size. Timeouts and lack of memory are counted at each size; other failures, which no size causes,
 * have the same rate and billed time at all. Blocks of time are resampled, because failures come in bursts.
 */
export function failureCosts(
  sizes: readonly SizeEvidence[],
  dice: Dice,
  resamples: number,
): ReadonlyMap<number, FailureCosts> {
  const parts = sizes.map((size) => ({ size, hours: splitHours(size) }));
  const shared = ratesOf(
    parts.flatMap(({ hours }) => hours.map(({ other }) => other)),
    dice,
    resamples,
  );
  return new Map(
    parts.map(({ size, hours }) => {
      const own = ratesOf(
        hours.map((hour) => hour.own),
        dice,
        resamples,
      );
      const point = costOf(sumOf(own.point, shared.point), size);
      const draws = own.draws.map((rates, at) => costOf(sumOf(rates, shared.draws[at] ?? shared.point), size));
      return [size.memoryMb, { point, draws }];
    }),
  );
}

/** Where runs are billed nothing, failed ones add nothing. */
function inMeans(ms: number, meanMs: number): number {
  return meanMs > 0 ? ms / meanMs : 0;
}

/** Splits the failures of each hour into those that the size can cause and others. */
function splitHours({
  attempts,
  timeouts,
  environments,
}: SizeEvidence): readonly { readonly own: Counted; readonly other: Counted }[] {
  const mean = meanBilledMs(environments);
  const limitMs = timeouts.n === 0 ? null : timeouts.billedMs / timeouts.n;
  return attempts.map(({ startMs, n, failures, sizeFailures, failedBilledMs }) => {
    const meanMs = failures === 0 ? 0 : failedBilledMs / failures;
    const ownMs = Math.min(failedBilledMs, sizeFailures * (limitMs ?? meanMs));
    return {
      own: { startMs, n, failures: sizeFailures, billed: inMeans(ownMs, mean) },
      other: { startMs, n, failures: failures - sizeFailures, billed: inMeans(failedBilledMs - ownMs, mean) },
    };
  });
}

function ratesOf(
  hours: readonly Counted[],
  dice: Dice,
  resamples: number,
): { readonly point: Rates; readonly draws: readonly Rates[] } {
  const point = meanOf(hours);
  if (point.failed === 0) return { point, draws: Array.from({ length: resamples }, () => point) };
  const blocks = blocksOf(hours.map((hour) => [hour]));
  const factor = studentFactor(blocks.length);
  const n = hours.reduce((sum, hour) => sum + hour.n, 0);
  const standardError = Math.sqrt((point.failed * (1 - point.failed)) / n);
  const resample = resampledMean(blocks);
  const draws = Array.from({ length: resamples }, () => {
    if (blocks.length < 2) {
      const share = 1 + (standardError / point.failed) * normalDraw(dice);
      return { failed: point.failed * share, billed: point.billed * share };
    }
    const drawn = resample(dice);
    return {
      failed: point.failed + factor * (drawn.failed - point.failed),
      billed: point.billed + factor * (drawn.billed - point.billed),
    };
  });
  return { point, draws };
}

/** Returns the rates of as many blocks as there are, drawn with replacement. Hours are in arrays: each draw reads all of them. */
function resampledMean(blocks: readonly (readonly Counted[])[]): (dice: Dice) => Rates {
  const hours = blocks.flat();
  const counts = Float64Array.from(hours, (hour) => hour.n);
  const failed = Float64Array.from(hours, (hour) => hour.failures);
  const billedMeans = Float64Array.from(hours, (hour) => hour.billed);
  const starts = new Uint32Array(blocks.length + 1);
  for (const [at, block] of blocks.entries()) starts[at + 1] = (starts[at] ?? 0) + block.length;
  return (dice) => {
    let [n, failures, billed] = [0, 0, 0];
    for (let drawn = 0; drawn < blocks.length; drawn += 1) {
      const block = Math.floor(dice() * blocks.length);
      for (let at = starts[block] ?? 0; at < (starts[block + 1] ?? 0); at += 1) {
        n += counts[at] ?? 0;
        failures += failed[at] ?? 0;
        billed += billedMeans[at] ?? 0;
      }
    }
    return n === 0 ? { failed: 0, billed: 0 } : { failed: failures / n, billed: billed / n };
  };
}

function meanOf(hours: readonly Counted[]): Rates {
  let [n, failures, billed] = [0, 0, 0];
  for (const hour of hours) {
    n += hour.n;
    failures += hour.failures;
    billed += hour.billed;
  }
  return n === 0 ? { failed: 0, billed: 0 } : { failed: failures / n, billed: billed / n };
}

function sumOf(a: Rates, b: Rates): Rates {
  return {
    failed: Math.max(0, a.failed) + Math.max(0, b.failed),
    billed: Math.max(0, a.billed) + Math.max(0, b.billed),
  };
}

function costOf(rates: Rates, size: SizeEvidence): FailureCost {
  const failed = Math.min(1 - 1 / (size.invocations + 1), Math.max(0, rates.failed));
  const { n, billedMs } = size.timeouts;
  const timedOut = Math.min(failed, ((1 - failed) * n) / Math.max(1, countOf(size) - n));
  const limit = n === 0 ? 0 : inMeans(billedMs / n, meanBilledMs(size.environments));
  return { failed, timed: 1 - failed + timedOut, other: Math.max(0, rates.billed - timedOut * limit) };
}
