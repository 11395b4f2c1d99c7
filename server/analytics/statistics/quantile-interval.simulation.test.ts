/** Coverage of quantile intervals on planted bursts: every quantile of the process is known in closed form. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { Sketch } from '../sketch/sketch.ts';
import { normalCdf, normalDraw } from './normal.ts';
import { quantileIntervals } from './quantile-interval.ts';

const RUNS = 200;
const MEDIAN_MS = 120;
const QUANTILES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

interface Process {
  readonly hours: number;
  readonly burstsAnHour: number;
  /** Of neighbouring hours, which are an autoregression. */
  readonly correlation: number;
  /** Standard deviations of the logarithm: of hours and of bursts. */
  readonly byHour: number;
  readonly byBurst: number;
  /** Of single invocations: a lognormal one with this deviation, or the exponent of a Pareto one, whose tail is heavy. */
  readonly single: { readonly deviation: number } | { readonly exponent: number };
}

const LOGNORMAL = { hours: 72, byHour: 0.15, byBurst: 0.35, single: { deviation: 0.4 } };
const HEAVY = { hours: 48, byHour: 0.25, byBurst: 0.3, single: { exponent: 2.5 } };

/** Hours of bursts with a geometric number of invocations, mean 8. */
function plantedHours(random: Random, process: Process): number[][] {
  const { hours, burstsAnHour, correlation, byHour, byBurst, single } = process;
  const dice = () => random.next();
  const singleFactor = () =>
    'deviation' in single ? Math.exp(single.deviation * normalDraw(dice)) : (1 - dice()) ** (-1 / single.exponent);
  let level = normalDraw(dice);
  return Array.from({ length: hours }, () => {
    level = correlation * level + Math.sqrt(1 - correlation ** 2) * normalDraw(dice);
    const values: number[] = [];
    // The number of bursts differs by hour, whatever the level.
    const bursts = 1 + Math.floor(random.next() * (2 * burstsAnHour - 1));
    for (let burst = 0; burst < bursts; burst += 1) {
      const shared = byHour * level + byBurst * normalDraw(dice);
      do values.push(MEDIAN_MS * Math.exp(shared) * singleFactor());
      while (random.next() < 7 / 8);
    }
    return values;
  });
}

/** Share of invocations above `ms`, over all hours and bursts. */
function shareAbove(ms: number, { byHour, byBurst, single }: Process): number {
  const shared = Math.hypot(byHour, byBurst);
  const y = Math.log(ms / MEDIAN_MS);
  if ('deviation' in single) return 1 - normalCdf(y / Math.hypot(shared, single.deviation));
  // A lognormal factor times a Pareto one of at least 1 (Reed and Jorgensen 2004, one-sided).
  const { exponent } = single;
  const tail = Math.exp(-exponent * y + (exponent * shared) ** 2 / 2) * normalCdf(y / shared - exponent * shared);
  return 1 - normalCdf(y / shared) + tail;
}

/** The quantile by bisection. */
function truthOf(q: number, process: Process): number {
  let [low, high] = [1, 1e6];
  for (let step = 0; step < 60; step += 1) {
    const middle = Math.sqrt(low * high);
    if (shareAbove(middle, process) > 1 - q) low = middle;
    else high = middle;
  }
  return high;
}

test.each<[name: string, process: Process]>([
  ['8 bursts an hour, hours correlated by 0.6', { ...LOGNORMAL, burstsAnHour: 8, correlation: 0.6 }],
  ['20 bursts an hour, correlated by 0.85', { ...LOGNORMAL, burstsAnHour: 20, correlation: 0.85 }],
  ['heavy tails, 3 bursts an hour, correlated by 0.7', { ...HEAVY, burstsAnHour: 3, correlation: 0.7 }],
  ['heavy tails, 20 bursts an hour, correlated by 0.7', { ...HEAVY, burstsAnHour: 20, correlation: 0.7 }],
])('%s: nine in ten intervals hold', (name, process) => {
  const random = new Random(name.length);
  const held = { p50: 0, p95: 0, p99: 0 };
  const known = { p50: 0, p95: 0, p99: 0 };
  const both = { p50: 0, p95: 0, p99: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const sketches = plantedHours(random, process).map((values) => {
      const sketch = new Sketch();
      for (const value of values) sketch.add(value);
      return sketch;
    });
    const found = quantileIntervals(sketches);
    for (const [quantile, q] of QUANTILES) {
      const truth = truthOf(q, process);
      const { low, high, reason } = found[quantile];
      expect(low).not.toBeNull();
      expect(reason === null).toBe(high !== null);
      const holds = (low ?? 0) <= truth && truth <= (high ?? Number.POSITIVE_INFINITY);
      if (holds) held[quantile] += 1;
      if (high !== null) known[quantile] += 1;
      if (high !== null && holds) both[quantile] += 1;
    }
  }
  for (const [quantile] of QUANTILES) {
    expect(held[quantile] / RUNS, `${quantile} held`).toBeGreaterThanOrEqual(0.9);
    // Intervals with an upper end are no selection of those whose tail is missing.
    if (known[quantile] < RUNS / 2) continue;
    expect(both[quantile] / known[quantile], `${quantile} held with an upper end`).toBeGreaterThanOrEqual(0.9);
  }
});
