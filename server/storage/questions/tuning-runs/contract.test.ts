import { expect, test } from 'vitest';
import { onBoth, queryBoth } from '../../../../test/support/contract.ts';
import { NOW, SCOPE } from '../../../../test/support/contract-fixture.ts';
import { batchOfRecords, TUNING_RUNS } from '../../../../test/support/fleet-documents.ts';
import type { StoredTuningRun } from './types.ts';

const byTime = (a: StoredTuningRun, b: StoredTuningRun): number => (b.atMs ?? 0) - (a.atMs ?? 0);
const inOrder = (runs: readonly StoredTuningRun[]) => runs.toSorted(byTime);

const [DATED, UNDATED] = TUNING_RUNS.map(({ kind: _k, account: _a, region: _r, functionName, ...run }) => ({
  ...run,
  functionName,
}));

test('imported runs, with what their output contains and null for the rest', async () => {
  const found = await queryBoth('tuningRuns', ({ checkout }) => ({ functionId: checkout, limit: 10 }), inOrder);
  expect(found.toSorted(byTime)).toMatchObject([
    { ...DATED, importedMs: NOW },
    { ...UNDATED, importedMs: NOW },
  ]);
  expect(await queryBoth('tuningRuns', ({ orders }) => ({ functionId: orders, limit: 10 }))).toEqual([]);
  expect(await queryBoth('tuningRuns', () => ({ limit: 1 }))).toHaveLength(1);
});

test('a deleted run is no longer listed, the others are, and it can be imported again', async () => {
  const [dated] = (await queryBoth('tuningRuns', () => ({ limit: 10 }), inOrder)).toSorted(byTime);
  const ids = [dated?.id ?? ''];
  await onBoth(({ store }) => store.deleteTelemetry({ tuningRunIds: ids }));
  expect(await queryBoth('tuningRuns', () => ({ ids, limit: 10 }))).toEqual([]);
  expect(await queryBoth('tuningRuns', () => ({ limit: 10 }))).toMatchObject([UNDATED]);
  await onBoth(async ({ store }) => {
    await store.write(batchOfRecords(TUNING_RUNS, SCOPE), { kind: 'import', name: 'contract' });
  });
  expect(await queryBoth('tuningRuns', () => ({ ids, limit: 10 }))).toMatchObject([DATED]);
  expect(await queryBoth('tuningRuns', () => ({ limit: 10 }), inOrder)).toHaveLength(2);
});
