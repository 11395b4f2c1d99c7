/** Compares two periods of one function metric by metric and decides whether it improved or got worse. */
import type { CodedReason, Reason } from '../../../ingest/text/reason.ts';
import { coded } from '../../../ingest/text/reason.ts';
import type { SketchColumns } from '../sketch/columns.ts';
import { Z95 } from '../statistics/normal.ts';
import { quantileT, twoSidedT } from '../statistics/student.ts';
import { benjaminiHochberg, newcombe } from '../statistics/two-samples.ts';
import type { Controls } from './controls.ts';
import { uncontrolled } from './controls.ts';
import type { Sides, Standardised } from './dependence.ts';
import { columnOf, correlationOf, dependenceOf, product, standardised } from './dependence.ts';
import type { Estimate, Histogram } from './histogram.ts';
import { countAbove, countIn, momentsOf, quantileEstimate, relativeChange, sumOfBlocks } from './histogram.ts';
import type { Block, Period } from './period.ts';
import type { Sizes } from './reasons.ts';
import { errorsNotKnown, NOT_POSITIVE, noPrice, tooFew, tooFewBlocks, tooFewIndependent } from './reasons.ts';

export type Verdict = 'improved' | 'worse' | 'no-evidence' | 'insufficient-data';
export type ComparedMetric = 'p50' | 'p95' | 'p99' | 'initP50' | 'errorRate' | 'coldStartRate' | 'costPer1k';

