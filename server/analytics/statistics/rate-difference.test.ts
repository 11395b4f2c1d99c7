import { expect, test } from 'vitest';
import { wilson } from './rate.ts';
import { rateDifference } from './rate-difference.ts';

test('the interval of Newcombe’s example: 56/70 less 48/80', () => {
  // Newcombe 1998, table II, method 10: 0.2000, 0.0524 to 0.3339.
  const found = rateDifference(wilson(48, 80), wilson(56, 70));
  expect(found?.value).toBeCloseTo(0.2, 12);
  expect(found?.low).toBeCloseTo(0.0524, 4);
  expect(found?.high).toBeCloseTo(0.3339, 4);
});

test('a rate without invocations has no difference', () => {
  expect(rateDifference(wilson(0, 0), wilson(1, 10))).toBeNull();
  expect(rateDifference(wilson(1, 10), wilson(0, 0))).toBeNull();
});
