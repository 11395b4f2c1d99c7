import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { NOW } from '../../../../test/support/contract-fixture.ts';

test('nothing is left to attribute', async () => {
  expect(await ask('staleHours', () => ({ beforeMs: NOW - 180_000, limit: 100 }))).toEqual([]);
});

test('idle times and init gaps', async () => {
  await ask(
    'idleTimes',
    () => ({}),
    (rows) => rows.map(({ times }) => JSON.stringify([...times])).toSorted(),
  );
  const [gaps] = await ask('initGaps', ({ checkout }) => ({ functionIds: [checkout] }));
  expect(gaps?.gapsMs).toHaveLength(2);
});
