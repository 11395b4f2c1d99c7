/** Cost of cold starts. Expected amounts were worked out by hand from AWS's list prices of us-east-1. */
import { describe, expect, test } from 'vitest';
import { AT_LIST_PRICE } from '../../analytics/cost/terms.ts';
import { quantileIntervals } from '../../analytics/statistics/quantile-interval.ts';
import type { ColdStartAggregate } from '../../storage/ports.ts';
import type { ReadColumn } from '../../storage/rollup/bucket.ts';
import { READ_COLUMNS } from '../../storage/rollup/bucket.ts';
import { taxAssumptions, taxOf } from './cold-start-tax.ts';

function countsOf(given: Partial<Record<ReadColumn, number>>): ColdStartAggregate['counts'] {
  const none = Object.fromEntries(READ_COLUMNS.map((name) => [name, 0]));
  return { ...(none as Record<ReadColumn, number>), ...given };
}

const NONE = { p50: null, p95: null, p99: null, n: 0 };
const UNKNOWN = { ...NONE, intervals: quantileIntervals([]) };

function aggregate(given: Partial<ColdStartAggregate> = {}): ColdStartAggregate {
  return {
    range: { fromMs: 0, toMs: 1, widthMs: 1 },
    // 1,000 invocations; 20 cold starts that callers waited 6 s for, altogether.
    counts: countsOf({ n: 1000, cold_on_demand: 20, user_felt: 20, felt_init_us: 6_000_000 }),
    byKind: [],
    buckets: [],
    onDemand: { initMs: UNKNOWN, totalMs: UNKNOWN, initHistogram: [] },
    durationMs: { ...UNKNOWN, p50: 40, p95: 90, p99: 120, n: 1000 },
    usage: [usage(1024, 'x86_64', 1000)],
    examples: [],
    causes: {
      byCause: [{ cause: 'scale-out', n: 20 }],
      billedInits: [{ memoryMb: 1024, architecture: 'x86_64', ms: 6000 }],
      // The first of an environment lasts 140 ms, which is 100 ms more than usual.
      firstDurationMs: { n: 20, median: 140 },
      platformMs: NONE,
      byExtensions: [],
      doomLoops: [],
      window: null,
    },
    ...given,
  };
}

function usage(memoryMb: number | null, architecture: string | null, invocations: number) {
  return {
    version: null,
    memoryMb,
    architecture,
    invocations,
    billedMs: 40 * invocations,
    failed: 0,
    failedBilledMs: 0,
  };
}

const tax = (given: Partial<ColdStartAggregate> = {}, days = 4) =>
  taxOf(aggregate(given), days, 'us-east-1', AT_LIST_PRICE);

test('time is init plus the excess of first invocations, in ms, per day', () => {
  // 6,000 ms of init and 20 × 100 ms of excess in four days.
  expect(tax().taxMsPerDay).toBe(2000);
  expect(tax({}, 1).taxMsPerDay).toBe(8000);
  expect(tax().firstConnectionMs).toEqual({ n: 20, median: 140, warmMedian: 40, excess: 100 });
});

test('dollars are billed inits and that excess, at the price of the memory size, and not per day', () => {
  // 1 GB × (6 s + 2 s) × $0.0000166667.
  expect(tax().taxUsd).toBeCloseTo(8 * 1.66667e-5, 12);
  expect(tax({}, 1).taxUsd).toBeCloseTo(8 * 1.66667e-5, 12);
});

test('an arm64 function pays the price of arm64', () => {
  const { causes } = aggregate();
  const arm64 = {
    usage: [usage(1024, 'arm64', 1000)],
    causes: { ...causes, billedInits: [{ memoryMb: 1024, architecture: 'arm64', ms: 6000 }] },
  };
  expect(tax(arm64).taxUsd).toBeCloseTo(8 * 1.33334e-5, 12);
});

test('the excess is shared among memory sizes by their invocations; sizes that are not known take no part', () => {
  const { causes } = aggregate();
  const sizes = {
    usage: [usage(512, 'x86_64', 750), usage(2048, 'x86_64', 250), usage(null, null, 9000)],
    causes: { ...causes, billedInits: [] },
  };
  // 2 s: 1.5 s with 0.5 GB and 0.5 s with 2 GB are 1.75 GB-seconds.
  expect(tax(sizes).taxUsd).toBeCloseTo(1.75 * 1.66667e-5, 12);
  expect(tax({ usage: [usage(null, null, 9000)] }).taxUsd).toBeNull();
});

