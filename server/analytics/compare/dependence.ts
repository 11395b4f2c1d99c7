/**
 * How much more totals vary than those of independent invocations, estimated from blocks of time. The earlier period is
 * weighted to the later one's mix of strata (direct standardisation), and what the strata differ in is removed first.
 */
import type { SumVariance } from '../statistics/blocks.ts';
import { sumVariance } from '../statistics/blocks.ts';

/** Values of each block of one period, in columns: all lists are as long as the number of blocks. */
export interface Columns {
  readonly strata: Float64Array;
  /** Number of values. */
  readonly n: Float64Array;
  /** Weight of each value; below 1 for values of a burst, which say little more than one of them does. */
  readonly weights: Float64Array;
}

/** A number for each block of both periods. */
export type Sides<T = Float64Array> = readonly [before: T, after: T];

/** A number for each block. */
export function columnOf<T>(blocks: readonly T[], of: (block: T) => number): Float64Array {
  const column = new Float64Array(blocks.length);
  let at = 0;
  for (const block of blocks) {
    column[at] = of(block);
    at += 1;
  }
  return column;
}

export interface Dependence {
  /** Variance of the weighted mean, before and after. */
  readonly variances: readonly [before: number, after: number];
  readonly df: number;
}

/** Blocks for each stratum from which the differences between strata are known well enough to be removed. */
const FEWEST_A_STRATUM = 3;

/** Blocks of one period that have values and a counterpart in the other one. */
interface Matched {
  /** Places among all blocks. */
  readonly at: Int32Array;
  /** Place of the block's stratum in {@link Standardised.sizes}. */
  readonly strata: Int32Array;
  readonly n: Float64Array;
  /** Weight of each value, after standardisation. */
  readonly weights: Float64Array;
  /** Weighted number of values. */
  readonly size: number;
}

/** Blocks of both periods, the earlier ones weighted to the later mix. Several sums over the same values share it. */
export interface Standardised {
  /** Weight of each value of every block; 0 for a block that has nothing to be compared with. */
  readonly weights: Sides;
  readonly matched: Sides<Matched>;
  /** Weights of the earlier values before standardisation, of the matched blocks. */
  readonly own: Float64Array;
  /** Weighted number of earlier values by stratum. */
  readonly sizes: Float64Array;
  /** Matched earlier blocks for each of their strata. */
  readonly perStratum: number;
}

/** Weights each stratum of `before` so that it has the values of `after`. Strata that only one period has are left out. */
export function standardised(before: Columns, after: Columns): Standardised {
  const places = new Map<number, number>();
  const [strataBefore, strataAfter] = [placesOf(before, places), placesOf(after, places)];
  const [has, wanted] = [totals(before, strataBefore, places.size), totals(after, strataAfter, places.size)];
  // By stratum; 0 where only one period has values.
  const factors = wanted.map((n, stratum) => {
    const own = has[stratum] ?? 0;
    return n > 0 && own > 0 ? n / own : 0;
  });
  const weightsBefore = before.weights.map((weight, at) => weight * (factors[strataBefore[at] ?? 0] ?? 0));
  const weightsAfter = after.weights.map((weight, at) => (factors[strataAfter[at] ?? 0] === 0 ? 0 : weight));
  const known = matched(before, strataBefore, weightsBefore, factors);
  return {
    weights: [weightsBefore, weightsAfter],
    matched: [known, matched(after, strataAfter, weightsAfter, factors)],
    own: chosen(before.weights, known.at),
    sizes: has,
    perStratum: known.at.length / distinctIn(known.strata, places.size),
  };
}

/** The place of each block's stratum; strata are numbered in the order in which they are seen. */
function placesOf({ strata }: Columns, places: Map<number, number>): Int32Array {
  const found = new Int32Array(strata.length);
  for (let at = 0; at < strata.length; at += 1) {
    const stratum = strata[at] ?? 0;
    let place = places.get(stratum);
    if (place === undefined) {
      place = places.size;
      places.set(stratum, place);
    }
    found[at] = place;
  }
  return found;
}

