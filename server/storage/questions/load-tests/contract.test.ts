import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { FLEET } from '../../../../test/support/contract-fixture.ts';

test('imported load tests', async () => {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
  const found = await queryBoth(
    'loadTests',
    () => ({ limit: 10 }),
    (rows) => rows.toSorted(byName),
  );
  expect(found.toSorted(byName)).toMatchObject([
    { name: 'after', functionName: FLEET.plain, requests: 100, totalMs: 2000 },
    { name: 'before', functionName: FLEET.plain, requests: 100, totalMs: 1000 },
  ]);
  expect(await queryBoth('loadTests', ({ checkout }) => ({ functionId: checkout, limit: 10 }))).toEqual([]);
});
