import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test('values of one period', async () => {
  const found = await queryBoth('distribution', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    functionId: checkout,
    blockMs: 300_000,
  }));
  expect(found.counts.n).toBe(4);
  expect(found.durationMs.reduce((sum, [, n]) => sum + n, 0)).toBe(4);
  expect(found.initMs.reduce((sum, [, n]) => sum + n, 0)).toBe(2);
  expect(found.blocks.reduce((sum, { counts }) => sum + counts.n, 0)).toBe(4);
  expect(found.blocks.map(({ fromMs }) => fromMs % 300_000)).toEqual(found.blocks.map(() => 0));
});

test('a fleet below a filter', async () => {
  const found = await queryBoth('distribution', ({ plain }) => ({
    ...FLEET_RANGE,
    functionId: plain,
    version: '$LATEST',
    blockMs: HOUR_MS,
  }));
  expect(found.usage.length).toBeGreaterThan(0);
});
