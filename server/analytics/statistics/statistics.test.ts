import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { law } from '../../../test/support/law.ts';
import { bootstrap, percentileInterval, poisson } from './bootstrap.ts';
import { normalCdf, twoSided } from './normal.ts';
import { countUpTo, mean, median, quantileOf } from './order.ts';
import { mannKendall, theilSen } from './trend.ts';
import {
  benjaminiHochberg,
  hodgesLehmann,
  homogeneity,
  kolmogorovSmirnov,
  mannWhitney,
  newcombe,
} from './two-samples.ts';

const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 30 });

describe('order', () => {
  test('quantiles are values of the sample at rank ⌈qn⌉', () => {
    const sorted = [1, 2, 3, 4];
    expect([0, 0.25, 0.26, 0.5, 0.75, 1].map((q) => quantileOf(sorted, q))).toEqual([1, 1, 2, 2, 3, 4]);
    expect(quantileOf([], 0.5)).toBeNaN();
    expect(median([4, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(countUpTo([1, 2, 2, 5], 2)).toBe(3);
    expect(mean([1, 2, 6])).toBe(3);
  });
});

describe('normal', () => {
  test.each([
    [0, 0.5],
    [1, 0.8413447461],
    [1.959963985, 0.975],
    [-2.5758293035, 0.005],
    [5, 0.9999997133],
  ])('Φ(%d)', (z, p) => expect(normalCdf(z)).toBeCloseTo(p, 6));
  test('two-sided', () => expect(twoSided(-1.959963985)).toBeCloseTo(0.05, 6));
});

describe('two samples', () => {
  test('Mann-Whitney equals counting and a published example', () => {
    law(
      fc.property(sample, sample, (a, b) => {
        let wins = 0;
        for (const x of a) for (const y of b) wins += y > x ? 1 : y === x ? 0.5 : 0;
        expect(mannWhitney(a, b).share).toBeCloseTo(wins / (a.length * b.length), 10);
      }),
    );
    // Hollander and Wolfe, example 4.1, permeability of membranes: U = 15 of 50, z = 9.5 / √(50·16/12).
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { share, p } = mannWhitney(term, early);
    expect(mannWhitney([], [])).toEqual({ share: Number.NaN, p: 1 });
    expect(share).toBeCloseTo(15 / 50, 10);
    expect(p).toBeCloseTo(0.2446, 3);
  });

  test('Hodges-Lehmann equals the median of all differences', () => {
    law(
      fc.property(sample, sample, (a, b) => {
        const differences = b.flatMap((y) => a.map((x) => y - x));
        expect(hodgesLehmann(a, b)).toBeCloseTo(median(differences), 6);
      }),
    );
    expect(hodgesLehmann([1], [])).toBeNaN();
  });

  test('Newcombe 1998, table II (a): 56 of 70 versus 48 of 80', () => {
    const found = newcombe(48, 80, 56, 70);
    expect(found?.value).toBeCloseTo(0.2, 6);
    expect(found?.low).toBeCloseTo(0.0524, 4);
    expect(found?.high).toBeCloseTo(0.3339, 4);
    expect(newcombe(0, 0, 1, 2)).toBeNull();
  });

  test('Kolmogorov-Smirnov: not significant for equal samples, significant for shifted ones', () => {
    const random = new Random(3);
    const draw = (shift: number): number[] => Array.from({ length: 400 }, () => random.next() + shift);
    expect(kolmogorovSmirnov(draw(0), draw(0)).p).toBeGreaterThan(0.01);
    const shifted = kolmogorovSmirnov(draw(0), draw(0.3));
    expect(shifted.p).toBeLessThan(1e-6);
    expect(shifted.distance).toBeGreaterThan(0.2);
    // Four versus four without overlap: distance 1.
    expect(kolmogorovSmirnov([1, 2, 3, 4], [5, 6, 7, 8]).distance).toBe(1);
  });

  test('homogeneity of categories, worked by hand', () => {
    const times = (n: number, category: string): string[] => Array.from({ length: n }, () => category);
    const a = [...times(30, 'x'), ...times(20, 'y'), ...times(10, 'z')];
    const b = [...times(20, 'x'), ...times(20, 'y'), ...times(20, 'z')];
    const found = homogeneity(a, b);
    expect(found.distance).toBeCloseTo(1 / 6, 10);
    // 25/25 twice and 25/15 twice: 16/3 with two degrees of freedom, whose tail is exp(-x/2).
    expect(found.p).toBeCloseTo(Math.exp(-8 / 3), 2);
    // The tail of 3.841 with one degree of freedom is 0.05: 60 of 100 against 46.14 of 100 is about that.
    expect(homogeneity([...times(60, 'x'), ...times(40, 'y')], [...times(46, 'x'), ...times(54, 'y')]).p).toBeLessThan(
      0.05,
    );
    expect(
      homogeneity([...times(60, 'x'), ...times(40, 'y')], [...times(47, 'x'), ...times(53, 'y')]).p,
    ).toBeGreaterThan(0.05);
    expect(homogeneity(a, a).p).toBeGreaterThan(0.99);
    expect(homogeneity(times(9, 'x'), times(9, 'x')).p).toBe(1);
    expect(homogeneity([], b).p).toBe(1);
  });

  test('homogeneity counts rare categories together', () => {
    const ids = (name: string): string[] => Array.from({ length: 50 }, (_, at) => `${name}${at}`);
    expect(homogeneity(ids('a'), ids('b'))).toEqual({ distance: 0, p: 1 });
  });

  test('Benjamini-Hochberg keeps the order given', () => {
    const adjusted = benjaminiHochberg([0.01, 0.04, 0.03, 0.005]);
    for (const [at, value] of [0.02, 0.04, 0.04, 0.02].entries()) expect(adjusted[at]).toBeCloseTo(value, 10);
  });
});

describe('trend', () => {
  test('Theil-Sen: exact on a line, robust to an outlier', () => {
    const line = Array.from({ length: 21 }, (_, x) => ({ x, y: 3 * x + 1 }));
    expect(theilSen(line)).toBe(3);
    expect(theilSen(line.with(10, { x: 10, y: 1e9 }))).toBeCloseTo(3, 6);
    expect(theilSen([{ x: 1, y: 1 }])).toBeNull();
    expect(theilSen(Array.from({ length: 5000 }, (_, x) => ({ x, y: 2 * x })))).toBe(2);
  });

  test('Mann-Kendall: rise, fall, noise and a constant series', () => {
    const rise = [1, 3, 2, 4, 5, 7, 6, 8, 9, 10];
    expect(mannKendall(rise).s).toBe(41);
    // Gilbert 1987: variance 125 for ten values without ties, z = 40 / √125.
    expect(mannKendall(rise).p).toBeCloseTo(twoSided(40 / Math.sqrt(125)), 10);
    expect(mannKendall(rise.toReversed()).s).toBe(-41);
    expect(mannKendall([5, 5, 5, 5, 5]).p).toBe(1);
    expect(mannKendall([1, 2, 3]).p).toBe(1);
  });
});

test('the bootstrap interval of a mean covers the truth in about 95 % of cases, with correlated blocks', () => {
  const random = new Random(11);
  let held = 0;
  for (let round = 0; round < 100; round += 1) {
    const blocks = Array.from({ length: 40 }, () => {
      const level = random.next() - 0.5;
      return Array.from({ length: 20 }, () => level + 0.1 * (random.next() - 0.5));
    });
    const means = bootstrap(
      // Blocks are equally long, so that the mean of all values is that of the means.
      blocks.map(mean),
      mean,
      () => random.next(),
      300,
    );
    const { low, high } = percentileInterval(means) ?? { low: 0, high: 0 };
    if (low <= 0 && 0 <= high) held += 1;
  }
  expect(held).toBeGreaterThanOrEqual(88);
  expect(held).toBeLessThanOrEqual(99);
});

test('Poisson draws have the expected mean and variance', () => {
  const random = new Random(13);
  for (const expected of [0.7, 5, 80]) {
    const drawn = Array.from({ length: 20_000 }, () => poisson(expected, () => random.next()));
    const average = mean(drawn);
    const variance = mean(drawn.map((n) => (n - average) ** 2));
    expect(Math.abs(average / expected - 1)).toBeLessThan(0.03);
    expect(Math.abs(variance / expected - 1)).toBeLessThan(0.06);
  }
});
