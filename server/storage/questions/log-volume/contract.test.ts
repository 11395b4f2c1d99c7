import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE } from '../../../../test/support/contract-fixture.ts';

test('text of the log group', async () => {
  await queryBoth('logVolume', ({ checkout }) => ({ ...CHECKOUT_RANGE, functionId: checkout }));
  expect(await queryBoth('logVolume', ({ checkout }) => ({ fromMs: 0, toMs: 1, functionId: checkout }))).toBeNull();
});