/** The reason says why the metric cannot be compared; null if it can. */
export interface Difference extends CodedReason {
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
  const all = uncontrolled(before, after);
  const sides: Compared = {
    blocks: [controls.before, controls.after],
    strata: [columnOf(controls.before, controls.stratumOf), columnOf(controls.after, controls.stratumOf)],
    blockMs: after.blockMs,
    durationMs: [before.durationMs, after.durationMs],
    isPart: controls.before.length + controls.after.length < all.before.length + all.after.length,
  };
  const [durations, inits] = [valuesOf(sides, ({ durationMs }) => durationMs), valuesOf(sides, ({ initMs }) => initMs)];
  const damping = dampingOf(sides, durations);
  const [dampedDurations, dampedInits] = [damped(sides, durations, damping), damped(sides, inits, damping)];
  const invocations = weigh(
    sides,
    ofBlocks(sides, ({ n }) => n),
    UNDAMPED,
  );
  const compared = [
    quantileDifference('p50', sides, dampedDurations, 0.5, FEWEST),
    quantileDifference('p95', sides, dampedDurations, 0.95, FEWEST),
    quantileDifference('p99', sides, dampedDurations, 0.99, FEWEST),
    quantileDifference('initP50', sides, dampedInits, 0.5, FEWEST_INITS),
    before.errorsUnknown + after.errorsUnknown > 0
      ? insufficient(
          'errorRate',
          'ratio',
          [errorShareOf(before), errorShareOf(after)],
          errorsNotKnown(before.errorsUnknown + after.errorsUnknown),
        )
      : rateDifference('errorRate', sides, invocations, ({ errors }) => errors),
    rateDifference('coldStartRate', sides, invocations, ({ coldStarts }) => coldStarts),
    costDifference(before, after, sides, invocations),
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

interface Compared {
  readonly blocks: Sides<readonly Block[]>;
  /** Of each block. */
  readonly strata: Sides;
  readonly blockMs: number;
  /** Of whole periods. */
  readonly durationMs: Sides<Histogram>;
  /** Some blocks have no counterpart and are left out. */
  readonly isPart: boolean;
}

/** A number for each block. */
function ofBlocks({ blocks: [before, after] }: Compared, of: (block: Block) => number): Sides {
  return [columnOf(before, of), columnOf(after, of)];
}

/** Values of the blocks, and how many each has. */
interface Values {
  readonly bins: Sides<readonly SketchColumns[]>;
  readonly counts: Sides;
}

function valuesOf({ blocks: [before, after] }: Compared, of: (block: Block) => SketchColumns): Values {
  const bins = [before.map(of), after.map(of)] as const;
  return { bins, counts: [columnOf(bins[0], countIn), columnOf(bins[1], countIn)] };
}

/** Values of each block above the limit of its period. */
function above({ bins }: Values, limits: readonly [before: number, after: number]): Sides {
  return [countsAbove(bins[0], limits[0]), countsAbove(bins[1], limits[1])];
}

function countsAbove(blocks: readonly SketchColumns[], limit: number): Float64Array {
  return columnOf(blocks, (block) => countAbove(block, limit));
}

/** All values of both periods, each block times its weight. */
function summed({ bins }: Values, [before, after]: Sides): Sides<Histogram> {
  return [sumOfBlocks(bins[0], before), sumOfBlocks(bins[1], after)];
}

/** Weight of each value of a block with `n` values. */
type Damping = (n: number) => number;

const UNDAMPED: Damping = () => 1;

/**
 * Weights values of one block as those of one correlated cluster (exchangeable working correlation, Liang and Zeger 1986),
 * so that a burst of hundreds with the same payload does not outweigh all other hours.
 */
function dampingOf(sides: Compared, durations: Values): Damping {
  const { counts } = durations;
  const ones: Sides = [counts[0].map(UNDAMPED), counts[1].map(UNDAMPED)];
  const [before, after] = sides.isPart ? summed(durations, ones) : sides.durationMs;
  const limits = [quantileEstimate(before, 0.5)?.value ?? 0, quantileEstimate(after, 0.5)?.value ?? 0] as const;
  const alike = correlationOf(frameOf(sides, counts, ones), above(durations, limits), [0.25, 0.25], 'share');
  return (n) => 1 / (1 + Math.max(0, n - 1) * alike);
}

function frameOf({ strata }: Compared, [before, after]: Sides, [own, ownAfter]: Sides): Standardised {
  return standardised(
    { strata: strata[0], n: before, weights: own },
    { strata: strata[1], n: after, weights: ownAfter },
  );
}

interface Weighed {
  /** Number of values of each block. */
  readonly counts: Sides;
  readonly frame: Standardised;
  /** What the weighted values of each period are worth in unweighted ones (Kish 1965). */
  readonly worth: Sizes;
}

/** Weights of values of which each block has as many as `counts` says. */
function weigh(sides: Compared, counts: Sides, damping: Damping): Weighed {
  const frame = frameOf(sides, counts, [counts[0].map(damping), counts[1].map(damping)]);
  return { counts, frame, worth: [worthOf(counts[0], frame.weights[0]), worthOf(counts[1], frame.weights[1])] };
}

function worthOf(counts: Float64Array, weights: Float64Array): number {
  const n = product(weights, counts);
  if (n === 0) return 0;
  let squares = 0;
  for (let at = 0; at < counts.length; at += 1) squares += (weights[at] ?? 0) ** 2 * (counts[at] ?? 0);
  return n ** 2 / squares;
}

/** Weighted values, with what all of their quantiles need. */
interface Damped {
  readonly values: Values;
  readonly frame: Standardised;
  readonly sum: Sides<Histogram>;
  /** Values of blocks that have a counterpart. */
  readonly sizes: Sizes;
}

function damped(sides: Compared, values: Values, damping: Damping): Damped {
  const { counts } = values;
  const frame = frameOf(sides, counts, [counts[0].map(damping), counts[1].map(damping)]);
  const sizeOf = (side: 0 | 1): number =>
    counts[side].reduce((sum, count, at) => sum + ((frame.weights[side][at] ?? 0) > 0 ? count : 0), 0);
  return { values, frame, sum: summed(values, frame.weights), sizes: [sizeOf(0), sizeOf(1)] };
}

function quantileDifference(
  metric: ComparedMetric,
  { blockMs, isPart }: Compared,
  { values, frame, sum: [before, after], sizes }: Damped,
  q: number,
  fewest: number,
): Difference {
  const [a, b] = [quantileEstimate(before, q), quantileEstimate(after, q)];
  const few = (reason: Reason): Difference => insufficient(metric, 'ms', [a?.value ?? null, b?.value ?? null], reason);
  const noun = metric === 'initP50' ? 'inits' : 'invocations';
  const inTail = FEWEST_IN_TAIL / (1 - q);
  const needed = Math.max(fewest, inTail);
  if (a === null || b === null || Math.min(...sizes) < needed) return few(tooFew(noun, sizes, needed, isPart));
  const spread = q * (1 - q);
  const found = dependenceOf(frame, above(values, [a.value, b.value]), [spread, spread], 'share', FEWEST_DAMPED);
  // Independent values that would be as informative.
  if (found === null) return few(tooFewBlocks(noun, blockMs));
  if (spread / Math.max(...found.variances) < inTail) return few(tooFewIndependent(noun, blockMs));
  const t = quantileT(found.df);
  const [lower, upper] = found.variances.map((variance) => t * Math.sqrt(variance));
  return relative(metric, 'ms', quantileEstimate(before, q, lower), quantileEstimate(after, q, upper), found.df);
}

/** Null if errors are unknown, or without invocations. */
function errorShareOf({ errors, errorsUnknown, n }: Period): number | null {
  return n === 0 || errorsUnknown > 0 ? null : errors / n;
}

function rateDifference(
  metric: ComparedMetric,
  sides: Compared,
  { counts, frame, worth: sizes }: Weighed,
  hitsOf: (block: Block) => number,
): Difference {
  const hits = ofBlocks(sides, hitsOf);
  const [before, after] = [meanOf(counts[0], hits[0], frame.weights[0]), meanOf(counts[1], hits[1], frame.weights[1])];
  const few = (reason: Reason): Difference => insufficient(metric, 'ratio', [before, after], reason);
  const [worth, worthAfter] = sizes;
  if (before === null || after === null || Math.min(...sizes) < FEWEST)
    return few(tooFew('invocations', sizes, FEWEST, sides.isPart));
  const spread = [before * (1 - before), after * (1 - after)] as const;
  // Without hits, nothing shows how they cluster.
  const none =
    spread[0] === 0 && spread[1] === 0 ? { variances: [0, 0], df: counts[0].length + counts[1].length } : null;
  const found = none ?? dependenceOf(frame, hits, spread, 'share', FEWEST_EFFECTIVE);
  if (found === null) return few(tooFewBlocks('invocations', sides.blockMs));
  const [designA, designB] = [
    spread[0] > 0 ? (found.variances[0] * worth) / spread[0] : 1,
    spread[1] > 0 ? (found.variances[1] * worthAfter) / spread[1] : 1,
  ];
  const wider = (quantileT(found.df) / Z95) ** 2;
  const [sizeA, sizeB] = [worth / designA, worthAfter / designB];
  const interval = newcombe((before * sizeA) / wider, sizeA / wider, (after * sizeB) / wider, sizeB / wider);
  if (interval === null) return few(tooFew('invocations', sizes, FEWEST, sides.isPart));
  const pooled = (before * sizeA + after * sizeB) / (sizeA + sizeB);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / sizeA + 1 / sizeB));
  const { value, low, high } = interval;
  // Nothing to compare, and no test among the others, where no side has any.
  const p = error === 0 ? null : twoSidedT(value / error, found.df);
  return { metric, unit: 'ratio', before, after, change: value, low, high, p, verdict: 'no-evidence', reason: null };
}

