/** Compares two periods of one function metric by metric and decides whether it improved or got worse. */
import { Z95 } from '../statistics/normal.ts';
import { quantileT, twoSidedT } from '../statistics/student.ts';
import { benjaminiHochberg, newcombe } from '../statistics/two-samples.ts';
import type { Controls } from './controls.ts';
import { uncontrolled } from './controls.ts';
import type { Cell } from './dependence.ts';
import { correlationOf, dependenceOf, weightsOf } from './dependence.ts';
import type { Estimate, Histogram } from './histogram.ts';
import { countAbove, countOf, momentsOf, quantileEstimate, relativeChange, tableOf, weightedIn } from './histogram.ts';
import type { Block, Period } from './period.ts';
import type { Sizes } from './reasons.ts';
import { errorsNotKnown, NOT_POSITIVE, noPrice, tooFew, tooFewBlocks, tooFewIndependent } from './reasons.ts';

export type Verdict = 'improved' | 'worse' | 'no-evidence' | 'insufficient-data';
export type ComparedMetric = 'p50' | 'p95' | 'p99' | 'initP50' | 'errorRate' | 'coldStartRate' | 'costPer1k';

export interface Difference {
  readonly metric: ComparedMetric;
  readonly unit: 'ms' | 'ratio' | 'USD';
  readonly before: number | null;
  readonly after: number | null;
  /** Relative change for ms and USD (0.2 means 20 % more), otherwise difference of the ratios; with its 95 % interval. */
  readonly change: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided p of "no change", adjusted for the number of tests in its family. */
  readonly p: number | null;
  readonly verdict: Verdict;
  /** Why the metric cannot be compared; null if it can. */
  readonly reason: string | null;
}

/** Smaller relative changes do not matter, however significant. */
const LEAST_CHANGE = 0.05;
/** Minimum change of error and cold-start rates: half a percentage point. */
const LEAST_POINTS = 0.005;
const FALSE_ALARMS = 0.05;
const FEWEST = 50;
const FEWEST_INITS = 30;
/** Minimum number of values expected beyond a quantile. */
const FEWEST_IN_TAIL = 5;
/** Effective blocks below which the t distribution does not hold (Cameron and Miller 2015); damping makes blocks alike. */
const FEWEST_EFFECTIVE = 15;
const FEWEST_DAMPED = 2;

/** Metrics that say the same in different words: p values are adjusted for the number of tests within a family. */
const FAMILY: Readonly<Record<ComparedMetric, 'duration' | 'start' | 'failure'>> = {
  p50: 'duration',
  p95: 'duration',
  p99: 'duration',
  costPer1k: 'duration',
  initP50: 'start',
  coldStartRate: 'start',
  errorRate: 'failure',
};

/** Returns the difference of each metric, adjusted for the number of its family (Benjamini-Hochberg). */
export function differencesOf(
  before: Period,
  after: Period,
  controls: Controls = uncontrolled(before, after),
): readonly Difference[] {
  const [durations, inits] = [
    valuesOf(controls, ({ durationMs }) => durationMs),
    valuesOf(controls, ({ initMs }) => initMs),
  ];
  const damping = dampingOf(controls, durations);
  const all = uncontrolled(before, after);
  const sides: Compared = {
    ...controls,
    blockMs: after.blockMs,
    isPart: controls.before.length + controls.after.length < all.before.length + all.after.length,
  };
  const compared = [
    quantileDifference('p50', sides, durations, 0.5, FEWEST, damping),
    quantileDifference('p95', sides, durations, 0.95, FEWEST, damping),
    quantileDifference('p99', sides, durations, 0.99, FEWEST, damping),
    quantileDifference('initP50', sides, inits, 0.5, FEWEST_INITS, damping),
    before.errorsUnknown + after.errorsUnknown > 0
      ? insufficient(
          'errorRate',
          'ratio',
          [errorShareOf(before), errorShareOf(after)],
          errorsNotKnown(before.errorsUnknown + after.errorsUnknown),
        )
      : rateDifference('errorRate', sides, ({ errors }) => errors),
    rateDifference('coldStartRate', sides, ({ coldStarts }) => coldStarts),
    costDifference(before, after, sides),
  ];
  return compared.map((one) => {
    if (one.p === null) return one;
    const family = compared.filter(({ metric, p }) => p !== null && FAMILY[metric] === FAMILY[one.metric]);
    const p = benjaminiHochberg(family.map((other) => other.p ?? 1))[family.indexOf(one)] ?? 1;
    return { ...one, p, verdict: verdictOf(one, p) };
  });
}

