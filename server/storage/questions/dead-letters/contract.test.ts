import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { DEAD_LETTER } from '../../../../test/support/contract-fixture.ts';

test('a record that could not be read', async () => {
  const { items } = await ask('deadLetters', () => ({ limit: 10 }));
  expect(items).toMatchObject([
    {
      reason: DEAD_LETTER.reason,
      detail: DEAD_LETTER.detail,
      seen: 1,
      preview: '{"surprise": true}',
      replayedMs: null,
    },
  ]);
});

test('a cursor of another server', async () => {
  await expect(ask('deadLetters', () => ({ limit: 10, cursor: 'nonsense' }))).rejects.toThrow();
});
