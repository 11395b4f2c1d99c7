/** Dollars by AWS's list prices of us-east-1: storage $0.0000000309, provisioned concurrency $0.0000041667 (x86_64) and $0.0000033334 (arm64) per GB-second. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { ConfiguredState } from './configured.ts';
import { keptUsd, storageUsd } from './configured.ts';
import { AT_LIST_PRICE } from './terms.ts';

const FROM = Date.UTC(2026, 10, 1);
const OWNER = { region: 'us-east-1', memoryMb: 1024, architecture: null };

function state(fromMs: number, facts: Partial<ConfiguredState['facts']>): ConfiguredState {
  const unknown = { lastModifiedMs: null, ephemeralStorageMb: null, provisionedConcurrency: null };
  return { fromMs, facts: { ...unknown, memoryMb: null, architecture: null, ...facts } };
}

test('ephemeral storage that grew is not charged to the time before', () => {
  // Read at hour 3, but updated at hour 2: hours 0 and 1 have the free 512 MB, hours 2 and 3 have 2 GB beyond it.
  const history = [
    state(FROM + 3 * HOUR_MS, { ephemeralStorageMb: 2560, lastModifiedMs: FROM + 2 * HOUR_MS }),
    state(FROM - HOUR_MS, { ephemeralStorageMb: 512, lastModifiedMs: FROM - 9 * HOUR_MS }),
  ];
  const buckets = [0, 1, 2, 3].map((hour) => ({ fromMs: FROM + hour * HOUR_MS, billedMs: 100_000 }));
  // 2 hours × 100 s × 2 GB × 3.09e-8.
  expect(storageUsd('us-east-1', history, buckets, HOUR_MS)).toBeCloseTo(1.236e-5, 12);
  expect(storageUsd('us-east-1', [state(FROM, {})], buckets, HOUR_MS)).toBeNull();
});

test('provisioned concurrency costs what was kept at each time', () => {
  const history = [
    state(FROM - HOUR_MS, { provisionedConcurrency: 10, memoryMb: 1024, architecture: 'x86_64' }),
    state(FROM + 6 * HOUR_MS, { provisionedConcurrency: 2, memoryMb: 1024, architecture: 'x86_64' }),
    state(FROM + 12 * HOUR_MS, {
      ...{ provisionedConcurrency: 2, memoryMb: 2048, architecture: 'arm64' },
      lastModifiedMs: FROM + 9 * HOUR_MS,
    }),
  ];
  const usd = keptUsd(OWNER, history, { fromMs: FROM, toMs: FROM + 24 * HOUR_MS }, AT_LIST_PRICE);
  // 10 × 6 h × 1 GB and 2 × 3 h × 1 GB on x86_64, 2 × 15 h × 2 GB on arm64.
  expect(usd).toBeCloseTo(66 * 3600 * 4.1667e-6 + 60 * 3600 * 3.3334e-6, 9);
});

test('what was kept before or after the range is not charged', () => {
  const history = [-2, -1, 3, 4].map((hour, at) =>
    state(FROM + hour * HOUR_MS, { provisionedConcurrency: [10, 1, 20, 30][at] ?? 0 }),
  );
  // One environment of 1 GB for two hours.
  const usd = keptUsd(OWNER, history, { fromMs: FROM, toMs: FROM + 2 * HOUR_MS }, AT_LIST_PRICE);
  expect(usd).toBeCloseTo(2 * 3600 * 4.1667e-6, 12);
});

test('an update of the function does not date its provisioned concurrency, which is no part of it', () => {
  const history = [
    state(FROM - HOUR_MS, { provisionedConcurrency: 0 }),
    state(FROM + 4 * HOUR_MS, { provisionedConcurrency: 1, lastModifiedMs: FROM + HOUR_MS }),
  ];
  // Read at hour 4 of 6: two hours of 1 GB.
  const usd = keptUsd(OWNER, history, { fromMs: FROM, toMs: FROM + 6 * HOUR_MS }, AT_LIST_PRICE);
  expect(usd).toBeCloseTo(2 * 3600 * 4.1667e-6, 12);
});

test('a bucket has the storage of its middle', () => {
  const history = [
    state(FROM - HOUR_MS, { ephemeralStorageMb: 512 }),
    state(FROM + 20 * 60_000, { ephemeralStorageMb: 1536 }),
  ];
  // The size grew by 1 GB after a third of the hour: 100 s × 1 GB × 3.09e-8.
  expect(storageUsd('us-east-1', history, [{ fromMs: FROM, billedMs: 100_000 }], HOUR_MS)).toBeCloseTo(3.09e-6, 12);
});

test('what is not known is null, and the first that is known applies before it', () => {
  const range = { fromMs: FROM, toMs: FROM + HOUR_MS };
  expect(keptUsd(OWNER, [], range, AT_LIST_PRICE)).toBeNull();
  const later = [state(FROM + 9 * HOUR_MS, { provisionedConcurrency: 1 })];
  expect(keptUsd({ ...OWNER, memoryMb: null }, later, range, AT_LIST_PRICE)).toBeNull();
  expect(keptUsd(OWNER, later, range, AT_LIST_PRICE)).toBeCloseTo(3600 * 4.1667e-6, 12);
  expect(keptUsd(OWNER, [state(FROM, { provisionedConcurrency: 0 })], range, AT_LIST_PRICE)).toBe(0);
});
