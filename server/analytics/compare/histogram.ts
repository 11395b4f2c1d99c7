/** A sample as stored in rollups: counts of values by ascending bin (relative error at most 1 %). */
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
  return {
    value: valueAt(histogram, Math.ceil(q * n)),
    low: valueAt(histogram, Math.floor(q * n - ranks)),
    high: valueAt(histogram, Math.ceil(q * n + ranks) + 1),
  };
}

/** Mean and variance of the values; null for fewer than two. */
export function momentsOf(histogram: Histogram): { readonly mean: number; readonly variance: number } | null {
  const n = countOf(histogram);
  if (n < 2) return null;
  const mean = histogram.reduce((sum, [at, count]) => sum + at * count, 0) / n;
  const squares = histogram.reduce((sum, [at, count]) => sum + count * (at - mean) ** 2, 0);
  return { mean, variance: squares / (n - 1) };
}

/** Adds histograms, each times its weight. */
export function weighted(parts: readonly (readonly [Histogram, weight: number])[]): Histogram {
  const counts = new Map<number, number>();
  for (const [histogram, weight] of parts) {
    for (const bin of histogram) counts.set(bin[0], (counts.get(bin[0]) ?? 0) + bin[1] * weight);
  }
  return [...counts].toSorted((a, b) => a[0] - b[0]);
}

/** Histograms over the same values. */
export interface Table {
  /** All values of the histograms, ascending. */
  readonly values: readonly number[];
  readonly columns: ReadonlyMap<Histogram, Columns>;
}

interface Columns {
  /** Position of each bin of a histogram among the values. */
  readonly places: Int32Array;
  readonly counts: Float64Array;
}

/** Finds the values of histograms, which are added in several ways afterwards. */
export function tableOf(histograms: readonly Histogram[]): Table {
  let values: readonly number[] = [];
  // Most hold no value that those before did not.
  for (const histogram of histograms) if (!holdsAll(values, histogram)) values = merged(values, histogram);
  return { values, columns: new Map(histograms.map((histogram) => [histogram, columnsOf(values, histogram)])) };
}

function holdsAll(values: readonly number[], histogram: Histogram): boolean {
  let place = 0;
  for (const bin of histogram) {
    while (place < values.length && (values[place] ?? 0) < bin[0]) place += 1;
    if (values[place] !== bin[0]) return false;
  }
  return true;
}

/** All values of both, ascending. */
function merged(values: readonly number[], histogram: Histogram): readonly number[] {
  const all: number[] = [];
  let place = 0;
  for (const [value] of histogram) {
    for (let one = values[place]; one !== undefined && one <= value; one = values[place]) {
      if (one < value) all.push(one);
      place += 1;
    }
    all.push(value);
  }
  return [...all, ...values.slice(place)];
}

function columnsOf(values: readonly number[], histogram: Histogram): Columns {
  const places = new Int32Array(histogram.length);
  const counts = new Float64Array(histogram.length);
  let [at, place] = [0, 0];
  for (const bin of histogram) {
    while ((values[place] ?? bin[0]) < bin[0]) place += 1;
    places[at] = place;
    counts[at] = bin[1];
    at += 1;
  }
  return { places, counts };
}

/** As {@link weighted}, of histograms of a table. */
export function weightedIn(
  { values, columns }: Table,
  parts: readonly (readonly [Histogram, weight: number])[],
): Histogram {
  const sums = new Float64Array(values.length);
  for (const [histogram, weight] of parts) {
    const own = columns.get(histogram);
    if (own === undefined) continue;
    const { places, counts } = own;
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at] ?? 0;
      sums[place] = (sums[place] ?? 0) + (counts[at] ?? 0) * weight;
    }
  }
  return values.map((value, place) => [value, sums[place] ?? 0]);
}

/** Values above `limit`. */
export function countAbove(histogram: Histogram, limit: number): number {
  let sum = 0;
  for (let at = histogram.length - 1; at >= 0; at -= 1) {
    const bin = histogram[at];
    if (bin === undefined || bin[0] <= limit) break;
    sum += bin[1];
  }
  return sum;
}

function valueAt(histogram: Histogram, rank: number): number {
  let seen = 0;
  for (const bin of histogram) {
    seen += bin[1];
    if (seen >= rank) return bin[0];
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