/**
 * Returns worse if any metric is; otherwise improved if any is. "No evidence" needs a compared duration: that error rates are
 * alike says nothing about how long invocations take.
 */
export function overall(differences: readonly Pick<Difference, 'metric' | 'verdict'>[]): Verdict {
  const some = (verdict: Verdict): boolean => differences.some((one) => one.verdict === verdict);
  if (some('worse')) return 'worse';
  if (some('improved')) return 'improved';
  const isCompared = differences.some(
    ({ metric, verdict }) => FAMILY[metric] === 'duration' && verdict === 'no-evidence',
  );
  return isCompared ? 'no-evidence' : 'insufficient-data';
}

/** For all of these metrics, smaller is better. */
function verdictOf({ unit, change }: Difference, p: number): Verdict {
  const least = unit === 'ratio' ? LEAST_POINTS : LEAST_CHANGE;
  if (change === null || p > FALSE_ALARMS || Math.abs(change) < least) return 'no-evidence';
  return change > 0 ? 'worse' : 'improved';
}

interface Compared extends Controls {
  readonly blockMs: number;
  /** Some blocks have no counterpart and are left out. */
  readonly isPart: boolean;
}

/** Values of the blocks of both sides, which are counted and added several times. */
interface Values {
  readonly of: (block: Block) => Histogram;
  /** Number of values of a block. */
  readonly count: (block: Block) => number;
  /** All values of a side, each block times its weight. */
  readonly sum: (side: 'before' | 'after', weight: (block: Block) => number) => Histogram;
}

function valuesOf(controls: Controls, of: (block: Block) => Histogram): Values {
  const tables = { before: tableOf(controls.before.map(of)), after: tableOf(controls.after.map(of)) };
  const counts = new Map([...controls.before, ...controls.after].map((block) => [block, countOf(of(block))]));
  return {
    of,
    count: (block) => counts.get(block) ?? 0,
    sum: (side, weight) =>
      weightedIn(
        tables[side],
        controls[side].map((block) => [of(block), weight(block)]),
      ),
  };
}

/** Weight of each value of a block with `n` values. */
type Damping = (n: number) => number;

const UNDAMPED: Damping = () => 1;

/**
 * Weights values of one block as those of one correlated cluster (exchangeable working correlation, Liang and Zeger 1986),
 * so that a burst of hundreds with the same payload does not outweigh all other hours.
 */
function dampingOf(controls: Controls, durations: Values): Damping {
  const [before, after] = [durations.sum('before', () => 1), durations.sum('after', () => 1)];
  const limits = [quantileEstimate(before, 0.5)?.value ?? 0, quantileEstimate(after, 0.5)?.value ?? 0] as const;
  const cells = cellsOf(
    controls,
    durations.count,
    ({ durationMs }, side) => countAbove(durationMs, limits[side]),
    UNDAMPED,
  );
  const correlation = correlationOf(...cells, [0.25, 0.25], 'share');
  return (n) => 1 / (1 + Math.max(0, n - 1) * correlation);
}

/** Counts of both sides by block and stratum. */
function cellsOf(
  { stratumOf, before, after }: Controls,
  count: (block: Block) => number,
  sum: (block: Block, side: 0 | 1) => number,
  damping: Damping,
): readonly [before: readonly Cell[], after: readonly Cell[]] {
  const cells = (blocks: readonly Block[], side: 0 | 1) =>
    blocks.map((block) => {
      const n = count(block);
      return { stratum: stratumOf(block), n, sum: sum(block, side), weight: damping(n) };
    });
  return [cells(before, 0), cells(after, 1)];
}

interface Weights {
  readonly before: (block: Block) => number;
  /** 0 for a block that has nothing to be compared with. */
  readonly after: (block: Block) => number;
  /** What the weighted values of each side are worth in unweighted ones (Kish 1965). */
  readonly worth: number;
  readonly worthAfter: number;
}

