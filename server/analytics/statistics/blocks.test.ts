/** Intervals from blocks of time: quantiles of tables, dependence by hand, coverage of bursty processes. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { clusteredRate, sumVariance } from './blocks.ts';
import { normalDraw } from './normal.ts';
import { wilson } from './rate.ts';
import { quantileT, twoSidedT } from './student.ts';

test("Student's t as in printed tables", () => {
  // Abramowitz and Stegun, table 26.10.
  expect(quantileT(1)).toBeCloseTo(12.706, 3);
  expect(quantileT(3)).toBeCloseTo(3.182, 3);
  expect(quantileT(5, 0.99)).toBeCloseTo(4.032, 3);
  expect(quantileT(5)).toBeCloseTo(2.571, 3);
  expect(quantileT(5, 0.99)).toBeCloseTo(4.032, 3);
  expect(quantileT(12)).toBeCloseTo(2.179, 3);
  expect(quantileT(120)).toBeCloseTo(1.98, 3);
  // One degree of freedom is the Cauchy distribution: P(|T| ≥ 1) = 1/2; two: 1 − t / √(2 + t²).
  expect(twoSidedT(1, 1)).toBeCloseTo(0.5, 10);
  expect(twoSidedT(2, 2)).toBeCloseTo(1 - 2 / Math.sqrt(6), 10);
  expect(twoSidedT(0, 7)).toBe(1);
});

describe('variance of a sum', () => {
  test('of independent values and of a first-order autoregression', () => {
    const random = new Random(3);
    for (const [correlation, truth] of [
      [0, 1],
      // (1 + r) / (1 − r) times the variance.
      [0.5, 3],
    ] as const) {
      let sum = 0;
      for (let round = 0; round < 300; round += 1) {
        let level = normalDraw(() => random.next());
        const series = Array.from({ length: 400 }, () => {
          level = correlation * level + Math.sqrt(1 - correlation ** 2) * normalDraw(() => random.next());
          return level;
        });
        sum += (sumVariance(series)?.variance ?? Number.NaN) / 400;
      }
      expect(sum / 300 / truth).toBeGreaterThan(0.85);
      expect(sum / 300 / truth).toBeLessThan(1.1);
    }
  });
  test('by hand, whatever lengths came before', () => {
    // Two frequencies. 10 · 2 · (cos 22.5° + cos 67.5°) = 26.131, and 10 · (cos 45° + cos 135° − cos 225° − cos 315°) = 0.
    // 2 · 26.131² / 2 = 682.84.
    const halves = [10, 10, -10, -10];
    expect(sumVariance(halves)?.variance).toBeCloseTo(682.84, 2);
    for (let length = 5; length < 80; length += 1) sumVariance(Array.from({ length }, (_, at) => at % 2));
    expect(sumVariance(halves)?.variance).toBeCloseTo(682.84, 2);
    expect(sumVariance(halves)?.df).toBe(2);
  });
  test('of a long series: one wave of a cosine is in one frequency', () => {
    // Of 600 values cos(2π (t + ½) / 600), the transform of the second frequency is 600 / 2, and the others are 0. 0.4 · 600 ^ ⅔ =
    // 28.5: 29 frequencies. 2 · 300² / 29 = 6206.9.
    const wave = Array.from({ length: 600 }, (_, at) => Math.cos((2 * Math.PI * (at + 0.5)) / 600));
    expect(sumVariance(wave)?.df).toBe(29);
    expect(sumVariance(wave)?.variance).toBeCloseTo(6206.9, 1);
  });
  test('refuses three blocks', () => {
    expect(sumVariance([1, -1, 0])).toBeNull();
  });
});

describe('rate of bursts', () => {
  /** Bursts of a geometric size, mean 5, of which only the first invocation can be a hit; hours differ by a factor. */
  function hours(random: Random, count: number): { hits: number; n: number }[] {
    let level = normalDraw(() => random.next());
    return Array.from({ length: count }, () => {
      level = 0.7 * level + Math.sqrt(1 - 0.49) * normalDraw(() => random.next());
      const p = 0.2 * Math.exp(0.3 * level);
      let [hits, n] = [0, 0];
      for (let burst = 0; burst < 8; burst += 1) {
        let size = 1;
        while (random.next() < 0.8) size += 1;
        n += size;
        // All of a burst are hits, or none is.
        if (random.next() < p) hits += size;
      }
      return { hits, n };
    });
  }
  test('the interval holds in 90 % of 400 runs, and that of independent invocations does not', () => {
    const random = new Random(8);
    const truth = 0.2 * Math.exp(0.3 ** 2 / 2);
    let [held, independent] = [0, 0];
    for (let round = 0; round < 400; round += 1) {
      const counts = hours(random, 48);
      const { low, high, blocks } = clusteredRate(counts);
      expect(blocks).toBe(48);
      if ((low ?? 1) <= truth && truth <= (high ?? 0)) held += 1;
      const [hits, n] = [counts.reduce((sum, one) => sum + one.hits, 0), counts.reduce((sum, one) => sum + one.n, 0)];
      const plain = wilson(hits, n);
      if ((plain.low ?? 1) <= truth && truth <= (plain.high ?? 0)) independent += 1;
    }
    expect(held / 400).toBeGreaterThanOrEqual(0.9);
    expect(independent / 400).toBeLessThan(0.7);
  });
  test('few blocks, no hits and only hits: as of independent invocations, and without a number of blocks', () => {
    expect(clusteredRate([])).toEqual(wilson(0, 0));
    expect(clusteredRate([{ hits: 2, n: 9 }])).toEqual(wilson(2, 9));
    const none = Array.from({ length: 20 }, () => ({ hits: 0, n: 5 }));
    expect(clusteredRate(none)).toEqual(wilson(0, 100));
    expect(clusteredRate(none.map(({ n }) => ({ hits: n, n })))).toEqual(wilson(100, 100));
    // Empty blocks count for nothing.
    expect(clusteredRate([...none.slice(0, 3), { hits: 0, n: 0 }])).toEqual(wilson(0, 15));
  });
});
