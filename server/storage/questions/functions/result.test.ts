import { expect, test } from 'vitest';
import { mostInvoked } from './result.ts';

const NAMES: readonly (readonly [name: string, account: string, region: string, n: number])[] = [
  ['rare', '1', 'r', 2],
  ['idle', '1', 'r', 0],
  ['tied', '2', 'q', 5],
  ['tied', '1', 's', 5],
  ['busy', '1', 'r', 900],
  ['tied', '1', 'r', 5],
];
const all = NAMES.map(([name, account, region, n], at) => ({
  identity: {
    ...{ functionId: at, name, account, region, nameInferred: false, firstSeenMs: 0, lastSeenMs: 0 },
    ...{ memoryMb: null, version: null, runtimeVersion: null, architecture: null, runtime: null },
    ...{ packageType: null, vpc: null },
  },
  n,
}));

test.each([
  [0, [], 5],
  [1, [4], 4],
  // Of equal ones those first by name, account and region.
  [2, [4, 5], 3],
  [3, [3, 4, 5], 2],
  [4, [2, 3, 4, 5], 1],
  [5, [0, 2, 3, 4, 5], 0],
  [9, [0, 2, 3, 4, 5], 0],
])('the %i functions with the most invocations; idle ones count nowhere', (limit, ids, omitted) => {
  const found = mostInvoked(all, limit);
  expect([...found.ids].toSorted((a, b) => a - b)).toEqual(ids);
  expect(found.omitted).toBe(omitted);
});