function matched({ n }: Columns, strata: Int32Array, weights: Float64Array, factors: Float64Array): Matched {
  const found = new Int32Array(n.length);
  let size = 0;
  for (let block = 0; block < n.length; block += 1) {
    if (!((n[block] ?? 0) > 0) || factors[strata[block] ?? 0] === 0) continue;
    found[size] = block;
    size += 1;
  }
  const at = found.subarray(0, size);
  const [sizes, own] = [chosen(n, at), chosen(weights, at)];
  return { at, strata: chosen(strata, at), n: sizes, weights: own, size: product(own, sizes) };
}

/** How many different places, all below `most`, there are. */
function distinctIn(places: Int32Array, most: number): number {
  const seen = new Uint8Array(most);
  for (const place of places) seen[place] = 1;
  return seen.reduce((sum, one) => sum + one, 0);
}

/** Weighted number of values by stratum. */
function totals({ n, weights }: Columns, strata: Int32Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  for (let at = 0; at < n.length; at += 1) {
    const stratum = strata[at] ?? 0;
    sums[stratum] = (sums[stratum] ?? 0) + (weights[at] ?? 0) * (n[at] ?? 0);
  }
  return sums;
}

/** Values at the places, which ascend. */
function chosen<T extends Float64Array | Int32Array>(values: T, at: Int32Array): T {
  if (at.length === values.length) return values;
  const found = values.slice(0, at.length);
  for (let index = 0; index < at.length; index += 1) found[index] = values[at[index] ?? 0] ?? 0;
  return found as T;
}

/** Σ weight × value. */
export function product(weights: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at += 1) sum += (weights[at] ?? 0) * (values[at] ?? 0);
  return sum;
}

/** `kind` says how the strata of `after` follow from those of `before`: shares shift, means scale. */
type Kind = 'share' | 'mean';

/** What remains of the sums of the matched blocks after their strata and the change are taken away. `sums` are those of all blocks. */
function residualsOf(blocks: Standardised, sums: Sides, kind: Kind): Sides {
  const { own, sizes, perStratum } = blocks;
  const [known, later] = blocks.matched;
  const [sumsBefore, sumsAfter] = [chosen(sums[0], known.at), chosen(sums[1], later.at)];
  const meanBefore = product(known.weights, sumsBefore) / known.size;
  const meanAfter = product(later.weights, sumsAfter) / later.size;
  const seasonal = perStratum >= FEWEST_A_STRATUM;
  const totalsBefore = new Float64Array(sizes.length);
  for (let block = 0; block < sumsBefore.length; block += 1) {
    const stratum = known.strata[block] ?? 0;
    totalsBefore[stratum] = (totalsBefore[stratum] ?? 0) + (own[block] ?? 0) * (sumsBefore[block] ?? 0);
  }
  const expected = sizes.map((n, stratum) => (seasonal && n > 0 ? (totalsBefore[stratum] ?? 0) / n : meanBefore));
  const expectedLater = expected.map((mean) =>
    kind === 'share' ? mean + meanAfter - meanBefore : mean * (meanBefore === 0 ? 1 : meanAfter / meanBefore),
  );
  // Residuals from a mean of few blocks are smaller than the deviations themselves.
  const lost = seasonal ? Math.sqrt(perStratum / (perStratum - 1)) : 1;
  return [deviations(known, sumsBefore, expected, lost), deviations(later, sumsAfter, expectedLater, 1)];
}

/** What the sum of each block exceeds that of values as `expected` of its stratum by, times `scale`. */
function deviations({ n, strata }: Matched, sums: Float64Array, expected: Float64Array, scale: number): Float64Array {
  const found = new Float64Array(sums.length);
  for (let at = 0; at < sums.length; at += 1)
    found[at] = scale * ((sums[at] ?? 0) - (n[at] ?? 0) * (expected[strata[at] ?? 0] ?? 0));
  return found;
}

/** Variance of one value, before and after. */
type Spread = readonly [before: number, after: number];

