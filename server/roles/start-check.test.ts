/** What is said of a start that failed: damage, if a check of the files finds some. */
import { expect, test } from 'vitest';
import type { Store } from '../storage/ports.ts';
import { StoreError } from '../storage/ports.ts';
import { damageBehind } from './start-check.ts';

const DAMAGE = { file: '/data/telemetry.db', kind: 'structure', findings: ['malformed'] };
const failure = new StoreError('unavailable', 'malformed');

/** A store whose checks answer one after the other: with damage, or with an error. */
function storeOf(...answers: readonly (readonly object[] | Error)[]) {
  const left = [...answers];
  const check = (): Promise<readonly object[]> => {
    const next = left.shift() ?? new Error('no further check was expected');
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  return { store: { maintenance: { check } } as unknown as Store, left };
}

test('damage that a check finds is named with its file', async () => {
  const damage = await damageBehind(failure, storeOf([DAMAGE]).store, 1000);
  expect(damage).toMatchObject({ code: 'damaged', message: expect.stringContaining('/data/telemetry.db') });
});

test('a check that could not run is repeated once', async () => {
  const busy = new StoreError('unavailable', 'database is locked');
  expect(await damageBehind(failure, storeOf(busy, [DAMAGE]).store, 1000)).toMatchObject({ code: 'damaged' });
  const { store, left } = storeOf(busy, busy, [DAMAGE]);
  expect(await damageBehind(failure, store, 1000)).toBeNull();
  expect(left).toHaveLength(1);
});

test.each([
  ['whole files', failure, [[]], 1000],
  ['another failure', new Error('no memory'), [[DAMAGE]], 1000],
  ['no time to check', failure, [[DAMAGE]], 0],
])('%s: the failure stays what it was', async (_, error, answers, checkMs) => {
  expect(await damageBehind(error, storeOf(...answers).store, checkMs)).toBeNull();
});
