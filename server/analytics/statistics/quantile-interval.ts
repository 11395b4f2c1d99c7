/**
 * Intervals of quantiles from sketches by block of time (Woodruff 1952; Francisco and Fuller 1991). Values are not
 * independent: a slow hour is slow for all of its invocations. So the share of values below the quantile gets the variance
 * that the blocks show, and the interval of that share is inverted within the sketch.
 */
import { count, plural } from '../../../ingest/text/quantities.ts';
import type { Sketch } from '../sketch/sketch.ts';
import { binEdges, RELATIVE_ERROR } from '../sketch/sketch.ts';
import { FEWEST_BLOCKS, frequenciesOf, sumVariance } from './blocks.ts';
import { Z95 } from './normal.ts';
import { incompleteBeta, quantileT } from './student.ts';

export interface QuantileInterval {
  /** Edges of bins of the sketch; null if not known. Few values show where the quantile begins, but not how far it may go. */
  readonly low: number | null;
  readonly high: number | null;
  /** Independent values that would give the same interval; null where too few blocks show how values depend on each other. */
  readonly effectiveN: number | null;
  /** Why an end is not known, or neither; null if both are known. */
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
  const at = binAt(bins, Math.max(1, Math.ceil(q * n)));
  // The quantile is somewhere in its bin, so both edges count. A tail that happened to come in few blocks says little about
  // how clustered it is: the shares at the interval's own ends count as well, where more values are on the rare side.
  const middle = effectiveSize(bins, blocks, [at - 1, at]);
  const first = endsOf(bins, n, q, middle);
  const edges = [first.low === null ? null : first.low - 1, first.high].filter((edge) => edge !== null);
  const effectiveN = Math.min(middle, effectiveSize(bins, blocks, edges));
  const { low, high } = endsOf(bins, n, q, effectiveN);
  if (low !== null && high !== null)
    return { low: binEdges(low)[0], high: binEdges(high)[1], effectiveN, reason: null };
  const worth = `The ${count(n)} values are worth ${count(Math.floor(effectiveN))} independent ones; ${fewestFor(q)} are required`;
  if (low === null) return unknown(`${worth}.`, effectiveN);
  return { low: binEdges(low)[0], high: null, effectiveN, reason: `${worth} to know the upper end.` };
}

/** Bins at the ranks between which the quantile lies; null where the rank would be outside the sample. */
function endsOf(bins: Bins, n: number, q: number, effectiveN: number): { low: number | null; high: number | null } {
  const { lower, upper } = rankLimits(q, effectiveN);
  const inAll = (rank: number): number => (rank / effectiveN) * n;
  return {
    low: lower === null ? null : binAt(bins, Math.max(1, Math.floor(inAll(lower)))),
    high: upper === null ? null : binAt(bins, Math.min(n, Math.ceil(inAll(upper)))),
  };
}

/**
 * n over the largest design effect of the shares of values up to the bins in `upTo`, reduced for the few frequencies that the
 * effect comes from (Korn and Graubard 1998).
 */
function effectiveSize(bins: Bins, blocks: readonly Bins[], upTo: readonly number[]): number {
  const n = sizeOf(bins);
  const sizes = blocks.map((block) => sizeOf(block));
  let [design, df] = [1, frequenciesOf(blocks.length)];
  for (const bin of upTo) {
    const share = sizeOf(bins, bin) / n;
    if (share <= 0 || share >= 1) continue;
    const spread = sumVariance(blocks.map((block, at) => sizeOf(block, bin) - share * (sizes[at] ?? 0)));
    if (spread === null) continue;
    df = spread.df;
    design = Math.max(design, spread.variance / (n * share * (1 - share)));
  }
  return (n / design) * (Z95 / quantileT(df)) ** 2;
}

const TAIL = 0.025;
/** Above this size, the continued fraction of the beta function is slow and the expansion of the binomial exact enough. */
const LARGE = 10_000;

/**
 * Ranks between which the quantile of `n` independent values lies with at least 95 % probability, whatever their
 * distribution: below the first one, and from the second one on, there are as many values with 2.5 % probability (binomial
 * distribution). Continuous in `n`. A rank outside the sample is null: all values would be on one side of the quantile too often.
 */
export function rankLimits(q: number, n: number): { readonly lower: number | null; readonly upper: number | null } {
  if (n > LARGE) {
    // Cornish-Fisher expansion with the skewness, and half a rank for continuity.
    const middle = n * q + ((Z95 ** 2 - 1) * (1 - 2 * q)) / 6 + 0.5;
    const half = Z95 * Math.sqrt(n * q * (1 - q));
    return { lower: middle - half, upper: middle + half };
  }
  return {
    lower: n < fewestAbove(1 - q) ? null : rankWith(q, n, 1 - TAIL),
    upper: n < fewestAbove(q) ? null : rankWith(q, n, TAIL),
  };
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
  return fewestAbove(Math.max(q, 1 - q));
}

/** Fewer independent values are all on the side that has the share `share` with more than 2.5 % probability. */
function fewestAbove(share: number): number {
  return Math.ceil(Math.log(TAIL) / Math.log(share));
}

function mergedBins(blocks: readonly Bins[]): Bins {
  const merged = new Map<number, number>();
  for (const block of blocks) for (const [bin, n] of block) merged.set(bin, (merged.get(bin) ?? 0) + n);
  return [...merged].toSorted(([a], [b]) => a - b);
}

/** Values in bins up to `upTo`. */
function sizeOf(bins: Bins, upTo = Number.POSITIVE_INFINITY): number {
  let sum = 0;
  for (const [bin, n] of bins) if (bin <= upTo) sum += n;
  return sum;
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