/** Weights of values of which each block has `count`. */
function weigh(controls: Controls, count: (block: Block) => number, damping: Damping): Weights {
  const strata = weightsOf(...cellsOf(controls, count, () => 0, damping));
  const before = (block: Block): number => damping(count(block)) * (strata.get(controls.stratumOf(block)) ?? 0);
  const after = (block: Block): number => (strata.has(controls.stratumOf(block)) ? damping(count(block)) : 0);
  const worth = (blocks: readonly Block[], weight: (block: Block) => number): number => {
    const n = blocks.reduce((sum, block) => sum + weight(block) * count(block), 0);
    return n === 0 ? 0 : n ** 2 / blocks.reduce((sum, block) => sum + weight(block) ** 2 * count(block), 0);
  };
  return { before, after, worth: worth(controls.before, before), worthAfter: worth(controls.after, after) };
}

function quantileDifference(
  metric: ComparedMetric,
  controls: Compared,
  values: Values,
  q: number,
  fewest: number,
  damping: Damping,
): Difference {
  const { of, count } = values;
  const weights = weigh(controls, count, damping);
  const [before, after] = [values.sum('before', weights.before), values.sum('after', weights.after)];
  const [a, b] = [quantileEstimate(before, q), quantileEstimate(after, q)];
  const few = (reason: string): Difference => insufficient(metric, 'ms', [a?.value ?? null, b?.value ?? null], reason);
  const noun = metric === 'initP50' ? 'inits' : 'invocations';
  const inTail = FEWEST_IN_TAIL / (1 - q);
  const needed = Math.max(fewest, inTail);
  const sizeOf = (blocks: readonly Block[], weight: (block: Block) => number): number =>
    blocks.reduce((sum, block) => sum + (weight(block) > 0 ? count(block) : 0), 0);
  const sizes: Sizes = [sizeOf(controls.before, weights.before), sizeOf(controls.after, weights.after)];
  if (a === null || b === null || Math.min(...sizes) < needed) return few(tooFew(noun, sizes, needed, controls.isPart));
  const limits = [a.value, b.value] as const;
  const above = (block: Block, side: 0 | 1): number => countAbove(of(block), limits[side]);
  const spread = q * (1 - q);
  const found = dependenceOf(...cellsOf(controls, count, above, damping), [spread, spread], 'share', FEWEST_DAMPED);
  // Independent values that would be as informative.
  if (found === null) return few(tooFewBlocks(noun, controls.blockMs));
  if (spread / Math.max(...found.variances) < inTail) return few(tooFewIndependent(noun, controls.blockMs));
  const t = quantileT(found.df);
  const [lower, upper] = found.variances.map((variance) => t * Math.sqrt(variance));
  return relative(metric, 'ms', quantileEstimate(before, q, lower), quantileEstimate(after, q, upper), found.df);
}

/** Null if errors are unknown, or without invocations. */
function errorShareOf({ errors, errorsUnknown, n }: Period): number | null {
  return n === 0 || errorsUnknown > 0 ? null : errors / n;
}

function rateDifference(metric: ComparedMetric, controls: Compared, hits: (block: Block) => number): Difference {
  const count = ({ n }: Block): number => n;
  const { before: weightOf, after: weightAfter, worth, worthAfter } = weigh(controls, count, UNDAMPED);
  const before = meanOf(controls.before, hits, weightOf);
  const after = meanOf(controls.after, hits, weightAfter);
  const few = (reason: string): Difference => insufficient(metric, 'ratio', [before, after], reason);
  const sizes: Sizes = [worth, worthAfter];
  if (before === null || after === null || Math.min(...sizes) < FEWEST)
    return few(tooFew('invocations', sizes, FEWEST, controls.isPart));
  const cells = cellsOf(controls, count, hits, UNDAMPED);
  const spread = [before * (1 - before), after * (1 - after)] as const;
  // Without hits, nothing shows how they cluster.
  const none = spread[0] === 0 && spread[1] === 0 ? { variances: [0, 0], df: cells[0].length + cells[1].length } : null;
  const found = none ?? dependenceOf(...cells, spread, 'share', FEWEST_EFFECTIVE);
  if (found === null) return few(tooFewBlocks('invocations', controls.blockMs));
  const [designA, designB] = [
    spread[0] > 0 ? (found.variances[0] * worth) / spread[0] : 1,
    spread[1] > 0 ? (found.variances[1] * worthAfter) / spread[1] : 1,
  ];
  const wider = (quantileT(found.df) / Z95) ** 2;
  const [sizeA, sizeB] = [worth / designA, worthAfter / designB];
  const interval = newcombe((before * sizeA) / wider, sizeA / wider, (after * sizeB) / wider, sizeB / wider);
  if (interval === null) return few(tooFew('invocations', sizes, FEWEST, controls.isPart));
  const pooled = (before * sizeA + after * sizeB) / (sizeA + sizeB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / sizeA + 1 / sizeB));
  const { value, low, high } = interval;
  // Nothing to compare, and no test among the others, where no side has any.
  const p = error === 0 ? null : twoSidedT(value / error, found.df);
  return { metric, unit: 'ratio', before, after, change: value, low, high, p, verdict: 'no-evidence', reason: null };
}

