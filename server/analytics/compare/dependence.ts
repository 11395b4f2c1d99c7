/**
 * How much more totals vary than those of independent invocations, estimated from blocks of time. The earlier period is
 * weighted to the later one's mix of strata (direct standardisation), and what the strata differ in is removed first.
 */
import { sumVariance } from '../statistics/blocks.ts';

/** A sum over some values of one block of time. */
export interface Cell {
  readonly stratum: number;
  readonly n: number;
  readonly sum: number;
  /** Weight of each value; below 1 for values of a burst, which say little more than one of them does. */
  readonly weight: number;
}

export interface Dependence {
  /** Variance of the weighted mean, before and after. */
  readonly variances: readonly [before: number, after: number];
  readonly df: number;
}

/** Blocks for each stratum from which the differences between strata are known well enough to be removed. */
const FEWEST_A_STRATUM = 3;

/** Weight of each stratum of `before` that gives it the values of `after`; none for those that only one side has. */
export function weightsOf(before: readonly Cell[], after: readonly Cell[]): ReadonlyMap<number, number> {
  const [has, wanted] = [totals(before), totals(after)];
  return new Map(
    [...wanted].flatMap(([stratum, { n }]) => {
      const own = has.get(stratum)?.n ?? 0;
      return n > 0 && own > 0 ? [[stratum, n / own] as const] : [];
    }),
  );
}

/** What remains of a block's sum after its stratum and the change are taken away. */
interface Residual {
  readonly n: number;
  readonly value: number;
  /** Weight of each value. */
  readonly weight: number;
}

interface Residuals {
  readonly before: readonly Residual[];
  readonly after: readonly Residual[];
}

/** `kind` says how the strata of `after` follow from those of `before`: shares shift, means scale. */
function residualsOf(before: readonly Cell[], after: readonly Cell[], kind: 'share' | 'mean'): Residuals {
  const weights = weightsOf(before, after);
  const known = before.filter(({ stratum, n }) => n > 0 && weights.has(stratum));
  const later = after.filter(({ stratum, n }) => n > 0 && weights.has(stratum));
  const weightOf = ({ stratum, weight }: Cell): number => weight * (weights.get(stratum) ?? 0);
  const meanOf = (cells: readonly Cell[], times: (cell: Cell) => number): number =>
    total(cells, (cell) => times(cell) * cell.sum) / total(cells, (cell) => times(cell) * cell.n);
  const [meanBefore, meanAfter] = [meanOf(known, weightOf), meanOf(later, ({ weight }) => weight)];
  const perStratum = known.length / weights.size;
  const seasonal = perStratum >= FEWEST_A_STRATUM;
  const strata = totals(known);
  const expected = ({ stratum }: Cell): number => {
    const own = strata.get(stratum);
    return seasonal && own !== undefined && own.n > 0 ? own.sum / own.n : meanBefore;
  };
  const expectedLater = (cell: Cell): number =>
    kind === 'share'
      ? expected(cell) + meanAfter - meanBefore
      : expected(cell) * (meanBefore === 0 ? 1 : meanAfter / meanBefore);
  // Residuals from a mean of few blocks are smaller than the deviations themselves.
  const lost = seasonal ? Math.sqrt(perStratum / (perStratum - 1)) : 1;
  return {
    before: known.map((cell) => ({
      n: cell.n,
      value: lost * (cell.sum - cell.n * expected(cell)),
      weight: weightOf(cell),
    })),
    after: later.map((cell) => ({
      n: cell.n,
      value: cell.sum - cell.n * expectedLater(cell),
      weight: cell.weight,
    })),
  };
}

type Spread = readonly [before: number, after: number];

/**
 * Correlation of two values of the same block, between 0 and 1: by how much squared residuals of blocks exceed those of
 * independent values. `spread` is the variance of one value, before and after.
 */
export function correlationOf(
  before: readonly Cell[],
  after: readonly Cell[],
  spread: Spread,
  kind: 'share' | 'mean',
): number {
  return correlation(residualsOf(before, after, kind), spread);
}

function correlation(residuals: Residuals, spread: Spread): number {
  let [excess, pairs] = [0, 0];
  for (const [side, blocks] of [residuals.before, residuals.after].entries()) {
    const variance = spread[side === 0 ? 0 : 1];
    if (!(variance > 0)) continue;
    for (const { n, value } of blocks) {
      excess += value * value - n * variance;
      pairs += n * (n - 1) * variance;
    }
  }
  return pairs === 0 ? 0 : Math.min(1, Math.max(0, excess / pairs));
}

/**
 * Variances of both means. Within a block, values are equally correlated; what blocks depend on each other beyond that
 * scales the variance. Null below `fewest` effective blocks, less one for the mean of each side.
 */
export function dependenceOf(
  before: readonly Cell[],
  after: readonly Cell[],
  spread: Spread,
  kind: 'share' | 'mean',
  fewest: number,
): Dependence | null {
  const residuals = residualsOf(before, after, kind);
  const within = correlation(residuals, spread);
  const sides = ([residuals.before, residuals.after] as const).map((blocks, side) => {
    const variance = spread[side === 0 ? 0 : 1];
    const sum = (of: (block: Residual) => number): number => blocks.reduce((all, block) => all + of(block), 0);
    const size = sum(({ weight, n }) => weight * n);
    return {
      size,
      shares: blocks.map(({ weight, n }) => (variance * weight * weight * n * (1 + (n - 1) * within)) / size ** 2),
      found: sumVariance(blocks.map(({ weight, value }) => weight * value)),
      independent: variance * sum(({ weight, n }) => weight * weight * n),
      clustered: variance * sum(({ weight, n }) => weight * weight * n * (1 + (n - 1) * within)),
    };
  });
  let [df, scale] = [0, 0];
  for (const { found, clustered } of sides) {
    if (found === null || !(clustered > 0)) continue;
    df += found.df;
    scale += (found.df * found.variance) / clustered;
  }
  if (df === 0) return null;
  // Effective number of blocks (Carter, Schnepel and Steigerwald 2017): a few large ones show no more than a few.
  let [parts, squares] = [0, 0];
  for (const { shares } of sides) {
    for (const share of shares) {
      parts += share;
      squares += share * share;
    }
  }
  const effective = parts ** 2 / squares - 2;
  if (!(effective >= fewest)) return null;
  const [a = Number.NaN, b = Number.NaN] = sides.map(
    ({ independent, clustered, size }) => Math.max(independent, (scale / df) * clustered) / size ** 2,
  );
  return { variances: [a, b], df: Math.min(df, effective) };
}

/** Weighted sums by stratum. */
function totals(cells: readonly Cell[]): ReadonlyMap<number, { n: number; sum: number }> {
  const strata = new Map<number, { n: number; sum: number }>();
  for (const { stratum, n, sum, weight } of cells) {
    const own = strata.get(stratum) ?? { n: 0, sum: 0 };
    strata.set(stratum, own);
    own.n += weight * n;
    own.sum += weight * sum;
  }
  return strata;
}

function total(cells: readonly Cell[], of: (cell: Cell) => number): number {
  return cells.reduce((sum, cell) => sum + of(cell), 0);
}
