import { expect, test } from 'vitest';
import { ask } from '../../../../test/support/contract.ts';
import { CHECKPOINT, SCOPE } from '../../../../test/support/contract-fixture.ts';

test('one checkpoint and all of them', async () => {
  const { logGroup, mode } = CHECKPOINT;
  expect(await ask('pullCheckpoint', () => ({ ...SCOPE, logGroup, mode }))).toEqual(CHECKPOINT);
  expect(await ask('pullCheckpoint', () => ({ ...SCOPE, logGroup, mode: 'backfill' }))).toBeNull();
  expect(await ask('pullCheckpoints', () => ({}))).toEqual([CHECKPOINT]);
});
