/** What a cold start is billed for, by hand from REPORT lines; prices by AWS's price list. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import {
  billedInitMs,
  billedMs,
  costOf,
  ephemeralUsd,
  failedUsage,
  logsCostOf,
  priceOf,
  snapStartUsd,
  totalCost,
  unpricedInvocations,
} from './cost.ts';
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

test('SnapStart of two GB for four hours', () => {
  const found = (keptMs: number) => snapStartUsd('us-east-1', 'python3.13', { restores: 10, memoryMb: 2048, keptMs });
  // 10 × 2 GB × $0.0001397998, and 14,400 s × 2 GB × $1.5046e-6.
  expect(found(4 * HOUR_MS).restoreUsd).toBeCloseTo(0.002795996, 10);
  expect(found(4 * HOUR_MS).cacheUsd).toBeCloseTo(0.04333248, 9);
  // No version was kept.
  expect(found(0).cacheUsd).toBe(0);
});

test.each([
  // 100.2 + 220.8 ms, less the millisecond that rounding may take.
  ['up to a millisecond less', { billedMs: 320, durationMs: 100.2, initMs: 220.8 }, 220.8],
  ['more than a millisecond less', { billedMs: 319, durationMs: 100.2, initMs: 220.8 }, null],
  ['no billed time', { billedMs: null, durationMs: 100.2, initMs: 220.8 }, null],
  ['an init too short to tell', { billedMs: 102, durationMs: 100.2, initMs: 0.9 }, null],
  ['an init of a millisecond', { billedMs: 102, durationMs: 100.2, initMs: 1 }, 1],
  ['no init', { billedMs: 101, durationMs: 100.2 }, null],
])('whether an init was billed: %s', (_, run, expected) => {
  expect(billedInitMs({ ...none, ...run })).toBe(expected);
});

describe('sums of costs', () => {
  const usage = { region: 'us-east-1', memoryMb: 1024, architecture: 'x86_64', invocations: 1e6, billedMs: 1e6 };
  const unknown = { ...usage, memoryMb: null, invocations: 5 };
  const yuan = { ...usage, region: 'cn-north-1', invocations: 7 };

  test('leave out what has no price, and count it', () => {
    // 1,000 GB-seconds and a million requests, twice.
    expect(totalCost([usage, unknown, usage, yuan], AT_LIST_PRICE)).toEqual({
      usd: expect.closeTo(2 * (0.0166667 + 0.2), 9),
      assumed: false,
    });
    expect(totalCost([usage, { ...usage, architecture: null }], AT_LIST_PRICE)?.assumed).toBe(true);
    expect(totalCost([], AT_LIST_PRICE)).toBeNull();
    expect(unpricedInvocations([usage, unknown, yuan], AT_LIST_PRICE)).toBe(12);
    expect(unpricedInvocations([usage], AT_LIST_PRICE)).toBe(0);
  });

  test('of failed attempts are those of their requests and their time', () => {
    const failing = { ...usage, failed: 10, failedBilledMs: 2000 };
    expect(failedUsage([failing])).toEqual([{ ...failing, invocations: 10, billedMs: 2000 }]);
    // 10 requests and 2 GB-seconds.
    expect(totalCost(failedUsage([failing]), AT_LIST_PRICE)?.usd).toBeCloseTo(10 * 2e-7 + 2 * 1.66667e-5, 12);
  });

  test('a region without a price of logs has that of most', () => {
    expect(logsCostOf('us-east-1', 2 ** 30, 1)).toEqual({ usd: 0.5, assumed: false });
    expect(logsCostOf('xx-new-1', 2 ** 30, 1)).toEqual({ usd: 0.5, assumed: true });
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