test('first invocations that are faster than usual do not lower the cost', () => {
  const causes = { ...aggregate().causes, firstDurationMs: { n: 20, median: 30 } };
  expect(tax({ causes })).toMatchObject({ taxMsPerDay: 1500, firstConnectionMs: { excess: 0 } });
});

test('above 30 % of cold starts, the usual duration is not known', () => {
  const at = (cold: number) => tax({ counts: countsOf({ n: 1000, cold_on_demand: cold, felt_init_us: 6_000_000 }) });
  expect(at(300)).toMatchObject({ taxMsPerDay: 2000, firstConnectionMs: { warmMedian: 40 } });
  expect(at(301)).toMatchObject({ taxMsPerDay: 1500, firstConnectionMs: { warmMedian: null, excess: null } });
});

test('is unknown without invocations, and until a cold start has a cause', () => {
  const unknown = { taxMsPerDay: null, taxUsd: null };
  expect(tax({ counts: countsOf({}) })).toMatchObject(unknown);
  expect(tax({ causes: { ...aggregate().causes, byCause: [] } })).toMatchObject(unknown);
});

test('without cold starts nobody waits', () => {
  const causes = { ...aggregate().causes, byCause: [], billedInits: [], firstDurationMs: { n: 0, median: null } };
  expect(tax({ counts: countsOf({ n: 1000 }), causes })).toMatchObject({ taxMsPerDay: 0, taxUsd: 0 });
});

test('an init of a memory size that is not known takes no part', () => {
  const { causes } = aggregate();
  const billedInits = [...causes.billedInits, { memoryMb: null, architecture: null, ms: 90_000 }];
  expect(tax({ causes: { ...causes, billedInits } }).taxUsd).toBeCloseTo(8 * 1.66667e-5, 12);
});

describe('what the amount assumes', () => {
  const AT_LIST = { plans: [], tier: 1, logTier: 1 } as const;
  const assumed = (given: Partial<ColdStartAggregate> = {}, region = 'us-east-1') =>
    taxAssumptions(aggregate(given), tax(given), region, AT_LIST).priceAssumptions;

  test('names the prices, the tier, what is billed and how the excess is spread', () => {
    expect(assumed()).toEqual([
      expect.stringMatching(/^AWS list prices as read from /),
      'Architectures of their time, from the inventory or CloudTrail; before the first known update, the first known one',
      expect.stringMatching(/^Duration at the first price tier/),
      'No savings plan is declared for this time',
      'An init is billed where its REPORT line contains it in Billed Duration; of a restore, its Billed Restore Duration is',
      'What first invocations take longer than warm ones is spread over memory sizes in proportion to their invocations',
      'The monthly free tier of the account is not subtracted; restores and snapshots of SnapStart are priced apart',
    ]);
  });

  test('names an unknown architecture and a region without a price', () => {
    const found = assumed({ usage: [usage(1024, null, 1000)] }, 'xx-nowhere-1');
    expect(found).toContain('No price is listed for xx-nowhere-1: the standard price is assumed');
    expect(found).toContain('The architecture of 1,000 invocations is unknown: x86_64 is assumed');
  });

  test('names inits that could not be priced, and an excess that is unknown', () => {
    const { causes } = aggregate();
    const billedInits = [...causes.billedInits, { memoryMb: null, architecture: null, ms: 90_000 }];
    expect(assumed({ causes: { ...causes, billedInits } })).toContain(
      'Billed inits of an unknown memory size are not contained: 1.50 min',
    );
    expect(assumed({ counts: countsOf({ n: 1000, cold_on_demand: 400, felt_init_us: 6_000_000 }) })).toContain(
      'What first invocations take longer than warm ones is unknown and not contained',
    );
  });

  test('is empty where the amount is unknown', () => {
    expect(assumed({ usage: [usage(null, null, 9000)] })).toEqual([]);
  });
});
