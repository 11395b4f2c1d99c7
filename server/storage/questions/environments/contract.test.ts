import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE, SCATTERED_RANGE } from '../../../../test/support/contract-fixture.ts';

test('two environments that overlap', async () => {
  const query = { ...CHECKOUT_RANGE, limit: 10, maxRuns: 100 };
  const found = await queryBoth('environments', ({ checkout }) => ({ ...query, functionId: checkout }));
  expect(found).toMatchObject({ total: 2, truncated: false, concurrency: { peak: 2 } });
  expect(found.environments.map((one) => one.invocations).toSorted()).toEqual([1, 3]);
  expect(found.environments.filter((one) => one.endedInFailure)).toHaveLength(1);
});

test('peak concurrency by name', async () => {
  const names = ['checkout', 'nothing'];
  expect(await queryBoth('peakConcurrency', () => ({ ...CHECKOUT_RANGE, names }))).toEqual([
    { name: 'checkout', peak: 2, runs: 4 },
  ]);
});

test.each(['plain', 'json', 'fails', 'snap'] as const)('environments of %s', async (name) => {
  const query = { ...FLEET_RANGE, limit: 20, maxRuns: 500 };
  const found = await queryBoth('environments', (ids) => ({ ...query, functionId: ids[name] }));
  expect(found.total).toBeGreaterThan(0);
});

test('invocations without a log stream are in no environment', async () => {
  const query = { ...SCATTERED_RANGE, limit: 10, maxRuns: 100 };
  const found = await queryBoth('environments', ({ scattered }) => ({ ...query, functionId: scattered }));
  expect(found).toMatchObject({ total: 1 });
  expect(found.environments).toMatchObject([{ invocations: 1 }]);
});
