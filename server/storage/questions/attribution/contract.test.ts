import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { NOW } from '../../../../test/support/contract-fixture.ts';

test('nothing is left to attribute', async () => {
  expect(await queryBoth('staleHours', () => ({ beforeMs: NOW - 180_000, limit: 100 }))).toEqual([]);
});

test('idle times and init gaps', async () => {
  await queryBoth(
    'idleTimes',
    () => ({}),
    (rows) => rows.map(({ times }) => JSON.stringify([...times])).toSorted(),
  );
  const some = await queryBoth(
    'idleTimes',
    ({ checkout }) => ({ functionIds: [checkout, 999] }),
    (rows) => rows.map(({ times }) => JSON.stringify([...times])),
  );
  expect(some).toHaveLength(1);
  expect(await queryBoth('idleTimes', () => ({ functionIds: [] }))).toEqual([]);
  const [gaps] = await queryBoth('initGaps', ({ checkout }) => ({ functionIds: [checkout] }));
  expect(gaps?.gapsMs).toHaveLength(2);
});
