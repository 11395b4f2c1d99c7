import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_MS, CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

test('points of one function', async () => {
  const { points } = await queryBoth('timeseries', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    functionId: checkout,
    widthMs: 300_000,
    groupBy: 'memoryMb',
  }));
  expect(points).toMatchObject([
    { fromMs: CHECKOUT_MS, group: '512', counts: { n: 4, timeouts: 1 }, maxMemoryMb: 84, durationMs: { n: 4 } },
  ]);
});

test.each(['none', 'version', 'memoryMb'] as const)('all functions by %s', async (groupBy) => {
  const { points } = await queryBoth('timeseries', () => ({ ...FLEET_RANGE, widthMs: 900_000, groupBy }));
  expect(points.length).toBeGreaterThan(7);
});