/**
 * Correlation of two values of the same block, between 0 and 1: by how much squared residuals of blocks exceed those of
 * independent values. `sums` are those of the values of every block.
 */
export function correlationOf(blocks: Standardised, sums: Sides, spread: Spread, kind: Kind): number {
  return correlation(blocks, residualsOf(blocks, sums, kind), spread);
}

function correlation({ matched }: Standardised, residuals: Sides, spread: Spread): number {
  let [excess, pairs] = [0, 0];
  for (const side of [0, 1] as const) {
    const variance = spread[side];
    if (!(variance > 0)) continue;
    const [values, { n }] = [residuals[side], matched[side]];
    for (let at = 0; at < values.length; at += 1) {
      const [value, size] = [values[at] ?? 0, n[at] ?? 0];
      excess += value * value - size * variance;
      pairs += size * (size - 1) * variance;
    }
  }
  return pairs === 0 ? 0 : Math.min(1, Math.max(0, excess / pairs));
}

/**
 * Variances of both means. Within a block, values are equally correlated; what blocks depend on each other beyond that
 * scales the variance. Null below `fewest` effective blocks, less one for the mean of each side.
 */
export function dependenceOf(
  blocks: Standardised,
  sums: Sides,
  spread: Spread,
  kind: Kind,
  fewest: number,
): Dependence | null {
  const residuals = residualsOf(blocks, sums, kind);
  const within = correlation(blocks, residuals, spread);
  const [before, after] = [
    sideOf(blocks.matched[0], residuals[0], spread[0], within),
    sideOf(blocks.matched[1], residuals[1], spread[1], within),
  ];
  let [df, scale] = [0, 0];
  for (const { found, clustered } of [before, after]) {
    if (found === null || !(clustered > 0)) continue;
    df += found.df;
    scale += (found.df * found.variance) / clustered;
  }
  if (df === 0) return null;
  const effective = effectiveBlocks([before, after]) - 2;
  if (!(effective >= fewest)) return null;
  const varianceOf = ({ independent, clustered, matched: { size } }: SideSpread): number =>
    Math.max(independent, (scale / df) * clustered) / size ** 2;
  return { variances: [varianceOf(before), varianceOf(after)], df: Math.min(df, effective) };
}

/** Variances of the weighted sum of one period: as found between blocks, of independent values, and of equally correlated ones. */
interface SideSpread {
  readonly matched: Matched;
  /** Of one value. */
  readonly variance: number;
  /** Correlation of two values of a block. */
  readonly within: number;
  readonly found: SumVariance | null;
  readonly independent: number;
  readonly clustered: number;
}

function sideOf(matched: Matched, residuals: Float64Array, variance: number, within: number): SideSpread {
  const { n, weights } = matched;
  const weighted = new Float64Array(n.length);
  let [squares, designed] = [0, 0];
  for (let at = 0; at < n.length; at += 1) {
    const [weight, size] = [weights[at] ?? 0, n[at] ?? 0];
    weighted[at] = weight * (residuals[at] ?? 0);
    const square = weight * weight * size;
    squares += square;
    designed += square * designOf(size, within);
  }
  const found = sumVariance(weighted);
  return { matched, variance, within, found, independent: variance * squares, clustered: variance * designed };
}

/** By how much equally correlated values of a block vary more than independent ones. */
function designOf(size: number, within: number): number {
  return 1 + (size - 1) * within;
}

/** Effective number of blocks (Carter, Schnepel and Steigerwald 2017): a few large ones show no more than a few. */
function effectiveBlocks(sides: Sides<SideSpread>): number {
  let [parts, squares] = [0, 0];
  for (const { matched, variance, within } of sides) {
    const { n, weights, size } = matched;
    for (let at = 0; at < n.length; at += 1) {
      const [weight, count] = [weights[at] ?? 0, n[at] ?? 0];
      const share = (variance * weight * weight * count * designOf(count, within)) / size ** 2;
      parts += share;
      squares += share * share;
    }
  }
  return parts ** 2 / squares;
}
