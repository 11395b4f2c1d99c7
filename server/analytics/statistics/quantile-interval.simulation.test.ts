/** Coverage of quantile intervals on planted bursts: every quantile of the process is known in closed form. */
import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { Sketch } from '../sketch/sketch.ts';
import { normalDraw } from './normal.ts';
import { quantileIntervals, rankLimits } from './quantile-interval.ts';

const RUNS = 200;
const HOURS = 72;
const MEDIAN_MS = 120;
/** Standard deviations of the logarithm: of hours (an autoregression), of bursts, of single invocations. */
const [BY_HOUR, BY_BURST, SINGLE] = [0.15, 0.35, 0.4];
/** Standard normal quantiles of printed tables. */
const QUANTILES = [
  ['p50', 0.5, 0],
  ['p95', 0.95, 1.644854],
  ['p99', 0.99, 2.326348],
] as const;

/** Hours of bursts with a geometric number of invocations, mean 8; durations are lognormal at each of the three levels. */
function plantedHours(random: Random, burstsAnHour: number, correlation: number): number[][] {
  const dice = () => random.next();
  let level = normalDraw(dice);
  return Array.from({ length: HOURS }, () => {
    level = correlation * level + Math.sqrt(1 - correlation ** 2) * normalDraw(dice);
    const values: number[] = [];
    // The number of bursts differs by hour, whatever the level.
    const bursts = 1 + Math.floor(random.next() * (2 * burstsAnHour - 1));
    for (let burst = 0; burst < bursts; burst += 1) {
      const shared = BY_HOUR * level + BY_BURST * normalDraw(dice);
      do values.push(MEDIAN_MS * Math.exp(shared + SINGLE * normalDraw(dice)));
      while (random.next() < 7 / 8);
    }
    return values;
  });
}

/** Interval of independent values, without a sketch. */
function independent(inOrder: Float64Array, q: number): readonly [low: number, high: number] {
  const [lower, upper] = rankLimits(q, inOrder.length) ?? [0, 0];
  return [inOrder[Math.floor(lower) - 1] ?? Number.NaN, inOrder[Math.ceil(upper) - 1] ?? Number.NaN];
}

test.each([
  [8, 0.6, 1],
  [20, 0.6, 2],
  [20, 0.85, 3],
])('%d bursts an hour, hours correlated by %d: nine in ten intervals hold', (bursts, correlation, seed) => {
  const random = new Random(seed);
  const deviation = Math.hypot(BY_HOUR, BY_BURST, SINGLE);
  const held = { p50: 0, p95: 0, p99: 0 };
  const stated = { p50: 0, p95: 0, p99: 0 };
  const naive = { p50: 0, p95: 0, p99: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const hours = plantedHours(random, bursts, correlation);
    const sketches = hours.map((values) => {
      const sketch = new Sketch();
      for (const value of values) sketch.add(value);
      return sketch;
    });
    const found = quantileIntervals(sketches);
    const inOrder = Float64Array.from(hours.flat()).sort();
    for (const [name, q, z] of QUANTILES) {
      const truth = MEDIAN_MS * Math.exp(deviation * z);
      const { low, high, reason } = found[name];
      expect(reason === null).toBe(low !== null && high !== null);
      if (low !== null && high !== null) {
        stated[name] += 1;
        if (low <= truth && truth <= high) held[name] += 1;
      }
      const [from, to] = independent(inOrder, q);
      if (from <= truth && truth <= to) naive[name] += 1;
    }
  }
  for (const [name] of QUANTILES) {
    expect(stated[name] / RUNS, `${name} stated`).toBeGreaterThan(0.9);
    expect(held[name] / stated[name], `${name} held`).toBeGreaterThanOrEqual(0.9);
  }
  expect(naive.p50 / RUNS).toBeLessThan(0.7);
});
