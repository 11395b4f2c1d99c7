import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE, SCATTERED_RANGE } from '../../../../test/support/contract-fixture.ts';

test('too little to estimate from', async () => {
  const query = { ...CHECKOUT_RANGE, maxRuns: 100, seed: 1 };
  const found = await queryBoth('keepAlive', ({ checkout }) => ({ ...query, functionId: checkout }));
  expect(found).toMatchObject({ invocations: 4, environments: 2, truncated: false, survival: null });
});

test.each(['plain', 'json'] as const)('environments of %s', async (name) => {
  const query = { ...FLEET_RANGE, maxRuns: 1000, seed: 1 };
  expect((await queryBoth('keepAlive', (ids) => ({ ...query, functionId: ids[name] }))).environments).toBeGreaterThan(
    0,
  );
});

test('invocations without a log stream say nothing about idle time', async () => {
  const query = { ...SCATTERED_RANGE, maxRuns: 100, seed: 1 };
  const found = await queryBoth('keepAlive', ({ scattered }) => ({ ...query, functionId: scattered }));
  expect(found).toMatchObject({ environments: 1, survival: null });
});
