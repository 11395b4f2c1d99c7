import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';

test('what was not imported under an id is not listed', async () => {
  expect(await ask('imports', () => ({ limit: 10 }))).toEqual([]);
});
