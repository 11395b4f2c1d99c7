/** Costs of a function by component. Expected amounts were worked out by hand from AWS's list prices of us-east-1. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { READ_COLUMNS } from '../../storage/rollup/bucket.ts';
import { moneyOf } from './function-cost.ts';
import { measured } from './measured-period.ts';

const range = { fromMs: Date.UTC(2026, 10, 20), toMs: Date.UTC(2026, 10, 21) };
const zero = Object.fromEntries(READ_COLUMNS.map((name) => [name, 0]));
const terms: PriceTerms = { plans: [], tier: 1, logTier: 1 };
const slice = (change: object = {}) => ({
  version: '7',
  memoryMb: 1024,
  architecture: 'arm64',
  invocations: 1000,
  billedMs: 100_000,
  failed: 10,
  failedBilledMs: 30_000,
  ...change,
});
interface Given {
  readonly usage?: readonly object[];
  readonly counts?: object;
  readonly runtime?: string;
  readonly logs?: object | null;
  readonly terms?: PriceTerms;
}
function money(given: Given = {}) {
  const identity = { region: 'us-east-1', runtime: given.runtime ?? 'python3.13', runtimeVersion: null, functionId: 1 };
  const counts = { ...zero, n: 1000, cold_on_demand: 5, ...given.counts };
  const aggregate = { identity, usage: given.usage ?? [slice()], counts };
  const causes = {
    byCause: [{ cause: 'scale-out', n: 5 }],
    billedInits: [{ memoryMb: 1024, architecture: 'arm64', ms: 6000 }],
  };
  const cold = { causes, buckets: [], range: { ...range, widthMs: HOUR_MS } };
  const priced = { cold, history: [], logs: given.logs ?? null };
  return moneyOf(aggregate as never, priced as never, range, given.terms ?? terms);
}

test('compute, requests, init and failures are priced at their architecture', () => {
  const found = money();
  // 100 s, 6 s and 30 s of 1 GB at $0.0000133334; 1,000 and 10 requests at $0.0000002.
  expect(found.computeUsd).toBeCloseTo(0.00133334, 12);
  expect(found.requestsUsd).toBeCloseTo(0.0002, 12);
  expect(found.initUsd).toBeCloseTo(0.0000800004, 12);
  expect(found.failedUsd).toBeCloseTo(0.000002 + 0.000400002, 12);
  // x86_64, and half of the memory: 100 s of half a GB at $0.0000166667.
  const x86 = money({ usage: [slice({ architecture: 'x86_64', memoryMb: 512 })] });
  expect(x86.computeUsd).toBeCloseTo(0.000833335, 12);
});

test('price tier 2 takes a tenth off duration, and nothing off requests', () => {
  const found = money({ terms: { ...terms, tier: 2 } });
  expect(found.computeUsd).toBeCloseTo(0.00120001, 7);
  expect(found.requestsUsd).toBeCloseTo(0.0002, 12);
});

test('without any known memory size nothing is priced: null, not 0', () => {
  expect(money({ usage: [slice({ memoryMb: null })] })).toMatchObject({
    computeUsd: null,
    requestsUsd: null,
    initUsd: null,
    ephemeralStorageUsd: null,
    logs: null,
  });
  // No inventory says how much storage is configured.
  expect(money()).toMatchObject({ ephemeralStorageUsd: null, logs: null });
});

test('logs cost $0.50 a GB in the first tier, and $0.25 in the second', () => {
  // AWS bills 2^30 bytes as a GB.
  const logs = { bytes: 2 ** 31 };
  expect(money({ logs }).logs).toMatchObject({ bytes: 2 ** 31, usd: 1, assumed: false });
  expect(money({ logs, terms: { ...terms, logTier: 2 } }).logs).toMatchObject({ usd: 0.5 });
});

test('SnapStart: restores per GB, and a snapshot of each published version that ran', () => {
  const counts = { cold_on_demand: 0, cold_snap_start: 10 };
  const found = money({ counts });
  // 10 restores of 1 GB at $0.0001397998; a day of 1 GB at $0.0000015046 a second.
  expect(found.snapStartRestoreUsd).toBeCloseTo(0.001397998, 12);
  expect(found.snapStartCacheUsd).toBeCloseTo(86_400 * 1.5046e-6, 9);
  const two = money({
    counts,
    usage: [slice({ invocations: 300 }), slice({ version: '8', memoryMb: 2048, invocations: 100 })],
  });
  // The mean size is 1.25 GB; snapshots are of 1 and 2 GB.
  expect(two.snapStartRestoreUsd).toBeCloseTo(1.25 * 0.001397998, 12);
  expect(two.snapStartCacheUsd).toBeCloseTo(3 * 86_400 * 1.5046e-6, 9);
});

test('SnapStart is free for Java, costs nothing without restores, and is unknown without a published version', () => {
  const counts = { cold_on_demand: 0, cold_snap_start: 10 };
  expect(money({ counts, runtime: 'java21' })).toMatchObject({ snapStartRestoreUsd: 0, snapStartCacheUsd: 0 });
  expect(money()).toMatchObject({ snapStartRestoreUsd: 0, snapStartCacheUsd: 0 });
  for (const change of [{ version: '$LATEST' }, { version: null }, { memoryMb: null }])
    expect(money({ counts, usage: [slice(change)] })).toMatchObject({
      snapStartRestoreUsd: null,
      snapStartCacheUsd: null,
    });
});

test('a period to compare: counts, blocks, and the cost per thousand invocations at list price', () => {
  const counts = { ...zero, n: 500, errors: 2, timeouts: 3, cold_on_demand: 4, cold_suppressed: 1, errors_unknown: 7 };
  const block = { atMs: range.fromMs, n: 200, errors: 6, coldStarts: 5, billedMs: 9000 };
  const found = {
    counts,
    usage: [slice({ invocations: 500 })],
    durationMs: [],
    initMs: [],
    blockMs: HOUR_MS,
    blocks: [block],
  };
  const period = measured({ ...found, range: { ...range, widthMs: HOUR_MS } } as never, 'us-east-1');
  expect(period).toMatchObject({
    n: 500,
    errors: 5,
    coldStarts: 5,
    errorsUnknown: 7,
    blockMs: HOUR_MS,
    blocks: [block],
  });
  // 500 requests and 100 s for 500 invocations: twice as much for a thousand.
  expect(period.costPer1kUsd).toBeCloseTo(2 * (0.0001 + 0.00133334), 10);
  expect(measured({ ...found, counts: { ...counts, n: 0 } } as never, 'us-east-1').costPer1kUsd).toBeNull();
  expect(measured({ ...found, usage: [] } as never, 'us-east-1').costPer1kUsd).toBeNull();
});
