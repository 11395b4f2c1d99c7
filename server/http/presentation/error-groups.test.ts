/** Counts, times and the order of groups of failures, worked out by hand. */
import { expect, test } from 'vitest';
import { errorGroupOf, selectErrors } from './error-groups.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const identity = {
  functionId: 1,
  account: '123456789012',
  region: 'eu-west-1',
  name: 'order-api',
  nameInferred: false,
  firstSeenMs: NOON,
  lastSeenMs: NOON,
  memoryMb: 512,
  version: '7',
  runtimeVersion: null,
  architecture: 'arm64',
  runtime: 'nodejs20.x',
  packageType: 'Zip',
  vpc: false,
};
const group = (more: Partial<Parameters<typeof errorGroupOf>[0]> = {}) =>
  errorGroupOf({
    identity,
    fingerprint: '00000000000000aa',
    title: 'TypeError: no price',
    kind: 'handler',
    errorType: 'TypeError',
    message: 'no price',
    frame: 'load (a.js)',
    attempts: 5,
    invocations: 4,
    initFailures: 2,
    firstMs: NOON,
    lastMs: NOON + 1500,
    firstVersion: '6',
    lastVersion: '7',
    lasts: [{ version: '7', lastMs: NOON + 1500 }],
    versions: [
      { version: '7', attempts: 3, invocations: 2, initFailures: 1, firstMs: NOON + 1000, lastMs: NOON + 1500 },
      { version: '6', attempts: 2, invocations: 2, initFailures: 1, firstMs: NOON, lastMs: NOON + 500 },
    ],
    series: [4, 3],
    state: 'open',
    decidedMs: null,
    merged: [],
    ...more,
  });

test('failures are failed attempts and failed inits, of the group and of each version', () => {
  expect(group()).toMatchObject({
    function: { id: '123456789012:eu-west-1:order-api', name: 'order-api' },
    failures: 7,
    invocations: 4,
    initFailures: 2,
    firstAt: '2026-11-20T12:00:00.000Z',
    lastAt: '2026-11-20T12:00:01.500Z',
    decidedAt: null,
    series: [4, 3],
    versions: [
      { version: '7', failures: 4, invocations: 2, firstAt: '2026-11-20T12:00:01.000Z' },
      { version: '6', failures: 3, invocations: 2, lastAt: '2026-11-20T12:00:00.500Z' },
    ],
  });
});

/** Of a: 7 failures and 4 invocations; of b: 6 and 6, first and last seen a second later. */
const [a, b] = [
  group(),
  group({
    fingerprint: '00000000000000bb',
    title: 'Timed out',
    kind: 'timeout',
    frame: '',
    attempts: 6,
    invocations: 6,
    initFailures: 0,
    firstMs: NOON + 1000,
    lastMs: NOON + 2500,
    versions: [],
    state: 'resolved',
  }),
];

test.each([
  ['failures', [a, b]],
  ['invocations', [b, a]],
  ['first', [b, a]],
  ['last', [b, a]],
] as const)('sorted by %s, largest or latest first', (sort, expected) => {
  expect(selectErrors([a, b], { sort })).toEqual(expected);
  expect(selectErrors([b, a], { sort })).toEqual(expected);
});

test.each([
  [{ kind: 'timeout' }, [b]],
  [{ state: 'open' }, [a]],
  [{ version: '6' }, [a]],
  [{ version: '8' }, []],
  [{ text: 'NO PRICE' }, [a]],
  [{ text: 'A.js' }, [a]],
  [{ text: 'Order' }, [a, b]],
] as const)('selected by %o', (selection, expected) => {
  expect(selectErrors([a, b], { sort: 'failures', ...selection })).toEqual(expected);
});
