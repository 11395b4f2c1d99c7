import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE, SCATTERED_RANGE } from '../../../../test/support/contract-fixture.ts';

test('causes of two cold starts', async () => {
  const { causes } = await queryBoth('coldStarts', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    functionId: checkout,
    examples: 0,
  }));
  expect(causes.byCause.reduce((sum, { n }) => sum + n, 0)).toBe(2);
  // The second environment started while the first was busy.
  expect(causes.byCause).toContainEqual({ cause: 'scale-out', n: 1 });
  expect(causes.firstDurationMs).toEqual({ n: 2, median: 100 });
});

test('init loops and platform latency', async () => {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
  const loops = await queryBoth(
    'initLoops',
    () => FLEET_RANGE,
    (rows) => rows.toSorted(byName),
  );
  for (const loop of loops) expect(loop.longest).toBeGreaterThan(0);
  await queryBoth(
    'platformLatency',
    () => FLEET_RANGE,
    (rows) => rows.toSorted(byName),
  );
  expect(await queryBoth('initLoops', () => CHECKOUT_RANGE)).toEqual([]);
});

test('a cold start without a log stream has no cause', async () => {
  const query = { ...SCATTERED_RANGE, examples: 0 };
  const { causes } = await queryBoth('coldStarts', ({ scattered }) => ({ ...query, functionId: scattered }));
  expect(causes.byCause.filter(({ n }) => n > 0)).toEqual([]);
});
