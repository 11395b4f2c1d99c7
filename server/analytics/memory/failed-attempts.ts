/**
 * What failed attempts add to the cost of a size. A failed attempt is billed, a timeout up to the limit, and its work has to
 * be repeated: what counts is the cost of a success. With independent attempts that fail with probability p it is the mean
 * cost of an attempt over 1 − p, however many retries the platform makes.
 */
import type { Dice } from '../statistics/bootstrap.ts';
import { draw } from '../statistics/bootstrap.ts';
import { normalDraw } from '../statistics/normal.ts';
import { blocksOf } from './comparison.ts';
import type { AttemptHour, SizeEvidence } from './samples.ts';
import { countOf } from './samples.ts';
import { studentFactor } from './student.ts';

export interface FailureCost {
  /** Share of attempts that failed. */
  readonly failed: number;
  /** Share of attempts that the mean duration contains: successes, and timeouts with the time until the limit. */
  readonly timed: number;
  /** Billed time of other failed attempts, ms per attempt. */
  readonly otherMs: number;
}

/** The failure cost of a size, with as many resamples as were asked for. */
export interface FailureCosts {
  readonly point: FailureCost;
  readonly draws: readonly FailureCost[];
}

export const NO_FAILURES: FailureCost = { failed: 0, timed: 1, otherMs: 0 };

interface Rates {
  readonly failed: number;
  /** Billed time of failed attempts, ms per attempt. */
  readonly billedMs: number;
}

/** Resamples blocks of time, because failures come in bursts. */
export function failureCosts(size: SizeEvidence, dice: Dice, resamples: number): FailureCosts {
  const known = ratesOf(size.attempts);
  const point = costOf(known, size);
  if (known.failed === 0) return { point, draws: Array.from({ length: resamples }, () => point) };
  const blocks = blocksOf(size.attempts.map((hour) => [hour]));
  const factor = studentFactor(blocks.length);
  const standardError = Math.sqrt((known.failed * (1 - known.failed)) / size.invocations);
  const draws = Array.from({ length: resamples }, () => {
    if (blocks.length < 2) {
      const failed = known.failed + standardError * normalDraw(dice);
      return costOf({ failed, billedMs: (known.billedMs * failed) / known.failed }, size);
    }
    const drawn = ratesOf(draw(blocks, dice).flat());
    return costOf(
      {
        failed: known.failed + factor * (drawn.failed - known.failed),
        billedMs: known.billedMs + factor * (drawn.billedMs - known.billedMs),
      },
      size,
    );
  });
  return { point, draws };
}

function ratesOf(hours: readonly AttemptHour[]): Rates {
  let [n, failures, billedMs] = [0, 0, 0];
  for (const hour of hours) {
    n += hour.n;
    failures += hour.failures;
    billedMs += hour.failedBilledMs;
  }
  return n === 0 ? { failed: 0, billedMs: 0 } : { failed: failures / n, billedMs: billedMs / n };
}

function costOf(rates: Rates, size: SizeEvidence): FailureCost {
  const failed = Math.min(1 - 1 / (size.invocations + 1), Math.max(0, rates.failed));
  const { n, billedMs } = size.timeouts;
  const timedOut = Math.min(failed, ((1 - failed) * n) / Math.max(1, countOf(size) - n));
  const limitMs = n === 0 ? 0 : billedMs / n;
  return { failed, timed: 1 - failed + timedOut, otherMs: Math.max(0, rates.billedMs - timedOut * limitMs) };
}
