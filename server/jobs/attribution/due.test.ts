import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { isDue } from './due.ts';

const hour = { functionId: 1, hourMs: 0, runs: 10_000, changes: 100, sinceMs: 0 };

test.each([
  ['an hour that just changed waits for more lines', { ...hour, runs: null }, 29_999, false],
  ['an hour that was never attributed', { ...hour, runs: null }, 30_000, true],
  ['a small hour', { ...hour, runs: 500, changes: 1 }, 30_000, true],
  ['a large hour in which little changed', hour, 299_999, false],
  ['a large hour in which little changed, after five minutes', hour, 300_000, true],
  ['a large hour of which a fifth changed', { ...hour, changes: 2000 }, 30_000, true],
])('%s', (_, pending, nowMs, due) => {
  expect(isDue(pending, nowMs)).toBe(due);
});

test('an hour that became stale in the future, before the clock went back, is due', () => {
  const hour = { functionId: 1, hourMs: 0, changes: 1, runs: null, sinceMs: HOUR_MS };
  expect([isDue(hour, HOUR_MS - 1000), isDue(hour, 1000)]).toEqual([false, true]);
});
