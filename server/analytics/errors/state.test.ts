import { expect, test } from 'vitest';
import type { CurrentState, Decision } from './state.ts';
import { currentState, DRAIN_MS } from './state.ts';

const RESOLVED: Decision = { state: 'resolved', atMs: 1000, versions: ['43'] };

test.each<[string, Decision | null, number, string | null, CurrentState]>([
  ['nobody decided', null, 5000, '43', 'open'],
  ['opened again', { ...RESOLVED, state: 'open' }, 5000, '44', 'open'],
  ['ignored: it may fail', { ...RESOLVED, state: 'ignored' }, 5000, '44', 'ignored'],
  ['resolved, not seen since', RESOLVED, 1000, '43', 'resolved'],
  ['resolved, old environments fail on', RESOLVED, 1000 + DRAIN_MS, '43', 'resolved'],
  ['resolved, the same version after they are gone', RESOLVED, 1001 + DRAIN_MS, '43', 'regressed'],
  ['resolved, another version', RESOLVED, 1001, '44', 'regressed'],
  ['resolved, an unknown version that failed before', { ...RESOLVED, versions: [null] }, 1001, null, 'resolved'],
])('%s', (_, decision, lastMs, lastVersion, state) => {
  expect(currentState(decision, { lastMs, lastVersion })).toBe(state);
});
