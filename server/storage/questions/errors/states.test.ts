import { describe, expect, test } from 'vitest';
import type { StoredErrorState } from '../error-states/types.ts';
import { joinStates, membersOf } from './states.ts';
import type { ErrorGroup } from './types.ts';

const identity = { account: '1', region: 'r', name: 'f' } as ErrorGroup['identity'];

function group(fingerprint: string, known: Partial<ErrorGroup> = {}): ErrorGroup {
  return {
    identity,
    fingerprint,
    title: `no ${fingerprint}`,
    kind: 'handler',
    errorType: null,
    message: '',
    frame: '',
    attempts: 2,
    invocations: 1,
    initFailures: 1,
    firstMs: 100,
    lastMs: 200,
    firstVersion: '7',
    lastVersion: '7',
    lasts: [{ version: '7', lastMs: known.lastMs ?? 200 }],
    versions: [{ version: '7', attempts: 2, invocations: 1, initFailures: 1, firstMs: 100, lastMs: 200 }],
    series: [1, 2],
    ...known,
  };
}

function decision(fingerprint: string, known: Partial<StoredErrorState> = {}): StoredErrorState {
  return { function: '1:r:f', fingerprint, state: 'open', atMs: 150, versions: [], mergedInto: null, ...known };
}

test('a group that nobody decided about is open', () => {
  expect(joinStates([group('a')], [decision('b'), decision('a', { function: '1:r:other', state: 'ignored' })])).toEqual(
    [{ ...group('a'), state: 'open', decidedMs: null, merged: [] }],
  );
});

test('a resolved group that failed in another version since is regressed', () => {
  const resolved = decision('a', { state: 'resolved', versions: ['6'] });
  expect(joinStates([group('a')], [resolved])).toMatchObject([{ state: 'regressed', decidedMs: 150 }]);
  expect(joinStates([group('a', { lastMs: 150 })], [resolved])).toMatchObject([{ state: 'resolved' }]);
});

test('a failure of an old environment does not resolve a group again that came back in another version', () => {
  const resolved = decision('a', { state: 'resolved', versions: ['6'] });
  const back = group('a', {
    lastMs: 300,
    lastVersion: '6',
    lasts: [
      { version: '6', lastMs: 300 },
      { version: '7', lastMs: 200 },
    ],
  });
  expect(joinStates([back], [resolved])).toMatchObject([{ state: 'regressed' }]);
});

describe('merged groups', () => {
  const other = group('b', {
    firstMs: 50,
    lastMs: 300,
    firstVersion: '5',
    lastVersion: '8',
    lasts: [
      { version: '8', lastMs: 300 },
      { version: '7', lastMs: 120 },
    ],
    versions: [
      { version: '8', attempts: 1, invocations: 1, initFailures: 0, firstMs: 250, lastMs: 300 },
      { version: '7', attempts: 1, invocations: 0, initFailures: 1, firstMs: 50, lastMs: 120 },
    ],
  });

  test('are one, named like the one that they were merged into', () => {
    expect(joinStates([other, group('a')], [decision('b', { mergedInto: 'a' })])).toEqual([
      {
        ...group('a'),
        attempts: 4,
        invocations: 2,
        initFailures: 2,
        firstMs: 50,
        firstVersion: '5',
        lastMs: 300,
        lastVersion: '8',
        lasts: [
          { version: '8', lastMs: 300 },
          { version: '7', lastMs: 200 },
        ],
        versions: [
          { version: '8', attempts: 1, invocations: 1, initFailures: 0, firstMs: 250, lastMs: 300 },
          { version: '7', attempts: 3, invocations: 1, initFailures: 2, firstMs: 50, lastMs: 200 },
        ],
        series: [2, 4],
        state: 'open',
        decidedMs: null,
        merged: ['b'],
      },
    ]);
  });

  test('keep the fingerprint of one that did not fail in the range', () => {
    expect(joinStates([other], [decision('b', { mergedInto: 'a' })])).toMatchObject([
      { fingerprint: 'a', title: 'no b', merged: ['b'] },
    ]);
  });

  test('are found from any of them', () => {
    const states = [decision('b', { mergedInto: 'a' }), decision('c', { mergedInto: 'a' }), decision('d')];
    const all = { into: 'a', fingerprints: ['a', 'b', 'c'] };
    expect([membersOf(states, '1:r:f', 'a'), membersOf(states, '1:r:f', 'c')]).toEqual([all, all]);
    expect(membersOf(states, '1:r:f', 'd')).toEqual({ into: 'd', fingerprints: ['d'] });
    expect(membersOf(states, '1:r:g', 'b')).toEqual({ into: 'b', fingerprints: ['b'] });
  });
});
