/** Compares two periods of one function metric by metric and decides whether it improved or got worse. */
import { twoSided, Z95 } from '../statistics/normal.ts';
import { benjaminiHochberg, newcombe } from '../statistics/two-samples.ts';
import type { Estimate, Histogram } from './histogram.ts';
import { countOf, meanEstimate, quantileEstimate, relativeChange } from './histogram.ts';

export type Verdict = 'improved' | 'worse' | 'no-evidence' | 'insufficient-data';
export type ComparedMetric = 'p50' | 'p95' | 'p99' | 'initP50' | 'errorRate' | 'coldStartRate' | 'costPer1k';

/** Statistics of one period. Durations in ms. */
export interface Period {
  readonly n: number;
  readonly errors: number;
  /** Invocations of which it is unknown whether the handler threw. */
  readonly errorsUnknown: number;
  readonly coldStarts: number;
  readonly durationMs: Histogram;
  /** On-demand inits only. */
  readonly initMs: Histogram;
  /** Dollars per thousand invocations; null if the price is unknown. */
  readonly costPer1kUsd: number | null;
}

export interface Difference {
  readonly metric: ComparedMetric;
  readonly unit: 'ms' | 'ratio' | 'USD';
  readonly before: number | null;
  readonly after: number | null;
  /** Relative change for ms and USD (0.2 means 20 % more), otherwise difference of the ratios; with its 95 % interval. */
  readonly change: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided p of "no change", adjusted for the number of metrics compared. */
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
/**
 * Design effect: invocations of one environment and minute are correlated, so counts vary this many times more than those
 * of independent values. For simulated periods whose environments differ by 5 % (`compare.test.ts`), 1 in 20 unchanged
 * functions is reported as changed without it, 1 in 400 with it; a slowdown of a fifth at n = 500 is detected in 96 %.
 */
const DESIGN = 2;

/** Returns the difference of each metric, adjusted for their number (Benjamini-Hochberg). */
export function differencesOf(before: Period, after: Period): readonly Difference[] {
  const compared = [
    quantileDifference('p50', before.durationMs, after.durationMs, 0.5, FEWEST),
    quantileDifference('p95', before.durationMs, after.durationMs, 0.95, FEWEST),
    quantileDifference('p99', before.durationMs, after.durationMs, 0.99, FEWEST),
    quantileDifference('initP50', before.initMs, after.initMs, 0.5, FEWEST_INITS),
    before.errorsUnknown + after.errorsUnknown > 0
      ? insufficient('errorRate', 'ratio', errorShareOf(before), errorShareOf(after))
      : rateDifference('errorRate', before.errors, before.n, after.errors, after.n),
    rateDifference('coldStartRate', before.coldStarts, before.n, after.coldStarts, after.n),
    costDifference(before, after),
  ];
  const tested = compared.filter((one) => one.p !== null);
  const adjusted = benjaminiHochberg(tested.map((one) => one.p ?? 1));
  return compared.map((one) => {
    const at = tested.indexOf(one);
    if (at === -1) return one;
    const p = adjusted[at] ?? 1;
    return { ...one, p, verdict: verdictOf(one, p) };
  });
}

/** Returns worse if any metric is; otherwise improved if any is. */
export function overall(differences: readonly Pick<Difference, 'verdict'>[]): Verdict {
  const some = (verdict: Verdict): boolean => differences.some((one) => one.verdict === verdict);
  if (some('worse')) return 'worse';
  if (some('improved')) return 'improved';
  return some('no-evidence') ? 'no-evidence' : 'insufficient-data';
}

/** For all of these metrics, smaller is better. */
function verdictOf({ unit, change }: Difference, p: number): Verdict {
  const least = unit === 'ratio' ? LEAST_POINTS : LEAST_CHANGE;
  if (change === null || p > FALSE_ALARMS || Math.abs(change) < least) return 'no-evidence';
  return change > 0 ? 'worse' : 'improved';
}

function quantileDifference(
  metric: ComparedMetric,
  before: Histogram,
  after: Histogram,
  q: number,
  fewest: number,
): Difference {
  const needed = Math.max(fewest, FEWEST_IN_TAIL / (1 - q));
  if (countOf(before) < needed || countOf(after) < needed) {
    const [a, b] = [quantileEstimate(before, q), quantileEstimate(after, q)];
    return insufficient(metric, 'ms', a?.value ?? null, b?.value ?? null);
  }
  return relative(metric, 'ms', quantileEstimate(before, q, DESIGN), quantileEstimate(after, q, DESIGN));
}

/** Null if errors are unknown, or without invocations. */
function errorShareOf({ errors, errorsUnknown, n }: Period): number | null {
  return n === 0 || errorsUnknown > 0 ? null : errors / n;
}

function rateDifference(
  metric: ComparedMetric,
  hitsBefore: number,
  nBefore: number,
  hitsAfter: number,
  nAfter: number,
): Difference {
  const before = nBefore === 0 ? null : hitsBefore / nBefore;
  const after = nAfter === 0 ? null : hitsAfter / nAfter;
  if (nBefore < FEWEST || nAfter < FEWEST) return insufficient(metric, 'ratio', before, after);
  const found = newcombe(hitsBefore / DESIGN, nBefore / DESIGN, hitsAfter / DESIGN, nAfter / DESIGN);
  if (found === null) return insufficient(metric, 'ratio', before, after);
  const { value, low, high, p } = found;
  return { metric, unit: 'ratio', before, after, change: value, low, high, p, verdict: 'no-evidence' };
}

/** Cost is linear in the mean billed duration, so its spread is that of the durations. */
function costDifference(before: Period, after: Period): Difference {
  const [a, b] = [before.costPer1kUsd, after.costPer1kUsd];
  const spreads = [meanEstimate(before.durationMs, DESIGN), meanEstimate(after.durationMs, DESIGN)];
  const [spreadA, spreadB] = spreads;
  if (a === null || b === null || before.n < FEWEST || after.n < FEWEST || spreadA == null || spreadB == null) {
    return insufficient('costPer1k', 'USD', a, b);
  }
  return relative('costPer1k', 'USD', scaled(spreadA, a), scaled(spreadB, b));
}

function scaled(spread: Estimate, value: number): Estimate {
  const factor = spread.value === 0 ? 0 : value / spread.value;
  return { value, low: spread.low * factor, high: spread.high * factor };
}

function relative(metric: ComparedMetric, unit: 'ms' | 'USD', a: Estimate | null, b: Estimate | null): Difference {
  const change = a === null || b === null ? null : relativeChange(a, b);
  if (a === null || b === null || change === null)
    return insufficient(metric, unit, a?.value ?? null, b?.value ?? null);
  const error = (Math.log1p(change.high) - Math.log1p(change.low)) / (2 * Z95);
  const p = error === 0 ? (change.value === 0 ? 1 : 0) : twoSided(Math.log1p(change.value) / error);
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
  };
}

function insufficient(
  metric: ComparedMetric,
  unit: Difference['unit'],
  before: number | null,
  after: number | null,
): Difference {
  return { metric, unit, before, after, change: null, low: null, high: null, p: null, verdict: 'insufficient-data' };
}
