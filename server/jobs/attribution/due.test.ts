import { expect, test } from 'vitest';
import { isDue } from './due.ts';

const slot = { functionId: 1, hourMs: 0, runs: 10_000, changes: 100, sinceMs: 0 };

test.each([
  ['what just came is let gather', { ...slot, runs: null }, 29_999, false],
  ['an hour never derived', { ...slot, runs: null }, 30_000, true],
  ['a small hour', { ...slot, runs: 500, changes: 1 }, 30_000, true],
  ['a large hour in which little changed', slot, 299_999, false],
  ['the same, later', slot, 300_000, true],
  ['a large hour of which a fifth changed', { ...slot, changes: 2000 }, 30_000, true],
])('%s', (_, pending, nowMs, due) => {
  expect(isDue(pending, nowMs)).toBe(due);
});
