import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKPOINT, SCOPE } from '../../../../test/support/contract-fixture.ts';

test('one checkpoint and all of them', async () => {
  const { logGroup, mode } = CHECKPOINT;
  expect(await queryBoth('pullCheckpoint', () => ({ ...SCOPE, logGroup, mode }))).toEqual(CHECKPOINT);
  expect(await queryBoth('pullCheckpoint', () => ({ ...SCOPE, logGroup, mode: 'backfill' }))).toBeNull();
  expect(await queryBoth('pullCheckpoints', () => ({}))).toEqual([CHECKPOINT]);
});
