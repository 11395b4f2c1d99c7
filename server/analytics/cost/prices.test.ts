/** Each price of each region against readings of AWS's price list (test/fixtures/data/pricing.json names their sources). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  EPHEMERAL_PER_GBS,
  PROVISIONED_PRICES,
  REGION_PRICES,
  STANDARD_EPHEMERAL_PER_GBS,
  STANDARD_LOGS_PER_GB,
  STANDARD_PRICE,
  STANDARD_PROVISIONED,
  STANDARD_SNAP_START,
} from './prices.ts';

const path = join(import.meta.dirname, '../../../test/fixtures/data/pricing.json');
const list = JSON.parse(readFileSync(path, 'utf8'));

interface Row {
  readonly [field: string]: string | number | null | undefined;
}
const rows: readonly (readonly [region: string, row: Row])[] = Object.entries(list.regions);

test('the list of the fixture has 27 regions, and the tables have the same', () => {
  expect(rows).toHaveLength(27);
  expect(Object.keys(REGION_PRICES).toSorted()).toEqual(rows.map(([region]) => region).toSorted());
});

test.each(rows)('%s: duration, requests, storage and provisioned concurrency as listed', (region, row) => {
  expect(REGION_PRICES[region]).toEqual({
    currency: row['currency'],
    x86PerGbS: row['duration_x86_per_gb_s'],
    arm64PerGbS: row['duration_arm64_per_gb_s'],
    perRequest: row['request'],
  });
  // Storage of regions that are not priced in dollars is not priced.
  const storage = row['currency'] === 'USD' ? row['ephemeral_storage_per_gb_s'] : null;
  expect(EPHEMERAL_PER_GBS[region]).toBe(storage ?? undefined);
  const provisioned = (architecture: 'x86' | 'arm64') => {
    const keptPerGbS = row[`provisioned_concurrency_${architecture}_per_gb_s`];
    return (keptPerGbS ?? null) === null
      ? null
      : { keptPerGbS, runPerGbS: row[`provisioned_duration_${architecture}_per_gb_s`] };
  };
  const x86 = provisioned('x86');
  expect(PROVISIONED_PRICES[region]).toEqual(x86 === null ? undefined : { x86, arm64: provisioned('arm64') });
});

test('what is not listed costs what us-east-1 costs', () => {
  const row = list.regions['us-east-1'];
  expect(STANDARD_PRICE).toEqual({ currency: 'USD', x86PerGbS: 1.66667e-5, arm64PerGbS: 1.33334e-5, perRequest: 2e-7 });
  expect(STANDARD_EPHEMERAL_PER_GBS).toBe(row['ephemeral_storage_per_gb_s']);
  expect(STANDARD_PROVISIONED).toEqual(PROVISIONED_PRICES['us-east-1']);
  expect(STANDARD_SNAP_START).toEqual({
    cachePerGbS: row['snapstart_cache_per_gb_s'],
    restorePerGb: row['snapstart_restore_per_gb'],
  });
  // AWS's announcement of tiered prices for Lambda's logs (May 2025), US East: $0.50, $0.25, $0.10 and $0.05 a GB.
  expect(STANDARD_LOGS_PER_GB).toEqual([0.5, 0.25, 0.1, 0.05]);
});
