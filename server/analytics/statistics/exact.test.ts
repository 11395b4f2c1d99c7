/** Distributions, resamples and variances where the value is known in closed form. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { clusteredRate, frequenciesOf, sumVariance } from './blocks.ts';
import { bootstrap, draw, percentileInterval, poisson } from './bootstrap.ts';
import { Heap } from './heap.ts';
import { normalCdf, normalDraw, twoSided } from './normal.ts';
import { countUpTo, mean, median, medianOf, quantileOf } from './order.ts';
import { differenceOfMeans } from './random-effects.ts';
import { wilson } from './rate.ts';
import { incompleteBeta, quantileT, twoSidedT } from './student.ts';

/** Repeats the numbers for ever. */
function cycle(...numbers: readonly number[]): () => number {
  let at = -1;
  return () => {
    at += 1;
    return numbers[at % numbers.length] ?? 0;
  };
}

describe('the incomplete beta function', () => {
  test.each([
    // I(x; a, 1) is xᵃ, and I(x; 1, b) is 1 − (1 − x)ᵇ.
    [0.3, 1, 1, 0.3],
    [0.3, 2, 1, 0.09],
    [0.9, 2, 1, 0.81],
    [0.3, 1, 2, 1 - 0.49],
    [0.9, 1, 3, 1 - 0.001],
    // Below a half, the gamma function is that of its reflection: √√0.0081 is 0.3.
    [0.0081, 0.25, 1, 0.3],
    [0.9919, 1, 0.25, 0.7],
    [0.5, 7, 7, 0.5],
    [0, 2, 3, 0],
    [-1, 2, 3, 0],
    [1, 2, 3, 1],
    [2, 2, 3, 1],
  ])('I(%d; %d, %d) is %d', (x, a, b, expected) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(expected, 12);
  });

  test('is symmetric: I(x; a, b) = 1 − I(1 − x; b, a)', () => {
    const shape = fc.double({ min: 0.1, max: 50, noNaN: true });
    law(
      fc.property(fc.integer({ min: 0, max: 1024 }), shape, shape, (part, a, b) => {
        const x = part / 1024;
        expect(incompleteBeta(x, a, b)).toBeCloseTo(1 - incompleteBeta(1 - x, b, a), 9);
      }),
    );
  });
});

test("Student's t of four degrees of freedom, and what is no number", () => {
  // P(|T| ≥ t) = 1 − s (1 + (1 − s²) / 2) with s = t / √(4 + t²): of t = 2, s² is 1/2.
  expect(twoSidedT(2, 4)).toBeCloseTo(1 - Math.SQRT1_2 * 1.25, 12);
  expect(twoSidedT(-2, 4)).toBeCloseTo(1 - Math.SQRT1_2 * 1.25, 12);
  expect(twoSidedT(Number.NaN, 4)).toBe(1);
  expect(twoSidedT(1e200, 4)).toBe(0);
  // The median of |T| with one degree of freedom is 1.
  expect(quantileT(1, 0.5)).toBeCloseTo(1, 9);
  expect(quantileT(2)).toBeCloseTo(4.302653, 6);
});

describe('the normal distribution', () => {
  test('draws of Box and Muller', () => {
    // √(2 ln 2) is 1.17741: half a turn around, or none.
    expect(normalDraw(cycle(0.5, 0.5))).toBeCloseTo(-1.17741, 5);
    expect(normalDraw(cycle(0.5, 0))).toBeCloseTo(1.17741, 5);
    expect(normalDraw(cycle(0.75, 0))).toBeCloseTo(Math.sqrt(2 * Math.log(4)), 9);
    expect(normalDraw(cycle(0, 0))).toBeCloseTo(0, 12);
  });

  test('tails', () => {
    expect(normalCdf(-1)).toBeCloseTo(1 - normalCdf(1), 12);
    expect(twoSided(0)).toBeCloseTo(1, 6);
    expect(twoSided(1.959963985)).toBeCloseTo(0.05, 6);
    // 1.349898e-3, to the stated relative error.
    expect(normalCdf(-3) / 1.3498980316e-3).toBeCloseTo(1, 6);
  });
});

describe('variance of a sum', () => {
  test('of four values', () => {
    // Two frequencies. The first takes the difference of the ends, cos(π/8) + cos(π/8), the second their sum, which is 0:
    // 2 (2 cos π/8)² / 2 = 4 cos² π/8 = 2 + √2.
    expect(sumVariance([1, 0, 0, -1])).toEqual({ variance: expect.closeTo(2 + Math.SQRT2, 12), df: 2 });
    // Of the same sign only the second sees them: 2 (2 cos π/4)² / 2 = 2.
    expect(sumVariance([1, 0, 0, 1])?.variance).toBeCloseTo(2, 12);
  });

  test('0.4 T^⅔ frequencies, rounded up', () => {
    expect([4, 8, 27, 1000].map(frequenciesOf)).toEqual([2, 2, 4, 40]);
  });

  test('is four times as large for twice the residuals', () => {
    law(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 4, maxLength: 40 }), (residuals) => {
        const twice = sumVariance(residuals.map((one) => 2 * one))?.variance ?? Number.NaN;
        expect(twice).toBeCloseTo(4 * (sumVariance(residuals)?.variance ?? Number.NaN), 6);
      }),
    );
  });
});