/** Weighted sum for each invocation; null without any. */
function meanOf(
  blocks: readonly Block[],
  of: (block: Block) => number,
  weightOf: (block: Block) => number,
): number | null {
  const n = blocks.reduce((sum, block) => sum + weightOf(block) * block.n, 0);
  return n === 0 ? null : blocks.reduce((sum, block) => sum + weightOf(block) * of(block), 0) / n;
}

/** Cost is linear in the mean billed duration, of which the spread is that of the durations. */
function costDifference(before: Period, after: Period, controls: Compared): Difference {
  const count = ({ n }: Block): number => n;
  const billed = ({ billedMs }: Block): number => billedMs;
  const weights = weigh(controls, count, UNDAMPED);
  const means = [
    meanOf(controls.before, billed, weights.before),
    meanOf(controls.after, billed, weights.after),
  ] as const;
  const costs = [before, after].map((period, side) => {
    // At the prices of the whole period.
    const [mean, all] = [means[side === 0 ? 0 : 1], meanOf(period.blocks, billed, () => 1)];
    return mean === null || period.costPer1kUsd === null || !all ? null : (period.costPer1kUsd * mean) / all;
  });
  const [a = null, b = null] = costs;
  const few = (reason: string): Difference =>
    insufficient('costPer1k', 'USD', [a ?? before.costPer1kUsd, b ?? after.costPer1kUsd], reason);
  const moments = [momentsOf(before.durationMs), momentsOf(after.durationMs)] as const;
  const sizes: Sizes = [weights.worth, weights.worthAfter];
  if (Math.min(...sizes) < FEWEST) return few(tooFew('invocations', sizes, FEWEST, controls.isPart));
  const unpriced = [before, after].map(({ costPer1kUsd }) => costPer1kUsd === null);
  if (unpriced.includes(true)) return few(noPrice([unpriced[0] === true, unpriced[1] === true]));
  if (a === null || b === null || moments[0] === null || moments[1] === null || !means[0] || !means[1])
    return few(NOT_POSITIVE);
  const cells = cellsOf(controls, count, billed, UNDAMPED);
  const found = dependenceOf(...cells, [moments[0].variance, moments[1].variance], 'mean', FEWEST_EFFECTIVE);
  if (found === null) return few(tooFewBlocks('invocations', controls.blockMs));
  const t = quantileT(found.df);
  const estimate = (value: number, mean: number, variance: number): Estimate => {
    const half = (t * Math.sqrt(variance)) / mean;
    return { value, low: value * Math.exp(-half), high: value * Math.exp(half) };
  };
  const [spreadA, spreadB] = found.variances;
  return relative('costPer1k', 'USD', estimate(a, means[0], spreadA), estimate(b, means[1], spreadB), found.df);
}

function relative(
  metric: ComparedMetric,
  unit: 'ms' | 'USD',
  a: Estimate | null,
  b: Estimate | null,
  df: number,
): Difference {
  const change = a === null || b === null ? null : relativeChange(a, b);
  if (a === null || b === null || change === null)
    return insufficient(metric, unit, [a?.value ?? null, b?.value ?? null], NOT_POSITIVE);
  // By the side towards no change.
  const [value, low, high] = [change.value, change.low, change.high].map((one) => Math.log1p(one)) as [
    number,
    number,
    number,
  ];
  const error = (value > 0 ? value - low : high - value) / quantileT(df);
  const p = error === 0 ? (value === 0 ? 1 : 0) : twoSidedT(value / error, df);
  return {
    metric,
    unit,
    before: a.value,
    after: b.value,
    change: change.value,
    low: change.low,
    high: change.high,
    p,
    verdict: 'no-evidence',
    reason: null,
  };
}

function insufficient(
  metric: ComparedMetric,
  unit: Difference['unit'],
  [before, after]: readonly [before: number | null, after: number | null],
  reason: string,
): Difference {
  const unknown = { change: null, low: null, high: null, p: null };
  return { metric, unit, before, after, ...unknown, verdict: 'insufficient-data', reason };
}
