/** Order statistics. Inputs are in any order unless stated otherwise, and are not modified. */

/** Returns a copy in ascending order. */
export function ascending(values: readonly number[]): Float64Array {
  return new Float64Array(values).toSorted();
}

/** Returns the value at rank ⌈q·n⌉ of ascending values (inverse of the empirical distribution function); NaN if empty. */
export function quantileOf(sorted: ArrayLike<number>, q: number): number {
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(q * sorted.length)));
  return sorted[rank - 1] ?? Number.NaN;
}

/** Returns the middle value, or the mean of the two middle ones; NaN if empty. */
export function medianOf(sorted: ArrayLike<number>): number {
  const { length } = sorted;
  if (length === 0) return Number.NaN;
  const upper = sorted[length >> 1] ?? Number.NaN;
  return length % 2 === 1 ? upper : ((sorted[(length >> 1) - 1] ?? Number.NaN) + upper) / 2;
}

/** Median; the mean of the two middle values of an even number. */
export function median(values: readonly number[]): number {
  return medianOf(ascending(values));
}

/**
 * Interval of the median between two order statistics: the narrowest that covers it with at least 95 % for every
 * distribution (Thompson 1936). Null below six values, of which the smallest and the largest cover less.
 */
export function medianInterval(values: readonly number[]): { readonly low: number; readonly high: number } | null {
  const sorted = ascending(values);
  const n = sorted.length;
  let at = Math.floor(n / 2 - 0.98 * Math.sqrt(n)) - 1;
  // Above, the normal approximation is as good, and 2^-n becomes 0.
  if (n <= 1000) {
    let [term, below] = [2 ** -n, 0];
    // Probability that at most `at` of the values are below the median; each is with 1/2.
    for (at = -1; below + term <= 0.025; at += 1) {
      below += term;
      term *= (n - at - 1) / (at + 2);
    }
  }
  const [low, high] = [sorted[at], sorted[n - 1 - at]];
  return low === undefined || high === undefined ? null : { low, high };
}

/** Arithmetic mean; NaN without values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0;
  return sum / values.length;
}

/** Returns how many of ascending `sorted` are ≤ `value`. */
export function countUpTo(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Number.NaN) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
