/**
 * Intervals of quantiles from sketches by block of time (Woodruff 1952; Francisco and Fuller 1991). Values are not
 * independent: a slow hour is slow for all of its invocations. So the share of values below the quantile gets the variance
 * that the blocks show, and the interval of that share is inverted within the sketch.
 */
import { count } from '../../../ingest/text/quantities.ts';
import type { CodedReason, Reason } from '../../../ingest/text/reason.ts';
import { coded, reasonOf } from '../../../ingest/text/reason.ts';
import { binEdges, RELATIVE_ERROR, Sketch } from '../sketch/sketch.ts';
import { FEWEST_BLOCKS, frequenciesOf, sumVariance } from './blocks.ts';
import { Z95 } from './normal.ts';
import { incompleteBeta, quantileT } from './student.ts';

/** The reason says why an end is not known, or neither. */
export interface QuantileInterval extends CodedReason {
  /** Edges of bins of the sketch; null if not known. Few values show where the quantile begins, but not how far it may go. */
  readonly low: number | null;
  readonly high: number | null;
  /** Independent values that would give the same interval; null where too few blocks show how values depend on each other. */
  readonly effectiveN: number | null;
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

/** Bins of values in ascending order. */
interface Bins {
  readonly bins: readonly number[];
  /** Number of values up to and in each bin. */
  readonly upTo: readonly number[];
}

/** 95 % intervals of the quantiles of all values of `blocks`, which are in order of time. */
export function quantileIntervals(blocks: readonly Sketch[]): QuantileIntervals {
  const used = blocks.filter((block) => block.count > 0);
  const all = new Sketch();
  for (const block of used) all.merge(block);
  const values = { all: binsOf(all), blocks: used.map(binsOf) };
  return {
    p50: intervalOf(values, 0.5),
    p95: intervalOf(values, 0.95),
    p99: intervalOf(values, 0.99),
    blocks: used.length,
    resolution: RELATIVE_ERROR,
  };
}

/** Values in total and by block of time. */
interface Values {
  readonly all: Bins;
  readonly blocks: readonly Bins[];
}

function intervalOf(values: Values, q: number): QuantileInterval {
  const unknown = (reason: Reason, effectiveN: number | null = null) => ({
    ...{ low: null, high: null, effectiveN },
    ...coded(reason),
  });
  const { all, blocks } = values;
  const n = sizeOf(all);
  if (n === 0) return unknown(reasonOf('interval-no-values'));
  if (blocks.length < FEWEST_BLOCKS) {
    return unknown(reasonOf('interval-few-blocks', { blocks: blocks.length, required: FEWEST_BLOCKS }));
  }
  const at = binAt(all, Math.max(1, Math.ceil(q * n)));
  // The quantile is somewhere in its bin, so both edges count. A tail that happened to come in few blocks says little about
  // how clustered it is: the shares at the interval's own ends count as well, where more values are on the rare side.
  const middle = effectiveSize(values, [at - 1, at]);
  const first = endsOf(all, q, middle);
  const edges = [first.low === null ? null : first.low - 1, first.high].filter((edge) => edge !== null);
  const effectiveN = Math.min(middle, effectiveSize(values, edges));
  const { low, high } = effectiveN === middle ? first : endsOf(all, q, effectiveN);
  if (low !== null && high !== null)
    return { low: binEdges(low)[0], high: binEdges(high)[1], effectiveN, reason: null };
  const worth = { values: count(n), worth: count(Math.floor(effectiveN)), required: fewestFor(q) };
  if (low === null) return unknown(reasonOf('interval-few-values', worth), effectiveN);
  return { ...unknown(reasonOf('interval-few-values-above', worth), effectiveN), low: binEdges(low)[0] };
}

/** Bins at the ranks between which the quantile lies; null where the rank would be outside the sample. */
function endsOf(all: Bins, q: number, effectiveN: number): { low: number | null; high: number | null } {
  const n = sizeOf(all);
  const inAll = (rank: number): number => (rank / effectiveN) * n;
  const lowBin = (rank: number): number => binAt(all, Math.max(1, Math.floor(inAll(rank))));
  const highBin = (rank: number): number => binAt(all, Math.min(n, Math.ceil(inAll(rank))));
  const { lower, upper } = rankLimits(q, effectiveN, { lower: lowBin, upper: highBin });
  return { low: lower === null ? null : lowBin(lower), high: upper === null ? null : highBin(upper) };
}

/**
 * n over the largest design effect of the shares of values up to the bins in `upTo`, reduced for the few frequencies that the
 * effect comes from (Korn and Graubard 1998).
 */
function effectiveSize({ all, blocks }: Values, upTo: readonly number[]): number {
  const n = sizeOf(all);
  let [design, df] = [1, frequenciesOf(blocks.length)];
  for (const bin of upTo) {
    const share = sizeUpTo(all, bin) / n;
    if (share <= 0 || share >= 1) continue;
    const spread = sumVariance(blocks.map((block) => sizeUpTo(block, bin) - share * sizeOf(block)));
    if (spread === null) continue;
    df = spread.df;
    design = Math.max(design, spread.variance / (n * share * (1 - share)));
  }
  return (n / design) * (Z95 / quantileT(df)) ** 2;
}

const TAIL = 0.025;
/** Above this size, the continued fraction of the beta function is slow and the expansion of the binomial exact enough. */
const LARGE = 10_000;

/** What a rank is wanted for: the rank need be no more exact than that. Neither may fall as the rank rises. */
interface Use {
  readonly lower: (rank: number) => number;
  readonly upper: (rank: number) => number;
}

const THE_RANKS: Use = { lower: (rank) => rank, upper: (rank) => rank };

/**
 * Ranks between which the quantile of `n` independent values lies with at least 95 % probability, whatever their
 * distribution: below the first one, and from the second one on, there are as many values with 2.5 % probability (binomial
 * distribution). Continuous in `n`. A rank outside the sample is null: all values would be on one side of the quantile too often.
 */
export function rankLimits(
  q: number,
  n: number,
  use = THE_RANKS,
): { readonly lower: number | null; readonly upper: number | null } {
  if (n > LARGE) {
    // Cornish-Fisher expansion with the skewness, and half a rank for continuity.
    const middle = n * q + ((Z95 ** 2 - 1) * (1 - 2 * q)) / 6 + 0.5;
    const half = Z95 * Math.sqrt(n * q * (1 - q));
    return { lower: middle - half, upper: middle + half };
  }
  return {
    lower: n < fewestAbove(1 - q) ? null : rankWith(q, n, 1 - TAIL, use.lower),
    upper: n < fewestAbove(q) ? null : rankWith(q, n, TAIL, use.upper),
  };
}

/** The rank r for which P(at least r of n values below the quantile) is `probability`, or another of the same use. */
function rankWith(q: number, n: number, probability: number, use: (rank: number) => number): number {
  let [low, high] = [1, n];
  for (let step = 0; step < 50 && use(low) !== use(high); step += 1) {
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

function binsOf(sketch: Sketch): Bins {
  const bins: number[] = [];
  const upTo: number[] = [];
  let seen = 0;
  sketch.forEachBin((bin, n) => {
    seen += n;
    bins.push(bin);
    upTo.push(seen);
  });
  return { bins, upTo };
}

function sizeOf({ upTo }: Bins): number {
  return upTo.at(-1) ?? 0;
}

/** Values in bins up to `bin`. */
function sizeUpTo({ bins, upTo }: Bins, bin: number): number {
  return upTo[firstAbove(bins, bin) - 1] ?? 0;
}

/** The bin that holds the value at `rank`, counted from 1. */
function binAt({ bins, upTo }: Bins, rank: number): number {
  let [from, to] = [0, upTo.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((upTo[middle] ?? 0) >= rank) to = middle;
    else from = middle + 1;
  }
  return bins[from] ?? bins.at(-1) ?? Number.NaN;
}

/** Index of the first of ascending values that is above `value`, or their number. */
function firstAbove(values: readonly number[], value: number): number {
  let [from, to] = [0, values.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((values[middle] ?? 0) > value) to = middle;
    else from = middle + 1;
  }
  return from;
}
