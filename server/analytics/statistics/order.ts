/** Order statistics. Inputs are in any order unless stated otherwise, and are not modified. */

/** Returns a copy in ascending order. */
export function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).toSorted();
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
