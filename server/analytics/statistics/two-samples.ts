/** Nonparametric comparisons of two samples, and corrections for multiple comparisons. */

import { normalCdf, twoSided } from './normal.ts';
import { ascending, countUpTo } from './order.ts';
import { wilson } from './rate.ts';

/**
 * P(a value of b > a value of a) + ½ P(equal), with the two-sided p of "one half" (Mann and Whitney 1947, corrected for
 * ties).
 */
export function mannWhitney(
  a: readonly number[],
  b: readonly number[],
): { readonly share: number; readonly p: number } {
  const left = ascending(a);
  const right = ascending(b);
  const pairs = left.length * right.length;
  if (pairs === 0) return { share: Number.NaN, p: 1 };
  let wins = 0;
  for (const value of right) {
    const upTo = countUpTo(left, value);
    let below = upTo;
    while (below > 0 && left[below - 1] === value) below -= 1;
    wins += below + (upTo - below) / 2;
  }
  const n = left.length + right.length;
  const ties = tieSum(left, right);
  const variance = (pairs / 12) * (n + 1 - ties / (n * Math.max(1, n - 1)));
  const distance = Math.max(0, Math.abs(wins - pairs / 2) - 0.5);
  return { share: wins / pairs, p: variance <= 0 ? 1 : twoSided(distance / Math.sqrt(variance)) };
}

function tieSum(a: Float64Array, b: Float64Array): number {
  const all = Float64Array.from([...a, ...b]).toSorted();
  let sum = 0;
  for (let at = 0; at < all.length; ) {
    let end = at + 1;
    while (all[end] === all[at]) end += 1;
    const t = end - at;
    sum += t * t * t - t;
    at = end;
  }
  return sum;
}

/**
 * Returns the median of all differences b − a (Hodges and Lehmann 1963): the shift of b, in the unit of the samples.
 * Bisects over the sorted samples instead of building the list of differences.
 */
export function hodgesLehmann(a: readonly number[], b: readonly number[]): number {
  const left = ascending(a);
  const right = ascending(b);
  const pairs = left.length * right.length;
  if (pairs === 0) return Number.NaN;
  const lower = differenceAt(left, right, Math.floor((pairs + 1) / 2));
  return pairs % 2 === 1 ? lower : (lower + differenceAt(left, right, pairs / 2 + 1)) / 2;
}

/** Returns the `rank`-th smallest difference. */
function differenceAt(left: Float64Array, right: Float64Array, rank: number): number {
  let low = (right[0] ?? 0) - (left.at(-1) ?? 0);
  let high = (right.at(-1) ?? 0) - (left[0] ?? 0);
  for (let step = 0; step < 100 && high - low > Math.abs(high) * 1e-12; step += 1) {
    const middle = low + (high - low) / 2;
    if (differencesUpTo(left, right, middle) >= rank) high = middle;
    else low = middle;
    if (middle === low && middle === high) break;
  }
  return high;
}

function differencesUpTo(left: Float64Array, right: Float64Array, limit: number): number {
  // For right[j] − left[i] ≤ limit: as right grows, so does the first left that satisfies it.
  let count = 0;
  let i = 0;
  for (const value of right) {
    while (i < left.length && value - (left[i] ?? 0) > limit) i += 1;
    count += left.length - i;
  }
  return count;
}

/** Returns the largest distance between the two distribution functions, and its p (Kolmogorov-Smirnov, asymptotic). */
export function kolmogorovSmirnov(
  a: readonly number[],
  b: readonly number[],
): { readonly distance: number; readonly p: number } {
  const left = ascending(a);
  const right = ascending(b);
  if (left.length === 0 || right.length === 0) return { distance: Number.NaN, p: 1 };
  let distance = 0;
  for (const value of [...left, ...right]) {
    const gap = Math.abs(countUpTo(left, value) / left.length - countUpTo(right, value) / right.length);
    if (gap > distance) distance = gap;
  }
  const n = Math.sqrt((left.length * right.length) / (left.length + right.length));
  return { distance, p: kolmogorovTail((n + 0.12 + 0.11 / n) * distance) };
}

