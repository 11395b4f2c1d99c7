/** A sample as stored in rollups: counts of values by ascending bin (relative error at most 1 %). */
import { Z95 } from '../statistics/normal.ts';

export type Histogram = readonly (readonly [value: number, n: number])[];

/** A statistic of one sample, with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function countOf(histogram: Histogram): number {
  return histogram.reduce((sum, [, n]) => sum + n, 0);
}

/**
 * Estimates the value at rank ⌈qn⌉. The interval lies between the ranks that bound it with 95 % confidence (binomial,
 * normal approximation). `design` is the design effect: variance of counts relative to independent values. Null for an
 * empty sample.
 */
export function quantileEstimate(histogram: Histogram, q: number, design = 1): Estimate | null {
  const n = countOf(histogram);
  if (n === 0) return null;
  const half = Z95 * Math.sqrt(n * q * (1 - q) * design);
  return {
    value: valueAt(histogram, Math.ceil(q * n)),
    low: valueAt(histogram, Math.floor(q * n - half)),
    high: valueAt(histogram, Math.ceil(q * n + half) + 1),
  };
}

/** Estimates the mean ± 1.96 standard errors. Null for fewer than two values. */
export function meanEstimate(histogram: Histogram, design = 1): Estimate | null {
  const n = countOf(histogram);
  if (n < 2) return null;
  const value = histogram.reduce((sum, [at, count]) => sum + at * count, 0) / n;
  const squares = histogram.reduce((sum, [at, count]) => sum + count * (at - value) ** 2, 0);
  const half = Z95 * Math.sqrt((squares / (n - 1) / n) * design);
  return { value, low: value - half, high: value + half };
}

function valueAt(histogram: Histogram, rank: number): number {
  let seen = 0;
  for (const [value, n] of histogram) {
    seen += n;
    if (seen >= rank) return value;
  }
  return histogram.at(-1)?.[0] ?? Number.NaN;
}

/** Returns b − a with its interval, from the intervals of a and b (MOVER; Zou and Donner 2008). */
export function difference(a: Estimate, b: Estimate): Estimate {
  const value = b.value - a.value;
  return {
    value,
    low: value - Math.hypot(b.value - b.low, a.high - a.value),
    high: value + Math.hypot(b.high - b.value, a.value - a.low),
  };
}

/** Returns b / a − 1 with its interval, using {@link difference} of the logs; null if either is not positive. */
export function relativeChange(a: Estimate, b: Estimate): Estimate | null {
  if (!(a.value > 0 && b.value > 0)) return null;
  const logs = difference(logOf(a), logOf(b));
  return { value: Math.expm1(logs.value), low: Math.expm1(logs.low), high: Math.expm1(logs.high) };
}

function logOf({ value, low, high }: Estimate): Estimate {
  return { value: Math.log(value), low: Math.log(Math.max(low, value / 1000)), high: Math.log(high) };
}
