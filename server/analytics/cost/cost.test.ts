/** What a cold start is billed for, by hand from REPORT lines; SnapStart by AWS's price list. */
import { expect, test } from 'vitest';
import { billedInitMs, snapStartUsd } from './cost.ts';

const none = { initMs: null, hiddenInitMs: null, billedRestoreMs: null };
test.each([
  ['an init that Billed Duration includes', { billedMs: 321, durationMs: 100.2, initMs: 220.5 }, 220.5],
  ['an init that it does not include', { billedMs: 101, durationMs: 100.2, initMs: 220.5 }, null],
  ['the billed part of a restore', { billedMs: 2521, durationMs: 2338.66, initMs: 398.97, billedRestoreMs: 182 }, 182],
  [
    'an init inside a Duration that was cut at a timeout',
    { billedMs: 10_000, durationMs: 10_000, hiddenInitMs: 10_001.07 },
    10_000,
  ],
  ['an init inside Duration', { billedMs: 4461, durationMs: 4460.1, hiddenInitMs: 4447.52 }, 4447.52],
  [
    'an init inside Duration without a billed time',
    { billedMs: null, durationMs: 4460.1, hiddenInitMs: 4447.52 },
    null,
  ],
])('%s', (_name, run, expected) => {
  expect(billedInitMs({ ...none, ...run })).toBe(expected);
});

test('SnapStart costs per GB restored and per GB-second kept, at least three hours', () => {
  const { restoreUsd, cacheUsd } = snapStartUsd('us-east-1', 'python3.13', {
    restores: 1000,
    memoryMb: 1024,
    keptMs: 60_000,
  });
  expect(restoreUsd).toBeCloseTo(0.1397998, 7);
  // 3 h × 3,600 s × 1 GB × $1.5046e-6.
  expect(cacheUsd).toBeCloseTo(0.01624968, 8);
  expect(snapStartUsd('us-east-1', 'java21', { restores: 1000, memoryMb: 1024, keptMs: 60_000 })).toEqual({
    restoreUsd: 0,
    cacheUsd: 0,
  });
});