test('a rate of two bursts of ten in four blocks is worth less than a single invocation', () => {
  // Residuals 5, −5, −5, 5: 2 (4 × 5 cos π/4)² / 2 = 200, twenty times 40 / 4. Times (4.302653 / 1.959964)²: 96.386.
  const found = clusteredRate([10, 0, 0, 10].map((hits) => ({ hits, n: 10 })));
  const wider = wilson(20 / 96.386, 40 / 96.386);
  expect(found).toMatchObject({ value: 0.5, n: 40, blocks: 4 });
  expect(found.low).toBeCloseTo(wider.low ?? 1, 5);
  expect(found.high).toBeCloseTo(wider.high ?? 0, 5);
  expect(found.low).toBeCloseTo(0.025, 3);
  // Blocks of which each has as many hits: no narrower than for independent invocations, with t of two degrees of freedom.
  const even = clusteredRate([5, 5, 5, 5].map((hits) => ({ hits, n: 10 })));
  expect(even.low).toBeCloseTo(wilson(20 / 4.81928, 40 / 4.81928).low ?? 1, 5);
});

test('two means without any error differ exactly', () => {
  const at = (value: number, error = 0) => ({ value, error, df: 2 });
  expect(differenceOfMeans(at(100), at(130))).toEqual({ value: 30, low: 30, high: 30 });
  // Errors of 3 and 4 are 5 together; with as many values as errors: 5⁴ / (3⁴ / 2 + 4⁴ / 2) = 3.71 degrees of freedom.
  const found = differenceOfMeans(at(100, 3), at(130, 4));
  expect(found.value).toBe(30);
  expect(found.high - 30).toBeCloseTo(5 * quantileT(625 / 168.5), 9);
  expect(found.high + found.low).toBeCloseTo(60, 9);
  expect(differenceOfMeans(at(130), at(100)).value).toBe(-30);
});

describe('resamples', () => {
  test('are drawn with replacement, and sorted', () => {
    expect(draw(['a', 'b', 'c'], cycle(0, 0.34, 0.99))).toEqual(['a', 'b', 'c']);
    expect(draw(['a', 'b', 'c'], cycle(0.33))).toEqual(['a', 'a', 'a']);
    expect(draw([], cycle(0))).toEqual([]);
    // Means of [4, 4] and [2, 4], and then the same again.
    expect([...bootstrap([2, 4], mean, cycle(0.5, 0.5, 0, 0.5), 4)]).toEqual([3, 3, 4, 4]);
    expect(bootstrap([2, 4], mean, cycle(0)).length).toBe(1000);
  });

  test('without a finite statistic are dropped', () => {
    const statistic = ([first = 0]: readonly number[]) => 1 / first;
    expect([...bootstrap([0, 5], statistic, cycle(0, 0, 0.5, 0.5), 2)]).toEqual([0.2]);
  });

  test('the interval leaves half of the rest on either side', () => {
    const sorted = Float64Array.from({ length: 100 }, (_, at) => at + 1);
    // Ranks ⌈2.5⌉ and ⌈97.5⌉; then 10 and 90.
    expect(percentileInterval(sorted)).toEqual({ low: 3, high: 98 });
    expect(percentileInterval(sorted, 0.8)).toEqual({ low: 10, high: 90 });
    expect(percentileInterval(new Float64Array(0))).toBeNull();
  });

  test('Poisson draws count the factors until the product is at most e⁻ᵐ', () => {
    // e⁻¹ is 0.37: 0.6 is above it, 0.36 is not.
    expect(poisson(1, cycle(0.6))).toBe(1);
    expect(poisson(1, cycle(0.3))).toBe(0);
    expect(poisson(1, cycle(0.8))).toBe(4);
    expect(poisson(0, cycle(0.99))).toBe(0);
    // From 30 on by the normal distribution: 31 − 1.177 × √31 is 24.4, and 100 + 1.177 × 10 is 111.8.
    expect(poisson(31, cycle(0.5, 0.5))).toBe(24);
    expect(poisson(100, cycle(0.5, 0))).toBe(112);
  });
});

describe('order', () => {
  test('ranks at their ends, and nothing of nothing', () => {
    expect([quantileOf([7], 0), quantileOf([7], 1), quantileOf([1, 2], 2)]).toEqual([7, 7, 2]);
    expect([medianOf([1, 2, 9]), medianOf([1, 2]), medianOf([5])]).toEqual([2, 1.5, 5]);
    expect([medianOf([]), mean([]), median([])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([0, 1, 2, 5, 6].map((value) => countUpTo([1, 2, 2, 5], value))).toEqual([0, 1, 3, 4, 4]);
    expect(countUpTo([], 1)).toBe(0);
  });

  test('inputs are not changed', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

test('a heap gives its values in order, whatever the order in which they came', () => {
  law(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 60 }), (values) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const value of values) heap.push(value);
      const sorted = values.toSorted((a, b) => a - b);
      for (const value of sorted) {
        expect(heap.first).toBe(value);
        expect(heap.pop()).toBe(value);
      }
      expect([heap.first, heap.pop()]).toEqual([undefined, undefined]);
    }),
  );
});
