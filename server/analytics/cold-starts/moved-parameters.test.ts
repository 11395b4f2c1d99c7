/** Which parameters of causes changed: by whose record they are estimated, and what is left alone. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { IdleTimes } from './idle-window.ts';
import { addIdleTimes, idleBin, idleWindowOf } from './idle-window.ts';
import { movedIdleWindows, movedThresholds } from './moved-parameters.ts';

/** Idle times: reused after `kept` minutes, and terminated after `ended`. */
const times = (kept: number, reused: number, ended: number, terminated: number): IdleTimes =>
  new Map([
    [idleBin(kept * MINUTE_MS), [reused, 0]],
    [idleBin(ended * MINUTE_MS), [0, terminated]],
  ]);
/** Twenty terminations are required for an estimate. */
const OWN = times(4, 100, 12, 40);
const FEW = times(3, 50, 10, 12);
const NOTHING: IdleTimes = new Map();
const windowOf = (found: IdleTimes) => idleWindowOf(found);

test('a function with enough terminations has a window of its own', () => {
  expect(movedIdleWindows([{ functionId: 7, times: OWN, window: null }])).toEqual([
    { functionId: 7, window: windowOf(OWN), source: 'own' },
  ]);
  expect(windowOf(OWN)?.estimated).toBe(true);
});

test('others have that of all functions together, if that is estimated', () => {
  const two = [
    { functionId: 1, times: FEW, window: null },
    { functionId: 2, times: FEW, window: null },
  ];
  // 12 and 12 terminations: 24 together.
  const fleet = windowOf(addIdleTimes([FEW, FEW]));
  expect(fleet?.estimated).toBe(true);
  expect(movedIdleWindows(two)).toEqual([
    { functionId: 1, window: fleet, source: 'fleet' },
    { functionId: 2, window: fleet, source: 'fleet' },
  ]);
  // 12 alone are too few: the longest idle time that one of its own survived.
  expect(movedIdleWindows(two.slice(0, 1))).toEqual([{ functionId: 1, window: windowOf(FEW), source: 'own' }]);
  expect(windowOf(FEW)).toMatchObject({ estimated: false, surelyMs: 0 });
});

test('nothing is known of a function without idle times, and that is kept as well', () => {
  const none = { functionId: 1, times: NOTHING, window: null };
  expect(movedIdleWindows([none])).toEqual([{ functionId: 1, window: null, source: 'own' }]);
  expect(movedIdleWindows([{ ...none, window: { window: null, source: 'own' } }])).toEqual([]);
});

test('only windows that changed are returned', () => {
  const window = windowOf(OWN);
  if (window === null) throw new Error('no window');
  const moved = (before: Partial<typeof window>, source: 'own' | 'fleet' = 'own') =>
    movedIdleWindows([{ functionId: 1, times: OWN, window: { window: { ...window, ...before }, source } }]).length;
  expect(moved({})).toBe(0);
  expect(moved({}, 'fleet')).toBe(1);
  expect(moved({ ms: window.ms + 1 })).toBe(1);
  expect(moved({ surelyMs: window.surelyMs + 1 })).toBe(1);
  expect(moved({ estimated: false })).toBe(1);
  expect(movedIdleWindows([{ functionId: 1, times: OWN, window: { window: null, source: 'own' } }])).toHaveLength(1);
});

test('thresholds that changed', () => {
  // Without gaps the threshold is a second.
  const found = (proactiveThresholdMs: number) =>
    movedThresholds([{ functionId: 3, gapsMs: [], proactiveThresholdMs }]);
  expect(found(1000)).toEqual([]);
  expect(found(1001)).toEqual([{ functionId: 3, limitMs: 1000 }]);
});
