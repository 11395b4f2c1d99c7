import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

const PLAN = {
  priceMemoryMb: 512,
  prices: { keptPerGbS: 0.0000041667, runPerGbS: 0.0000097222, onDemandPerGbS: 0.0000166667 },
  firstSeenMs: 0,
  maxRuns: 1000,
  seed: 1,
};

test('replay of four invocations', async () => {
  const found = await queryBoth('provisioned', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    ...PLAN,
    functionId: checkout,
  }));
  expect(found).toMatchObject({ invocations: 4, deaths: 0, truncated: false, played: CHECKOUT_RANGE });
});

test('nothing could have been provisioned before the function was first seen', async () => {
  const firstSeenMs = CHECKOUT_RANGE.fromMs + 1000;
  const found = await queryBoth('provisioned', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    ...PLAN,
    firstSeenMs,
    functionId: checkout,
  }));
  expect(found.played).toEqual({ ...CHECKOUT_RANGE, fromMs: firstSeenMs });
});

test('without a memory size, costs are unknown', async () => {
  const plan = { ...CHECKOUT_RANGE, ...PLAN, priceMemoryMb: null };
  const found = await queryBoth('provisioned', ({ checkout }) => ({ ...plan, functionId: checkout }));
  expect(found.breakEvenKept).toBeNull();
  for (const { costUsd, costChangeUsd } of found.options) expect([costUsd, costChangeUsd]).toEqual([null, null]);
});

test.each(['plain', 'json', 'snap'] as const)('replay of %s', async (name) => {
  const found = await queryBoth('provisioned', (ids) => ({ ...FLEET_RANGE, ...PLAN, functionId: ids[name] }));
  expect(found.invocations).toBeGreaterThan(0);
});
