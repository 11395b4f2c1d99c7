/** Tests of two samples and of trends on few values, with ties. Statistics, variances and p are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { twoSided } from './normal.ts';
import { medianEstimate, randomEffectsMean } from './random-effects.ts';
import { mannKendall, theilSen } from './trend.ts';
import {
  benjaminiHochberg,
  hodgesLehmann,
  homogeneity,
  kolmogorovSmirnov,
  mannWhitney,
  newcombe,
} from './two-samples.ts';

describe('Mann and Whitney', () => {
  test('with ties', () => {
    // Of six pairs 4 are won and two are equal: 5. Three equal values: 24 / (5 × 4) is taken off n + 1 = 6, times 6 / 12: 2.4.
    const found = mannWhitney([2, 1, 2], [3, 2]);
    expect(found.share).toBeCloseTo(5 / 6, 12);
    expect(found.p).toBeCloseTo(twoSided((5 - 3 - 0.5) / Math.sqrt(2.4)), 12);
    // The other way round the same p.
    expect(mannWhitney([3, 2], [2, 1, 2])).toEqual({
      share: expect.closeTo(1 / 6, 12),
      p: expect.closeTo(found.p, 12),
    });
  });

  test('of equal values, or none, shows nothing', () => {
    expect(mannWhitney([2, 2], [2, 2])).toEqual({ share: 0.5, p: 1 });
    expect(mannWhitney([1], [])).toEqual({ share: Number.NaN, p: 1 });
    expect(mannWhitney([], [1])).toEqual({ share: Number.NaN, p: 1 });
    // Half a pair from the middle is no difference.
    expect(mannWhitney([1, 3], [2]).p).toBeCloseTo(1, 6);
  });
});

test('Hodges and Lehmann: the median of an even and an odd number of differences', () => {
  // 1, 2, −9 and −8.
  expect(hodgesLehmann([0, 10], [1, 2])).toBeCloseTo(-3.5, 9);
  // −2, −1, 0, 1, 1, 1, 2, 3, 4.
  expect(hodgesLehmann([3, 0, 1], [4, 1, 2])).toBeCloseTo(1, 9);
  expect(hodgesLehmann([5], [5])).toBe(0);
  expect(hodgesLehmann([], [1])).toBeNaN();
});

describe('Kolmogorov and Smirnov', () => {
  test('four against four', () => {
    // √(16 / 8) + 0.12 + 0.11 / √2 is 1.61200: twice e^(−2 × 1.612²) is 0.01106.
    expect(kolmogorovSmirnov([1, 2, 3, 4], [5, 6, 7, 8])).toEqual({ distance: 1, p: expect.closeTo(0.01106, 4) });
    // Half of that: 2 (0.27273 − 0.00553).
    expect(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6])).toEqual({ distance: 0.5, p: expect.closeTo(0.5344, 4) });
    expect(kolmogorovSmirnov([5, 6, 3, 4], [3, 1, 4, 2]).distance).toBe(0.5);
  });

  test('the same sample, or none', () => {
    expect(kolmogorovSmirnov([1, 2], [2, 1])).toEqual({ distance: 0, p: 1 });
    expect(kolmogorovSmirnov([], [1])).toEqual({ distance: Number.NaN, p: 1 });
    expect(kolmogorovSmirnov([1], [])).toEqual({ distance: Number.NaN, p: 1 });
  });
});

describe('categories', () => {
  const sample = (x: number, z: number, y: number) => [
    ...Array.from({ length: x }, () => 'x'),
    ...Array.from({ length: z }, () => 'z'),
    ...Array.from({ length: y }, () => 'y'),
  ];

  test('of which five are expected on either side count by themselves, rarer ones together', () => {
    // Ten of 80: 5 on each side. Six fortieths more and fewer.
    expect(homogeneity(sample(8, 2, 30), sample(2, 8, 30)).distance).toBeCloseTo(0.15, 12);
    // Nine of 80: 4.5.
    expect(homogeneity(sample(8, 1, 31), sample(1, 8, 31)).distance).toBeCloseTo(0, 12);
  });

  test('without a sample are not compared', () => {
    expect(homogeneity(sample(9, 0, 0), [])).toEqual({ distance: Number.NaN, p: 1 });
    expect(homogeneity([], sample(9, 0, 0))).toEqual({ distance: Number.NaN, p: 1 });
  });
});

test('the p of two proportions is that of the pooled one', () => {
  // 104 of 150: √(0.69333 × 0.30667 × (1/70 + 1/80)) is 0.075467.
  expect(newcombe(48, 80, 56, 70)?.p).toBeCloseTo(twoSided(0.2 / 0.075467), 5);
  expect(newcombe(56, 70, 48, 80)?.value).toBeCloseTo(-0.2, 12);
  expect(newcombe(0, 10, 0, 20)).toMatchObject({ value: 0, p: 1 });
  expect(newcombe(10, 10, 20, 20)?.p).toBe(1);
  expect([newcombe(0, 0, 1, 2), newcombe(1, 2, 0, 0)]).toEqual([null, null]);
});

test('adjusted p values are never above those of larger ones', () => {
  expect(benjaminiHochberg([0.9, 0.8])).toEqual([0.9, 0.9]);
  expect(benjaminiHochberg([0.01, 1])).toEqual([0.02, 1]);
  expect(benjaminiHochberg([0.5])).toEqual([0.5]);
  expect(benjaminiHochberg([])).toEqual([]);
});

describe('trends', () => {
  test('pairs at one x have no slope', () => {
    // 1 and −4.
    const points = [
      { x: 0, y: 0 },
      { x: 0, y: 5 },
      { x: 1, y: 1 },
    ];
    expect(theilSen(points)).toBe(-1.5);
    expect(theilSen(points.slice(0, 2))).toBeNull();
    expect(theilSen([])).toBeNull();
  });

  test('of four values, with and without ties', () => {
    // 4 × 3 × 13 / 18, and 2 × 1 × 9 / 18 less.
    expect(mannKendall([1, 2, 3, 4])).toEqual({ s: 6, p: expect.closeTo(twoSided(5 / Math.sqrt(156 / 18)), 12) });
    expect(mannKendall([1, 1, 2, 3])).toEqual({ s: 5, p: expect.closeTo(twoSided(4 / Math.sqrt(138 / 18)), 12) });
    expect(mannKendall([4, 3, 2, 1]).s).toBe(-6);
    expect(mannKendall([3, 2, 1])).toEqual({ s: 0, p: 1 });
    expect(mannKendall([1, 2, 2, 1])).toEqual({ s: 0, p: expect.closeTo(1, 6) });
  });
});

describe('medians of clusters', () => {
  test('the error comes from two of its values', () => {
    // Nine values: ranks 2 and 8, 6 apart. Below rank 2 are 10 / 512: 2.0636 standard errors.
    expect(medianEstimate([9, 1, 8, 2, 7, 3, 6, 4, 5])).toEqual({ value: 5, error: expect.closeTo(3 / 2.0636, 3) });
    expect(medianEstimate([7, 7, 7, 7, 7])).toEqual({ value: 7, error: 0 });
  });

  test('two clusters are the least, and those without an error weigh the same', () => {
    const of = (value: number, error = 0) => ({ value, error });
    expect(randomEffectsMean([of(1)])).toBeNull();
    // (30 − 10)² / 2 / 2 is the variance of their mean: an error of 10.
    expect(randomEffectsMean([of(10), of(30)])).toEqual({ value: 20, error: expect.closeTo(10, 6), df: 1 });
    expect(randomEffectsMean([of(10, 5), of(10, 5)])).toEqual({
      value: 10,
      error: expect.closeTo(5 / Math.SQRT2, 6),
      df: 1,
    });
    // A precise and a vague one that agree: 1 / (1 + 1/9).
    expect(randomEffectsMean([of(10, 1), of(10, 3)])?.error).toBeCloseTo(Math.sqrt(0.9), 6);
  });
});
