/** Conditions of rules. */
import { expect, test } from 'vitest';
import { findingOf } from './rule.ts';

test('conditions: equality, null, infinity, too few samples', () => {
  const rule = { comparison: '>' as const, threshold: 1, bound: 'value' as const, minSamples: 10 };
  const measured = (value: number | null, n = 10) => ({ labels: {}, value, n, interval: null });
  expect(findingOf(rule, measured(1))).toBe('false');
  expect(findingOf({ ...rule, comparison: '>=' }, measured(1))).toBe('true');
  for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY])
    expect(findingOf(rule, measured(value))).toBe('no-data');
  expect(findingOf(rule, measured(5, 9))).toBe('no-data');
  const interval = { low: 0.5, high: 3 };
  expect(findingOf({ ...rule, bound: 'certain' }, { ...measured(2), interval })).toBe('false');
  expect(findingOf({ ...rule, comparison: '<', bound: 'certain', threshold: 2.5 }, { ...measured(2), interval })).toBe(
    'false',
  );
});
