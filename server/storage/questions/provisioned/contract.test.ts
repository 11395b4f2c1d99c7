import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

const PLAN = {
  priceMemoryMb: 512,
  prices: { keptPerGbS: 0.0000041667, runPerGbS: 0.0000097222, onDemandPerGbS: 0.0000166667 },
  maxRuns: 1000,
};

test('replay of four invocations', async () => {
  const found = await ask('provisioned', ({ checkout }) => ({ ...CHECKOUT_RANGE, ...PLAN, functionId: checkout }));
  expect(found).toMatchObject({ invocations: 4, truncated: false, played: CHECKOUT_RANGE });
});

test.each(['plain', 'json', 'snap'] as const)('replay of %s', async (name) => {
  const found = await ask('provisioned', (ids) => ({ ...FLEET_RANGE, ...PLAN, functionId: ids[name] }));
  expect(found.invocations).toBeGreaterThan(0);
});
