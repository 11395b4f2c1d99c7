import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { KINDS_MS, KINDS_RANGE, kindId, UPDATED_MS } from '../../../../test/support/kinds-fixture.ts';

const SHA = 'Ea0y7bUNmQbZkYhU0lYiZc3aGn1p3vXr0fQ2s1wqk8M=';

test('updates of $LATEST, joined from CloudTrail and the inventory', async () => {
  const found = await queryBoth('deploys', ({ latest }) => ({ functionId: latest, limit: 10 }));
  expect(found).toEqual([
    { atMs: UPDATED_MS + 2 * HOUR_MS, kind: 'configuration', sources: ['inventory'], codeSha256: SHA },
    { atMs: UPDATED_MS, kind: 'code', sources: ['cloudtrail', 'inventory'], codeSha256: SHA },
    { atMs: KINDS_MS - DAY_MS, kind: 'unknown', sources: ['inventory'], codeSha256: 'b2xkIGNvZGU=' },
  ]);
  expect(await queryBoth('deploys', ({ isolated }) => ({ functionId: isolated, limit: 10 }))).toEqual([]);
  expect(await queryBoth('deploys', ({ latest }) => ({ functionId: latest, limit: 1 }))).toHaveLength(1);
});

test('the first environment after an update of $LATEST is due to the deploy', async () => {
  const { items } = await queryBoth('invocations', ({ latest }) => ({
    ...KINDS_RANGE,
    functionId: latest,
    cold: true,
    limit: 10,
  }));
  expect(items.map(({ requestId, coldStart }) => [requestId, coldStart?.cause])).toEqual([
    [kindId(13), 'deploy'],
    [kindId(11), 'unknown'],
  ]);
});

test('the update is a change of the function', async () => {
  const { items } = await queryBoth('changeMarks', ({ latest }) => ({ ...KINDS_RANGE, functionId: latest, limit: 10 }));
  expect(items.map(({ atMs, what }) => [atMs, what])).toEqual([
    [
      KINDS_MS + 120_000,
      {
        source: 'logs',
        from: expect.objectContaining({ version: '$LATEST', memoryMb: 256, deployedAtMs: null }),
        to: expect.objectContaining({ version: '$LATEST', memoryMb: 256, deployedAtMs: UPDATED_MS }),
      },
    ],
  ]);
});
