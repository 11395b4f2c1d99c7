/** Intervals of quantiles: ranks of printed tables, a design effect by hand, refusals. */
import { describe, expect, test } from 'vitest';
import { binEdges, Sketch, ZERO_BIN } from '../sketch/sketch.ts';
import { quantileIntervals, rankLimits } from './quantile-interval.ts';

function sketchOf(...values: readonly (readonly [value: number, times: number])[]): Sketch {
  const sketch = new Sketch();
  for (const [value, times] of values) if (times > 0) sketch.add(value, times);
  return sketch;
}

describe('ranks of independent values', () => {
  // Limits of the median at no more than 2.5 % on each side: Conover, Practical Nonparametric Statistics, table A3.
  test.each([
    [0.5, 6, 1, 6],
    [0.5, 10, 2, 9],
    [0.5, 20, 6, 15],
    [0.5, 100, 40, 61],
    // Binomial(100, 0.95): P(X ≤ 89) = 0.0115, P(X ≤ 90) = 0.0282, P(X ≥ 99) = 0.0371, P(X = 100) = 0.0059.
    [0.95, 100, 90, 100],
  ])('q = %d, n = %d: from rank %d to %d', (q, n, lower, upper) => {
    const found = rankLimits(q, n);
    expect([Math.floor(found.lower ?? 0), Math.ceil(found.upper ?? 0)]).toEqual([lower, upper]);
    const rough = rankLimits(q, n, { lower: Math.floor, upper: Math.ceil });
    expect([Math.floor(rough.lower ?? 0), Math.ceil(rough.upper ?? 0)]).toEqual([lower, upper]);
  });
  test.each([
    // 0.5 ^ 5 = 0.031, 0.95 ^ 71 = 0.026 and 0.99 ^ 367 = 0.02501 are above 2.5 %; with one value more they are not.
    [0.5, 5],
    [0.95, 71],
    [0.99, 367],
  ])('q = %d: no upper end with %d values, one with one more', (q, n) => {
    expect(rankLimits(q, n).upper).toBeNull();
    expect(rankLimits(q, n + 1).upper).not.toBeNull();
  });
  test.each([
    // 0.5 ^ 5 = 0.031 and 0.05 ^ 1 are above 2.5 %, 0.5 ^ 6, 0.05 ^ 2 and 0.01 ^ 1 are not.
    [0.5, 5],
    [0.95, 1],
    [0.99, 0],
  ])('q = %d: no lower end with %d values, one with one more', (q, n) => {
    expect(rankLimits(q, n).lower).toBeNull();
    expect(rankLimits(q, n + 1).lower).not.toBeNull();
  });
  test('the expansion for large samples continues the exact ranks', () => {
    for (const q of [0.5, 0.95, 0.99]) {
      const [exact, expanded] = [rankLimits(q, 10_000), rankLimits(q, 10_000.001)];
      expect(expanded.lower).toBeCloseTo(exact.lower ?? 0, 0);
      expect(expanded.upper).toBeCloseTo(exact.upper ?? 0, 0);
    }
  });
});

