/** What a cold start is billed for, by hand from REPORT lines; prices by AWS's price list. */
import { expect, test } from 'vitest';
import { billedInitMs, billedMs, costOf, ephemeralUsd, logsCostOf, priceOf, snapStartUsd, totalCost } from './cost.ts';
import { AT_LIST_PRICE, logTierAt } from './terms.ts';

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

// AWS's list prices of us-east-1 and of Cape Town (af-south-1): $ per GB-second, and per request.
test.each([
  ['us-east-1', 'x86_64', 1.66667e-5, 2e-7],
  ['us-east-1', 'arm64', 1.33334e-5, 2e-7],
  ['af-south-1', 'x86_64', 2.21e-5, 2.7e-7],
  ['af-south-1', 'arm64', 1.768e-5, 2.7e-7],
])('a function in %s on %s pays the price of both', (region, architecture, perGbSecond, perRequest) => {
  expect(priceOf(region, architecture, AT_LIST_PRICE)).toEqual({ perGbSecond, perRequest, assumed: false });
  // 512 MB for 3,000 s are 1,500 GB-seconds.
  const usage = { region, memoryMb: 512, architecture, invocations: 10_000, billedMs: 3_000_000 };
  const cost = costOf(usage, AT_LIST_PRICE);
  expect(cost?.usd).toBeCloseTo(1500 * perGbSecond + 10_000 * perRequest, 12);
  expect(cost?.assumed).toBe(false);
});

test('an architecture that is not known is priced as x86_64, and a region without a price as most are; both are said', () => {
  const price = { perGbSecond: 1.66667e-5, perRequest: 2e-7, assumed: true };
  expect(priceOf('us-east-1', null, AT_LIST_PRICE)).toEqual(price);
  expect(priceOf('xx-new-1', 'x86_64', AT_LIST_PRICE)).toEqual(price);
  expect(priceOf('cn-north-1', 'x86_64', AT_LIST_PRICE)).toEqual(price);
});

test('what cannot be priced has no cost, which is not zero', () => {
  const usage = { region: 'us-east-1', memoryMb: 512, architecture: 'arm64', invocations: 1, billedMs: 1 };
  expect(costOf({ ...usage, memoryMb: null }, AT_LIST_PRICE)).toBeNull();
  expect(costOf({ ...usage, region: 'cn-north-1' }, AT_LIST_PRICE)).toBeNull();
  expect(totalCost([{ ...usage, memoryMb: null }], AT_LIST_PRICE)).toBeNull();
});

// AWS's price list: $0.0000000309 per GB-second in us-east-1; 512 MB are free.
test('ephemeral storage beyond 512 MB is paid by the GB-second', () => {
  expect(ephemeralUsd('us-east-1', 512, 1e9)).toBe(0);
  // 0.5 GB × 1,000,000 s × $0.0000000309.
  expect(ephemeralUsd('us-east-1', 1024, 1e9)).toBeCloseTo(0.01545, 9);
});

// By AWS's announcement of billing by the millisecond, on 1 December 2020.
test('runs are billed by the millisecond since December 2020, by 100 ms before', () => {
  const sinceMs = Date.UTC(2020, 11, 1);
  expect(billedMs(100.2, sinceMs)).toBe(101);
  expect(billedMs(100.2, sinceMs - 1)).toBe(200);
  expect(billedMs(100, sinceMs - 1)).toBe(100);
});
