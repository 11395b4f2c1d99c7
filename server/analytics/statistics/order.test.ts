/** The interval of a median between two of its values. */
import { expect, test } from 'vitest';
import { medianInterval } from './order.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1);

test.each([
  // Thompson 1936; ranks as in Conover, Practical Nonparametric Statistics, table of the binomial distribution.
  [6, 1, 6],
  [8, 1, 8],
  [9, 2, 8],
  [20, 6, 15],
  // 1000 − 0.98 × √2000 = 956.2
  [2000, 956, 1045],
])('of %i values: from the one of rank %i to that of rank %i', (n, low, high) => {
  expect(medianInterval(upTo(n).toReversed())).toEqual({ low, high });
});

test('five values are too few', () => {
  expect(medianInterval(upTo(5))).toBe(null);
  expect(medianInterval([])).toBe(null);
});
