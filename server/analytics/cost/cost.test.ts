/** What a cold start is billed for, by hand from REPORT lines; SnapStart by AWS's price list. */
import { expect, test } from 'vitest';
import { billedInitMs, logsCostOf, snapStartUsd } from './cost.ts';
import { logTierAt } from './terms.ts';

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

// AWS's example: 60 TB of logs cost $12,500 in tiers, $30,000 at the one price before May 2025.
test('log volume by tier', () => {
  const tb = 1000 * 2 ** 30;
  const usd = (tier: 1 | 2 | 3 | 4, size: number) => logsCostOf('us-east-1', size * tb, tier).usd;
  expect(usd(1, 10) + usd(2, 20) + usd(3, 20) + usd(4, 10)).toBeCloseTo(12_500, 6);
  const terms = { plans: [], tier: 1, logTier: 4 } as const;
  expect(usd(logTierAt(terms, Date.UTC(2025, 3, 30)), 60)).toBeCloseTo(30_000, 6);
  expect(logTierAt(terms, Date.UTC(2025, 4, 1))).toBe(4);
});
