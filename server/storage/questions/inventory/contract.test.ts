import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { FLEET } from '../../../../test/support/contract-fixture.ts';

test('newest facts of each function', async () => {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
  const found = await queryBoth(
    'inventory',
    () => ({ limit: 10 }),
    (rows) => rows.toSorted(byName),
  );
  expect(found.map((one) => one.name).toSorted()).toEqual(
    [...Object.values(FLEET), 'isolated', 'latest', 'managed', 'moved'].toSorted(),
  );
  expect(await queryBoth('inventory', ({ plain }) => ({ functionId: plain, limit: 10 }))).toMatchObject([
    { name: FLEET.plain, facts: { memoryMb: 512, architecture: 'arm64', timeoutMs: 3000 } },
  ]);
});
