/** Hours that two periods have in common. 2 November 2026 is a Monday; shares are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { hoursMissing, matchHours, tooEarly, uncontrolled } from './controls.ts';
import type { Block, Period } from './period.ts';

const MONDAY = Date.UTC(2026, 10, 2);
const block = (day: number, hour: number, n: number): Block =>
  ({ atMs: MONDAY + day * DAY_MS + hour * HOUR_MS, n }) as Block;
const period = (blocks: readonly Block[], blockMs = HOUR_MS): Period =>
  ({ blocks, blockMs, n: blocks.reduce((sum, one) => sum + one.n, 0) }) as Period;
const places = (blocks: readonly Block[]) =>
  blocks.map(({ atMs }) => [Math.floor((atMs - MONDAY) / DAY_MS), (atMs % DAY_MS) / HOUR_MS]);

describe('the same hours', () => {
  test('of the later period those that the earlier has, and of the earlier those that the later has', () => {
    // A week earlier, nothing ran at nine.
    const before = period([block(-7, 9, 0), block(0, 9, 10), block(0, 10, 20), block(0, 11, 0), block(0, 12, 5)]);
    const after = period([block(1, 9, 30), block(1, 10, 0), block(1, 11, 40), block(1, 12, 50), block(1, 13, 80)]);
    const found = matchHours(before, after);
    expect(places(found.after)).toEqual([
      [1, 9],
      [1, 12],
    ]);
    expect(places(found.before)).toEqual([
      [0, 9],
      [0, 12],
    ]);
    // 30 + 50 of 30 + 40 + 50 + 80.
    expect(found.matched).toBe(0.4);
    expect(found.stratumOf(block(0, 9, 1))).toBe(found.stratumOf(block(3, 9, 1)));
    expect(found.stratumOf(block(0, 9, 1))).not.toBe(found.stratumOf(block(0, 10, 1)));
  });

  test('weekends are apart where that leaves at most a tenth out', () => {
    // Friday and Saturday before; Monday to Sunday after: day 4 is a Friday, 5 a Saturday, 13 a Sunday.
    const before = period([block(4, 9, 10), block(5, 9, 10)]);
    const both = matchHours(before, period([block(7, 9, 10), block(13, 9, 10)]));
    expect(both.matched).toBe(1);
    expect(both.stratumOf(block(7, 9, 1))).not.toBe(both.stratumOf(block(13, 9, 1)));
    expect(both.stratumOf(block(5, 9, 1))).toBe(both.stratumOf(block(13, 9, 1)));
    expect(both.stratumOf(block(4, 9, 1))).toBe(both.stratumOf(block(7, 9, 1)));
    // Without a weekend before, a later Sunday is compared with working days.
    const alone = matchHours(period([block(4, 9, 10)]), period([block(7, 9, 10), block(13, 9, 10)]));
    expect([alone.matched, alone.after.length]).toEqual([1, 2]);
  });

  test('nothing in common, or nothing at all', () => {
    const none = matchHours(period([block(0, 9, 10)]), period([block(1, 10, 10)]));
    expect([none.matched, none.before, none.after]).toEqual([0, [], []]);
    const empty = matchHours(period([block(0, 9, 10)]), period([block(1, 9, 0)]));
    expect([empty.matched, empty.before, empty.after]).toEqual([0, [], []]);
  });

  test('blocks of a day hold every hour', () => {
    const found = matchHours(period([block(0, 0, 10)], DAY_MS), period([block(6, 0, 10)], DAY_MS));
    expect([found.matched, found.after.length, found.before.length]).toEqual([1, 1, 1]);
    expect(found.stratumOf(block(0, 9, 1))).toBe(found.stratumOf(block(5, 10, 1)));
  });
});

test('without controls all blocks with invocations are compared', () => {
  const found = uncontrolled(period([block(0, 9, 10), block(0, 10, 0)]), period([block(1, 3, 5), block(1, 4, 0)]));
  expect([places(found.before), places(found.after), found.matched]).toEqual([[[0, 9]], [[1, 3]], 0]);
});

test('a change of less than three hours ago cannot be compared yet', () => {
  const before = period([block(0, 1, 1), block(0, 2, 1), block(0, 3, 1)]);
  const after = (hours: number) =>
    matchHours(before, period(Array.from({ length: hours }, (_, hour) => block(1, hour + 1, 1))));
  expect(tooEarly(after(3), before)).toBeNull();
  expect(tooEarly(after(2), before)?.text).toMatch(/^Not yet: only 2 of the 3 required hours /);
  expect(tooEarly(after(3), period([]))?.text).toBe('Nothing ran before the change.');
  expect([after(3), after(2)].map((controls) => hoursMissing(controls, before))).toEqual([
    null,
    { compared: 2, required: 3 },
  ]);
  expect(hoursMissing(after(2), period([]))).toBeNull();
});
