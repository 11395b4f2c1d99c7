import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { FLEET } from '../../../../test/support/contract-fixture.ts';

test('imported load tests', async () => {
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);
  const found = await ask(
    'loadTests',
    () => ({ limit: 10 }),
    (rows) => rows.toSorted(byName),
  );
  expect(found.toSorted(byName)).toMatchObject([
    { name: 'after', functionName: FLEET.plain, requests: 100, totalMs: 2000 },
    { name: 'before', functionName: FLEET.plain, requests: 100, totalMs: 1000 },
  ]);
  expect(await ask('loadTests', ({ checkout }) => ({ functionId: checkout, limit: 10 }))).toEqual([]);
});
