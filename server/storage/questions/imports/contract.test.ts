import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';

test('what was not imported under an id is not listed', async () => {
  expect(await queryBoth('imports', () => ({ limit: 10 }))).toEqual([]);
});
