import { expect, test } from 'vitest';
import { differenceOfMeans, medianEstimate, randomEffectsMean } from './random-effects.ts';

const exact = (values: readonly number[]) => values.map((value) => ({ value, error: 0 }));

test('clusters without errors: the classical mean with s / √n', () => {
  const found = randomEffectsMean(exact([1, 2, 3]));
  expect(found?.value).toBeCloseTo(2, 9);
  expect(found?.error).toBeCloseTo(1 / Math.sqrt(3), 6);
  expect(found?.df).toBe(2);
  expect(randomEffectsMean(exact([5]))).toBeNull();
  expect(randomEffectsMean(exact([5, 5, 5]))?.value).toBe(5);
});

test('clusters that agree within their errors: weights by 1 / error²', () => {
  const found = randomEffectsMean([
    { value: 10, error: 1 },
    { value: 10.5, error: 2 },
  ]);
  // (10 + 10.5 / 4) / 1.25, and 1 / √1.25: never below the error of the weights.
  expect(found?.value).toBeCloseTo(10.1, 6);
  expect(found?.error).toBeCloseTo(Math.sqrt(0.8), 6);
});

test('one large cluster does not outweigh the others once clusters differ more than their errors', () => {
  const found = randomEffectsMean([
    { value: 100, error: 0.1 },
    { value: 140, error: 3 },
    { value: 180, error: 3 },
  ]);
  expect(found?.value).toBeGreaterThan(135);
  expect(found?.error).toBeGreaterThan(20);
});

test('Welch: two groups of three that are ten apart', () => {
  const [a, b] = [randomEffectsMean(exact([1, 2, 3])), randomEffectsMean(exact([11, 12, 13]))];
  if (a === null || b === null) throw new Error('no means');
  // t of 4 degrees of freedom, 2.77645 × √(2/3).
  const found = differenceOfMeans(a, b);
  expect(found.value).toBeCloseTo(10, 6);
  expect(found.low).toBeCloseTo(10 - 2.26696, 3);
  expect(found.high).toBeCloseTo(10 + 2.26696, 3);
});

test('Welch: degrees of freedom by Satterthwaite where the groups differ in spread', () => {
  // (0.1² + 2²)² / (0.1⁴ / 9 + 2⁴ / 2) = 16.0801 / 8.0000111 = 2.01001; t of it by interpolation between 4.3027 (2) and 4.2975.
  const found = differenceOfMeans({ value: 0, error: 0.1, df: 9 }, { value: 5, error: 2, df: 2 });
  expect((found.high - found.low) / 2 / Math.sqrt(4.01)).toBeGreaterThan(4.25);
  expect((found.high - found.low) / 2 / Math.sqrt(4.01)).toBeLessThan(4.31);
});

test('the error of a median is that of Price and Bonett (2001)', () => {
  // n = 10: second and ninth value; P(Binomial(10, ½) < 2) = 11/1024, z = 2.2995.
  const found = medianEstimate([3, 1, 2, 4, 5, 6, 7, 8, 10, 9]);
  expect(found.value).toBe(5.5);
  expect(found.error).toBeCloseTo(7 / (2 * 2.2995), 3);
  expect(Number.isFinite(medianEstimate(Array.from({ length: 5000 }, (_, at) => at)).error)).toBe(true);
});
