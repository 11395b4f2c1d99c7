import { expect, test } from 'vitest';
import type { CurrentState, Decision, LastFailure } from './state.ts';
import { currentState, DRAIN_MS, returnOf } from './state.ts';

const RESOLVED: Decision = { state: 'resolved', atMs: 1000, versions: ['43'] };
const at = (version: string | null, lastMs: number): LastFailure => ({ version, lastMs });

test.each<[string, Decision | null, readonly LastFailure[], CurrentState]>([
  ['nobody decided', null, [at('43', 5000)], 'open'],
  ['opened again', { ...RESOLVED, state: 'open' }, [at('44', 5000)], 'open'],
  ['ignored: it may fail', { ...RESOLVED, state: 'ignored' }, [at('44', 5000)], 'ignored'],
  ['resolved, not seen since', RESOLVED, [at('43', 1000)], 'resolved'],
  ['resolved, old environments fail on', RESOLVED, [at('43', 1000 + DRAIN_MS)], 'resolved'],
  ['resolved, the same version after they are gone', RESOLVED, [at('43', 1001 + DRAIN_MS)], 'regressed'],
  ['resolved, another version', RESOLVED, [at('44', 1001)], 'regressed'],
  ['resolved, another version, then an old environment', RESOLVED, [at('43', 1002), at('44', 1001)], 'regressed'],
  ['resolved, another version before', RESOLVED, [at('43', 1002), at('42', 1000)], 'resolved'],
  ['resolved, an unknown version that failed before', { ...RESOLVED, versions: [null] }, [at(null, 1001)], 'resolved'],
])('%s', (_, decision, lasts, state) => {
  expect(currentState(decision, lasts)).toBe(state);
});

test.each<
  [string, readonly (readonly [version: string | null, firstMs: number, lastMs: number])[], string | null | undefined]
>([
  ['none', [['43', 900, 1002]], undefined],
  [
    'the new one, though an old environment failed first and last',
    [
      ['43', 1001, 2_000_000],
      ['44', 2000, 2000],
    ],
    '44',
  ],
  [
    'the first of two',
    [
      ['45', 3000, 3000],
      ['44', 2000, 9000],
    ],
    '44',
  ],
  ['one that is not known', [[null, 2000, 2000]], null],
  ['the old one, after its environments were gone', [['43', 900, 1001 + DRAIN_MS]], '43'],
])('the version in which a resolved group came back: %s', (_, seen, version) => {
  const found = returnOf(
    RESOLVED,
    seen.map(([name, firstMs, lastMs]) => ({ version: name, firstMs, lastMs })),
  );
  expect(found).toEqual(version === undefined ? null : { version });
});