describe('blocks of time', () => {
  test('design effect by hand: two fast hours, then two slow ones', () => {
    // 400 values, half at 10 ms. Residuals of the values at 10 ms: 10, 10, -10, -10. Their transforms: at one half-wave
    // 10 · 2 · (cos 22.5° + cos 67.5°) = 26.131, at two 0. Variance of the sum: 2 · 26.131² / 2 = 682.84. Independent:
    // 400 / 4 = 100. Design effect 6.8284; t with two degrees of freedom 4.3027: 400 / 6.8284 · (1.95996 / 4.3027)².
    const fast = sketchOf([10, 60], [20, 40]);
    const slow = sketchOf([10, 40], [20, 60]);
    const { p50, p95, blocks, resolution } = quantileIntervals([fast, fast, slow, slow]);
    expect(p50.effectiveN).toBeCloseTo(12.155, 2);
    expect(p50.reason).toBeNull();
    // The edges of the bins of 10 and of 20 ms, which are 2 % wide.
    expect(p50.low).toBeLessThan(10);
    expect(p50.low).toBeGreaterThanOrEqual(10 / 1.0203);
    expect(p50.high).toBeGreaterThanOrEqual(20);
    expect(p50.high).toBeLessThan(20 * 1.0203);
    expect({ blocks, resolution }).toEqual({ blocks: 4, resolution: 0.01 });
    // Below 20 ms is the same half of the values, so p95 is worth as little. Of twelve independent values, 0.95 ^ 12 = 54 % have
    // all of them below: the upper end is not known. At most nine of twelve are below with 0.2 %, at most ten with 2.0 %, so
    // the lower end is above the half that is at 10 ms.
    expect(p95).toMatchObject({
      high: null,
      effectiveN: p50.effectiveN,
      reason: 'The 400 values are worth 12 independent ones; 72 are required to know the upper end.',
    });
    expect(p95.low).toBeLessThan(20);
    expect(p95.low).toBeGreaterThanOrEqual(20 / 1.0203);
  });
  test('the tail is worth no more than the values at the interval’s lower end', () => {
    // The five slowest values of each hour are as slow in all of them, so p99, the 6336th of 6400 values and one of the 80
    // slow ones, seems to be unclustered. The other values are slow in the first half of the time and fast in the second,
    // and the lower end is among them.
    const hour = (ms: number) => sketchOf([ms, 395], [1000, 5]);
    const hours = [...Array.from({ length: 8 }, () => hour(20)), ...Array.from({ length: 8 }, () => hour(10))];
    const { p99 } = quantileIntervals(hours);
    // Share up to 10 ms: 3160 of 6400. Residuals -197.5 in eight hours, then 197.5. Transforms of the three lowest frequencies:
    // 2 · 197.5 · sin(j π / 2) / (2 sin(j π / 32)) = 2014.9, 0, -680.4. Variance of the sum: 2 · (2014.9² + 680.4²) / 3 =
    // 3,015,200; independent: 6400 · 0.49375 · 0.50625 = 1599.75. Design effect 1884.8. t with three degrees of freedom
    // 3.1824: 6400 / 1884.8 · (1.95996 / 3.1824)² = 1.288.
    expect(p99.effectiveN).toBeCloseTo(1.288, 2);
    expect(p99).toMatchObject({ high: null });
  });
  test('the middle is worth no more than the values at the interval’s upper end', () => {
    // Half of each hour is at 10 ms. Of the other half, four fifths are slow in the first eight hours, and none in the last eight.
    const hours = Array.from({ length: 16 }, (_, at) => (at < 8 ? [10, 40] : [50, 0])).map(([some = 0, slow = 0]) =>
      sketchOf([10, 50], [20, some], [1000, slow]),
    );
    const { p50 } = quantileIntervals(hours);
    // Share up to 20 ms: 1280 of 1600. Residuals -20 in eight hours, then 20: the transforms above times 20 / 197.5 are 204.04, 0
    // and -68.90. Variance of the sum: 2 · (204.04² + 68.90²) / 3 = 30,919; independent: 1600 · 0.8 · 0.2 = 256. Design effect
    // 120.78: 1600 / 120.78 · (1.95996 / 3.1824)² = 5.025.
    expect(p50.effectiveN).toBeCloseTo(5.025, 2);
  });
  test('hours that are alike are worth all their values, less for the few blocks', () => {
    const half = sketchOf([10, 51], [20, 49]);
    const { p50 } = quantileIntervals([half, half, half, half]);
    expect(p50.effectiveN).toBeCloseTo(400 * (1.95996 / 4.30265) ** 2, 2);
  });
  test('ranks of the worth are taken among all values', () => {
    // Values 1 to 100 in each of 1000 alike blocks: t has 40 degrees of freedom, 2.0211 in tables.
    const all = sketchOf(...Array.from({ length: 100 }, (_, at) => [at + 1, 1] as const));
    const { p50 } = quantileIntervals(Array.from({ length: 1000 }, () => all));
    const worth = 100_000 * (1.95996 / 2.0211) ** 2;
    expect(p50.effectiveN).toBeCloseTo(worth, -2);
    // ± 1.96 · √(worth / 4) = ± 300 of 94,000: 49.68 % and 50.32 %, which are among the values 50 and 51.
    expect(p50.low).toBeGreaterThan(50 / 1.0203);
    expect(p50.low).toBeLessThan(50);
    expect(p50.high).toBeGreaterThan(51);
    expect(p50.high).toBeLessThan(51 * 1.0203);
  });
  test('empty blocks count for nothing, and one value everywhere is its own bin', () => {
    const alike = sketchOf([0, 30]);
    const { p50, p99, blocks } = quantileIntervals([alike, new Sketch(), alike, alike, alike]);
    expect(blocks).toBe(4);
    expect(p50).toMatchObject({ low: 0, high: 0, reason: null });
    // 120 values, t with two degrees of freedom: worth 24.9.
    expect(p99).toMatchObject({
      low: 0,
      high: null,
      reason: 'The 120 values are worth 24 independent ones; 368 are required to know the upper end.',
    });
  });
  test('no values, and too few blocks', () => {
    const [none, few] = [quantileIntervals([]).p50, quantileIntervals([1, 2, 3].map(() => sketchOf([5, 999]))).p50];
    expect(none).toEqual({
      ...{ low: null, high: null, effectiveN: null, reason: 'No values in this time range.' },
      reasonCode: { code: 'interval-no-values', parameters: {} },
    });
    expect(few).toEqual({
      low: null,
      high: null,
      effectiveN: null,
      reason: 'The values are in 3 blocks of time; 4 are required to know how much they differ.',
      reasonCode: { code: 'interval-few-blocks', parameters: { blocks: 3, required: 4 } },
    });
  });
});

test('edges of bins', () => {
  expect(binEdges(ZERO_BIN)).toEqual([0, 0]);
  const [low, high] = binEdges(0);
  expect(high).toBe(1);
  expect(high / low).toBeCloseTo(1.01 / 0.99, 12);
});
