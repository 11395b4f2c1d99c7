/** The threshold between handovers and proactive inits, from a function's own gaps. */

import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { proactiveThresholdOf } from './proactive-threshold.ts';

const random = new Random(6);
const many = (n: number, middleMs: number, spread = 0.5): number[] =>
  Array.from({ length: n }, () => random.logNormal(middleMs, spread));

test('is one second for handovers of milliseconds, whatever the longer gaps are', () => {
  expect(proactiveThresholdOf([])).toBe(1000);
  expect(proactiveThresholdOf(many(100, 6))).toBe(1000);
  expect(proactiveThresholdOf([...many(100, 6), ...many(50, 40_000)])).toBe(1000);
});

test('moves into the valley above slow handovers', () => {
  const limit = proactiveThresholdOf([...many(100, 900, 0.3), ...many(50, 60_000, 0.3)]);
  expect(limit).toBeGreaterThan(2500);
  expect(limit).toBeLessThan(25_000);
});

test('stays at the default with too few handovers', () => {
  expect(proactiveThresholdOf([...many(19, 900, 0.1), ...many(50, 60_000, 0.1)])).toBe(1000);
  expect(proactiveThresholdOf([...many(40, 20_000, 0.1), ...many(40, 90_000, 0.1)])).toBe(1000);
  // One cluster without a valley.
  expect(proactiveThresholdOf(many(500, 1500, 0.4))).toBe(1000);
});

test('rises with a clock skew above one second, but not with a single outlier', () => {
  expect(proactiveThresholdOf([...many(90, 6), ...many(10, 3000, 0.01).map((ms) => -ms)])).toBeGreaterThan(2900);
  expect(proactiveThresholdOf([...many(200, 6), -HOUR_MS])).toBe(1000);
});

test.each([
  // A valley from 400 ms to 20 s: √(400 × 20,000). That from 20 s to 2,000 s is wider, and separates proactive inits.
  [[20_000, 2_000_000], 2828],
  // One that begins at 10 s may still be that of handovers: √(10,000 × 1,000,000).
  [[10_000, 1_000_000], 100_000],
])('25 handovers within 400 ms, then %j ms', (later, limitMs) => {
  expect(proactiveThresholdOf([...Array.from({ length: 25 }, () => 400), ...later])).toBe(limitMs);
});