/** Weighted sum for each invocation; null without any. */
function meanOf(counts: Float64Array, sums: Float64Array, weights: Float64Array): number | null {
  const n = product(weights, counts);
  return n === 0 ? null : product(weights, sums) / n;
}

/** Cost is linear in the mean billed duration, of which the spread is that of the durations. */
function costDifference(
  before: Period,
  after: Period,
  sides: Compared,
  { counts, frame, worth: sizes }: Weighed,
): Difference {
  const billedOf = ({ billedMs }: Block): number => billedMs;
  const billed = ofBlocks(sides, billedOf);
  const means = [
    meanOf(counts[0], billed[0], frame.weights[0]),
    meanOf(counts[1], billed[1], frame.weights[1]),
  ] as const;
  const meanOfAll = ({ blocks }: Period): number | null => {
    const n = columnOf(blocks, (block) => block.n);
    return meanOf(n, columnOf(blocks, billedOf), n.map(UNDAMPED));
  };
  const costs = [before, after].map((period, side) => {
    // At the prices of the whole period.
    const [mean, all] = [means[side === 0 ? 0 : 1], meanOfAll(period)];
    return mean === null || period.costPer1kUsd === null || !all ? null : (period.costPer1kUsd * mean) / all;
  });
  const [a = null, b = null] = costs;
  const few = (reason: Reason): Difference =>
    insufficient('costPer1k', 'USD', [a ?? before.costPer1kUsd, b ?? after.costPer1kUsd], reason);
  const moments = [momentsOf(before.durationMs), momentsOf(after.durationMs)] as const;
  if (Math.min(...sizes) < FEWEST) return few(tooFew('invocations', sizes, FEWEST, sides.isPart));
  const unpriced = [before, after].map(({ costPer1kUsd }) => costPer1kUsd === null);
  if (unpriced.includes(true)) return few(noPrice([unpriced[0] === true, unpriced[1] === true]));
  if (a === null || b === null || moments[0] === null || moments[1] === null || !means[0] || !means[1])
    return few(NOT_POSITIVE);
  const spread = [moments[0].variance, moments[1].variance] as const;
  const found = dependenceOf(frame, billed, spread, 'mean', FEWEST_EFFECTIVE);
  if (found === null) return few(tooFewBlocks('invocations', sides.blockMs));
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
  reason: Reason,
): Difference {
  const unknown = { change: null, low: null, high: null, p: null };
  return { metric, unit, before, after, ...unknown, verdict: 'insufficient-data', ...coded(reason) };
}
