/**
 * Intervals of quantiles from sketches by block of time (Woodruff 1952; Francisco and Fuller 1991). Values are not
 * independent: a slow hour is slow for all of its invocations. So the share of values below the quantile gets the variance
 * that the blocks show, and the interval of that share is inverted within the sketch.
 */
import { count, plural } from '../../../ingest/text/quantities.ts';
import type { Sketch } from '../sketch/sketch.ts';
import { binEdges, RELATIVE_ERROR } from '../sketch/sketch.ts';
import { FEWEST_BLOCKS, sumVariance } from './blocks.ts';
import { Z95 } from './normal.ts';
import { incompleteBeta, quantileT } from './student.ts';

export interface QuantileInterval {
  /** Edges of bins of the sketch; null, both of them, if not known. */
  readonly low: number | null;
  readonly high: number | null;
  /** Independent values that would give the same interval; null where too few blocks show how values depend on each other. */
  readonly effectiveN: number | null;
  /** Why there is no interval; null if there is one. */
  readonly reason: string | null;
}

export interface QuantileIntervals {
  readonly p50: QuantileInterval;
  readonly p95: QuantileInterval;
  readonly p99: QuantileInterval;
  /** Blocks of time with values. */
  readonly blocks: number;
  /** Relative error of a bound: half the width of a bin. */
  readonly resolution: number;
}

type Bins = readonly (readonly [bin: number, n: number])[];

/** 95 % intervals of the quantiles of all values of `blocks`, which are in order of time. */
export function quantileIntervals(blocks: readonly Sketch[]): QuantileIntervals {
  const used = blocks.filter((block) => block.count > 0).map((block) => block.bins());
  const bins = mergedBins(used);
  return {
    p50: intervalOf(bins, used, 0.5),
    p95: intervalOf(bins, used, 0.95),
    p99: intervalOf(bins, used, 0.99),
    blocks: used.length,
    resolution: RELATIVE_ERROR,
  };
}

function intervalOf(bins: Bins, blocks: readonly Bins[], q: number): QuantileInterval {
  const unknown = (reason: string, effectiveN: number | null = null) => ({ low: null, high: null, effectiveN, reason });
  const n = sizeOf(bins);
  if (n === 0) return unknown('No values in this time range.');
  if (blocks.length < FEWEST_BLOCKS) {
    return unknown(
      `The values are in ${plural(blocks.length, 'block')} of time; ${FEWEST_BLOCKS} are required to know how much they differ.`,
    );
  }
  const effectiveN = effectiveSize(bins, blocks, q);
  const required = fewestFor(q);
  const ranks = rankLimits(q, effectiveN);
  if (ranks === null) {
    return unknown(
      `The ${count(n)} values are worth ${count(Math.floor(effectiveN))} independent ones; ${required} are required.`,
      effectiveN,
    );
  }
  const [lower, upper] = ranks.map((rank) => (rank / effectiveN) * n) as [number, number];
  const [low] = binEdges(binAt(bins, Math.max(1, Math.floor(lower))));
  const [, high] = binEdges(binAt(bins, Math.min(n, Math.ceil(upper))));
  return { low, high, effectiveN, reason: null };
}

/**
 * n over the design effect of the share of values below the quantile, reduced for the few frequencies that the effect comes
 * from (Korn and Graubard 1998). The quantile is somewhere in its bin: the larger effect of the bin's two edges counts.
 */
function effectiveSize(bins: Bins, blocks: readonly Bins[], q: number): number {
  const n = sizeOf(bins);
  const at = binAt(bins, Math.max(1, Math.ceil(q * n)));
  let [design, df] = [1, 1];
  for (const isBelow of [(bin: number) => bin < at, (bin: number) => bin <= at]) {
    const share = sizeOf(bins, isBelow) / n;
    const spread = sumVariance(blocks.map((block) => sizeOf(block, isBelow) - share * sizeOf(block)));
    if (spread === null) continue;
    df = spread.df;
    if (share > 0 && share < 1) design = Math.max(design, spread.variance / (n * share * (1 - share)));
  }
  return (n / design) * (Z95 / quantileT(df)) ** 2;
}

const TAIL = 0.025;
/** Above this size, the continued fraction of the beta function is slow and the expansion of the binomial exact enough. */
const LARGE = 10_000;

/**
 * Ranks between which the quantile of `n` independent values lies with at least 95 % probability, whatever their
 * distribution: below the first one, and from the second one on, there are as many values with 2.5 % probability (binomial
 * distribution). Continuous in `n`. Null if one of the ranks would be outside the sample.
 */
export function rankLimits(q: number, n: number): readonly [lower: number, upper: number] | null {
  if (n < fewestFor(q)) return null;
  if (n > LARGE) {
    // Cornish-Fisher expansion with the skewness, and half a rank for continuity.
    const middle = n * q + ((Z95 ** 2 - 1) * (1 - 2 * q)) / 6 + 0.5;
    const half = Z95 * Math.sqrt(n * q * (1 - q));
    return [middle - half, middle + half];
  }
  return [rankWith(q, n, 1 - TAIL), rankWith(q, n, TAIL)];
}

/** The rank r for which P(at least r of n values below the quantile) is `probability`. */
function rankWith(q: number, n: number, probability: number): number {
  let [low, high] = [1, n];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (incompleteBeta(q, middle, n - middle + 1) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Fewer independent values are all on one side of the quantile with more than 2.5 % probability. */
function fewestFor(q: number): number {
  return Math.ceil(Math.log(TAIL) / Math.log(Math.max(q, 1 - q)));
}

function mergedBins(blocks: readonly Bins[]): Bins {
  const merged = new Map<number, number>();
  for (const block of blocks) for (const [bin, n] of block) merged.set(bin, (merged.get(bin) ?? 0) + n);
  return [...merged].toSorted(([a], [b]) => a - b);
}

function sizeOf(bins: Bins, isCounted: (bin: number) => boolean = () => true): number {
  return bins.reduce((sum, [bin, n]) => (isCounted(bin) ? sum + n : sum), 0);
}

/** The bin that holds the value at `rank`, counted from 1. */
function binAt(bins: Bins, rank: number): number {
  let seen = 0;
  for (const [bin, n] of bins) {
    seen += n;
    if (seen >= rank) return bin;
  }
  return bins.at(-1)?.[0] ?? Number.NaN;
}
