/**
 * Intervals from counts by block of time. Invocations are not independent: callers come in bursts, and a slow hour is slow
 * for all of them. What the sums of successive blocks vary by shows how much the total does.
 */
import { Z95 } from './normal.ts';
import type { Rate } from './rate.ts';
import { wilson } from './rate.ts';
import { quantileT } from './student.ts';

/** Variance of the sum of a series, with its degrees of freedom. */
export interface SumVariance {
  readonly variance: number;
  readonly df: number;
}

/** Fewer blocks say nothing about how blocks differ. */
export const FEWEST_BLOCKS = 4;

/** Number of frequencies of so many blocks (Lazarus, Lewis, Stock and Watson 2018). */
export function frequenciesOf(blocks: number): number {
  return Math.ceil(0.4 * blocks ** (2 / 3));
}

/**
 * Variance of the sum of residuals in order of time, from their equally weighted cosine transforms of the lowest
 * frequencies (Müller 2007), whose number is 0.4 T^⅔ (Lazarus, Lewis, Stock and Watson 2018). Dependence between blocks is
 * contained as long as it fades within the shortest of these periods, about 5 T^⅓ blocks. Null below four residuals.
 */
export function sumVariance(residuals: ArrayLike<number>): SumVariance | null {
  const n = residuals.length;
  if (n < FEWEST_BLOCKS) return null;
  const df = frequenciesOf(n);
  let sum = 0;
  for (let j = 1; j <= df; j += 1) {
    const wave = cosinesOf(n, j);
    let transform = 0;
    for (let at = 0; at < n; at += 1) transform += (residuals[at] ?? 0) * (wave[at] ?? 0);
    sum += 2 * transform * transform;
  }
  return { variance: sum / df, df };
}

/** Longer series are rare, and their cosines would take much memory. */
const MOST_REMEMBERED = 400;
const MOST_LENGTHS = 48;
/** Cosines by the length of the series and by frequency: intervals of a list are of series of few different lengths. */
const remembered = new Map<number, Float64Array[]>();

/** The values of the cosine of frequency `j` (from 1) at each of `n` blocks. */
function cosinesOf(n: number, j: number): Float64Array {
  if (n > MOST_REMEMBERED) return cosines(n, j);
  let ofLength = remembered.get(n);
  if (ofLength === undefined) {
    if (remembered.size >= MOST_LENGTHS) remembered.clear();
    ofLength = [];
    remembered.set(n, ofLength);
  }
  ofLength[j - 1] ??= cosines(n, j);
  return ofLength[j - 1] ?? cosines(n, j);
}

function cosines(n: number, j: number): Float64Array {
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1) values[at] = Math.cos((Math.PI * j * (at + 0.5)) / n);
  return values;
}

/** Hits among the invocations of one block of time. */
export interface BlockCount {
  readonly hits: number;
  readonly n: number;
}

/**
 * A proportion with its interval from blocks in order of time: Wilson's score interval at the effective sample size (Rao
 * and Scott 1992), with Student's t (Korn and Graubard 1998). Never narrower than that of independent invocations, and
 * that interval itself, without `blocks`, where fewer than four blocks have invocations or where all or none are hits.
 */
export function clusteredRate(counts: readonly BlockCount[]): Rate {
  return clusteredRateOf(
    counts.map(({ hits }) => hits),
    counts.map(({ n }) => n),
  );
}

/** As {@link clusteredRate}, from lists: `hits` among the invocations of each block. */
export function clusteredRateOf(hits: readonly number[], among: readonly number[]): Rate {
  let [allHits, all] = [0, 0];
  for (let at = 0; at < among.length; at += 1) {
    const n = among[at] ?? 0;
    if (n <= 0) continue;
    allHits += hits[at] ?? 0;
    all += n;
  }
  // No block varies.
  if (allHits === 0 || allHits === all) return wilson(allHits, all);
  const rate = allHits / all;
  const residuals: number[] = [];
  for (let at = 0; at < among.length; at += 1) {
    const n = among[at] ?? 0;
    if (n > 0) residuals.push((hits[at] ?? 0) - rate * n);
  }
  const spread = sumVariance(residuals);
  if (spread === null) return wilson(allHits, all);
  const design = Math.max(1, spread.variance / (all * rate * (1 - rate)));
  const wider = design * (quantileT(spread.df) / Z95) ** 2;
  const { low, high } = wilson(allHits / wider, all / wider);
  return { value: rate, low, high, n: all, blocks: residuals.length };
}