function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}

/** Expected count of a category below which Pearson's test is not valid (Cochran 1954); rarer ones are counted together. */
const FEWEST_EXPECTED = 5;

/**
 * Compares two samples of categories. Returns half the sum of the differences between their shares (total variation), and p
 * of Pearson's chi-squared test of homogeneity, with the categories that are too rare for it counted together.
 */
export function homogeneity(
  a: readonly string[],
  b: readonly string[],
): { readonly distance: number; readonly p: number } {
  if (a.length === 0 || b.length === 0) return { distance: Number.NaN, p: 1 };
  const counts = new Map<string, { a: number; b: number }>();
  const count = (category: string, sample: 'a' | 'b'): void => {
    const row = counts.get(category) ?? { a: 0, b: 0 };
    counts.set(category, row);
    row[sample] += 1;
  };
  for (const category of a) count(category, 'a');
  for (const category of b) count(category, 'b');
  const rest = { a: 0, b: 0 };
  const rows: { a: number; b: number }[] = [];
  const smaller = Math.min(a.length, b.length) / (a.length + b.length);
  for (const row of counts.values()) {
    if ((row.a + row.b) * smaller >= FEWEST_EXPECTED) rows.push(row);
    else {
      rest.a += row.a;
      rest.b += row.b;
    }
  }
  if (rest.a + rest.b > 0) rows.push(rest);
  let [distance, statistic] = [0, 0];
  for (const row of rows) {
    distance += Math.abs(row.a / a.length - row.b / b.length) / 2;
    const pooled = (row.a + row.b) / (a.length + b.length);
    statistic += (row.a - pooled * a.length) ** 2 / (pooled * a.length);
    statistic += (row.b - pooled * b.length) ** 2 / (pooled * b.length);
  }
  return { distance, p: chiSquaredTail(statistic, rows.length - 1) };
}

/** P(χ² ≥ x), by the cube-root approximation of Wilson and Hilferty (1931). */
function chiSquaredTail(x: number, degrees: number): number {
  if (degrees < 1) return 1;
  const spread = 2 / (9 * degrees);
  return normalCdf((1 - spread - Math.cbrt(x / degrees)) / Math.sqrt(spread));
}

/** Returns the difference of two proportions, b − a, with its interval (Newcombe 1998, method 10). */
export function newcombe(
  hitsA: number,
  nA: number,
  hitsB: number,
  nB: number,
): { readonly value: number; readonly low: number; readonly high: number; readonly p: number } | null {
  if (nA === 0 || nB === 0) return null;
  const [a, b] = [hitsA / nA, hitsB / nB];
  const scoreA = wilson(hitsA, nA);
  const scoreB = wilson(hitsB, nB);
  const value = b - a;
  const pooled = (hitsA + hitsB) / (nA + nB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / nA + 1 / nB));
  return {
    value,
    low: value - Math.hypot(b - (scoreB.low ?? b), (scoreA.high ?? a) - a),
    high: value + Math.hypot((scoreB.high ?? b) - b, a - (scoreA.low ?? a)),
    p: error === 0 ? 1 : twoSided(value / error),
  };
}

/** Returns p-values adjusted for their number (Benjamini and Hochberg 1995), in the order given. */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  const order = ps.map((_, at) => at).toSorted((x, y) => (ps[y] ?? 0) - (ps[x] ?? 0));
  const adjusted = new Array<number>(ps.length).fill(1);
  let least = 1;
  for (const [down, at] of order.entries()) {
    const rank = ps.length - down;
    least = Math.min(least, ((ps[at] ?? 1) * ps.length) / rank);
    adjusted[at] = least;
  }
  return adjusted;
}
