/** Difference of two rates with their own intervals. */
import type { Rate } from './rate.ts';

type Bounds = Pick<Rate, 'value' | 'low' | 'high'>;

interface RateDifference {
  /** After less before. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % interval from those of the rates (Newcombe 1998, method 10; Zou and Donner 2008 for any intervals): it keeps what each
 * interval says of dependence. Null where a rate has no interval.
 */
export function rateDifference(before: Bounds, after: Bounds): RateDifference | null {
  if (before.value === null || before.low === null || before.high === null) return null;
  if (after.value === null || after.low === null || after.high === null) return null;
  const value = after.value - before.value;
  return {
    value,
    low: value - Math.hypot(after.value - after.low, before.high - before.value),
    high: value + Math.hypot(after.high - after.value, before.value - before.low),
  };
}
