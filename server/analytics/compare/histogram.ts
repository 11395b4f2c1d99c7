/** A sample as stored in rollups: counts of values by ascending bin (relative error at most 1 %). */
import type { SketchColumns } from '../sketch/columns.ts';
import { boundOf, ZERO_BIN } from '../sketch/sketch.ts';
import { Z95 } from '../statistics/normal.ts';

export type Histogram = readonly (readonly [value: number, n: number])[];

/** A statistic of one sample, with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Number of values in a histogram. */
export function countOf(histogram: Histogram): number {
  let sum = 0;
  for (const bin of histogram) sum += bin[1];
  return sum;
}

/**
 * Estimates the value at rank ⌈qn⌉, with an interval between the ranks q ± `half` (Woodruff 1952); `half` is by default that
 * of 95 % of independent values. Counts may be weighted. Null for an empty sample.
 */
export function quantileEstimate(histogram: Histogram, q: number, half?: number): Estimate | null {
  const n = countOf(histogram);
  if (n === 0) return null;
  const ranks = n * (half ?? Z95 * Math.sqrt((q * (1 - q)) / n));
  const lowRank = Math.floor(q * n - ranks);
  const rank = Math.ceil(q * n);
  const highRank = Math.ceil(q * n + ranks) + 1;
  const last = histogram.at(-1)?.[0] ?? Number.NaN;
  const estimate = { value: last, low: last, high: last };
  let [hasValue, hasLow, hasHigh] = [false, false, false];
  let seen = 0;
  for (const [at, times] of histogram) {
    seen += times;
    if (!hasLow && seen >= lowRank) [estimate.low, hasLow] = [at, true];
    if (!hasValue && seen >= rank) [estimate.value, hasValue] = [at, true];
    if (!hasHigh && seen >= highRank) [estimate.high, hasHigh] = [at, true];
    if (hasValue && hasLow && hasHigh) break;
  }
  return estimate;
}

/** Mean and variance of the values; null for fewer than two. */
export function momentsOf(histogram: Histogram): { readonly mean: number; readonly variance: number } | null {
  const n = countOf(histogram);
  if (n < 2) return null;
  const mean = histogram.reduce((sum, [at, count]) => sum + at * count, 0) / n;
  const squares = histogram.reduce((sum, [at, count]) => sum + count * (at - mean) ** 2, 0);
  return { mean, variance: squares / (n - 1) };
}

/** Number of values in a block. */
export function countIn({ counts, from, end }: SketchColumns): number {
  let sum = 0;
  for (let at = from; at < end; at += 1) sum += counts[at] ?? 0;
  return sum;
}

/** Values of a block above `limit`. */
export function countAbove({ bins, counts, from, end }: SketchColumns, limit: number): number {
  let sum = 0;
  for (let at = end - 1; at >= from && boundOf(bins[at] ?? 0) > limit; at -= 1) sum += counts[at] ?? 0;
  return sum;
}

/** Adds blocks, each times its weight. The result has every value of every block, whatever its weight. */
export function sumOfBlocks(blocks: readonly SketchColumns[], weights: ArrayLike<number>): Histogram {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { bins, from, end } of blocks) {
    const least = bins[from] === ZERO_BIN ? from + 1 : from;
    if (least >= end) continue;
    first = Math.min(first, bins[least] ?? 0);
    last = Math.max(last, bins[end - 1] ?? 0);
  }
  const sums = new Float64Array(Math.max(0, last - first + 1));
  const found = new Uint8Array(sums.length);
  let zeros: number | null = null;
  for (let block = 0; block < blocks.length; block += 1) {
    const { bins, counts, from, end } = blocks[block] ?? NO_VALUES;
    const weight = weights[block] ?? 0;
    let at = from;
    if (at < end && bins[at] === ZERO_BIN) {
      zeros = (zeros ?? 0) + (counts[at] ?? 0) * weight;
      at += 1;
    }
    for (; at < end; at += 1) {
      const place = (bins[at] ?? 0) - first;
      sums[place] = (sums[place] ?? 0) + (counts[at] ?? 0) * weight;
      found[place] = 1;
    }
  }
  const histogram: [value: number, n: number][] = zeros === null ? [] : [[0, zeros]];
  for (let place = 0; place < sums.length; place += 1) {
    if (found[place] === 1) histogram.push([boundOf(first + place), sums[place] ?? 0]);
  }
  return histogram;
}

const NO_VALUES: SketchColumns = { bins: new Int32Array(0), counts: new Float64Array(0), from: 0, end: 0 };

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
