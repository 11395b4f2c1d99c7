/** Where terminations for being idle begin, beside recycling at a constant rate. */

import { expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { addIdleTimes, idleBin, idleWindowOf } from './idle-window.ts';

/** Idle times up to 20 minutes against a lognormal lifetime of 8 minutes, and recycling with a mean of `recycleMs`. */
function drawn(seed: number, recycleMs: number): Map<number, [number, number]> {
  const random = new Random(seed);
  const times = new Map<number, [number, number]>();
  for (let at = 0; at < 20_000; at += 1) {
    const idleMs = Math.min(20 * MINUTE_MS, random.logNormal(MINUTE_MS, 1.5));
    const lifetimeMs = Math.min(random.logNormal(8 * MINUTE_MS, 0.2), random.exponential(recycleMs));
    const counts = times.get(idleBin(idleMs)) ?? [0, 0];
    times.set(idleBin(idleMs), counts);
    counts[lifetimeMs > idleMs ? 0 : 1] += 1;
  }
  return times;
}

test.each([1, 2, 3, 4, 5])('the early tail of a lognormal window is not called recycling (seed %i)', (seed) => {
  const window = idleWindowOf(drawn(seed, Number.MAX_SAFE_INTEGER));
  // Half are kept for 8 minutes; 1 of 200 ends before exp(-2.576 × 0.2) × 8 = 4.8 minutes.
  expect(window?.ms).toBeGreaterThan(7.6 * MINUTE_MS);
  expect(window?.ms).toBeLessThan(8.4 * MINUTE_MS);
  expect(window?.surelyMs).toBeLessThan(4.8 * MINUTE_MS);
});

test.each([1, 2, 3, 4, 5])('recycling at a constant rate does not lower the begin (seed %i)', (seed) => {
  const window = idleWindowOf(drawn(seed, 2 * HOUR_MS));
  // After 4 minutes 1 - exp(-4 / 120) = 3.3 % are recycled and 0.03 % expired; after 6 minutes 4.9 % and 7.5 %.
  expect(window?.surelyMs).toBeGreaterThan(4 * MINUTE_MS);
  expect(window?.surelyMs).toBeLessThan(6 * MINUTE_MS);
});

test('a window that is not lognormal: all are kept for 5 to 7 minutes, with recycling every 3 hours', () => {
  const random = new Random(7);
  const times = new Map<number, [number, number]>();
  for (let at = 0; at < 5000; at += 1) {
    const idleMs = random.logNormal(2 * MINUTE_MS, 1);
    const lifetimeMs = Math.min((5 + 2 * random.next()) * MINUTE_MS, random.exponential(3 * HOUR_MS));
    const counts = times.get(idleBin(idleMs)) ?? [0, 0];
    times.set(idleBin(idleMs), counts);
    counts[lifetimeMs > idleMs ? 0 : 1] += 1;
  }
  const window = idleWindowOf(times);
  expect(window?.ms).toBeGreaterThan(5.7 * MINUTE_MS);
  expect(window?.ms).toBeLessThan(6.3 * MINUTE_MS);
  expect(window?.surelyMs).toBeGreaterThan(4.2 * MINUTE_MS);
  expect(window?.surelyMs).toBeLessThan(5.5 * MINUTE_MS);
});

test('twenty terminations are an estimate, fewer are the longest idle time survived', () => {
  const times = (terminated: number) =>
    new Map([
      [idleBin(4 * MINUTE_MS), [100, 0] as const],
      [idleBin(12 * MINUTE_MS), [0, terminated] as const],
    ]);
  expect(idleWindowOf(times(20))?.estimated).toBe(true);
  // The upper edge of its bin, of a width of 4 %.
  const guessed = idleWindowOf(times(19));
  expect(guessed).toMatchObject({ surelyMs: 0, estimated: false });
  expect(guessed?.ms).toBeGreaterThanOrEqual(4 * MINUTE_MS);
  expect(guessed?.ms).toBeLessThan(4 * MINUTE_MS * 1.041);
  expect(idleWindowOf(new Map([[3, [0, 5]]]))).toBeNull();
  expect(idleWindowOf(new Map())).toBeNull();
});

test('bins of idle times are 4 % wide, and the first one reaches to a second', () => {
  expect([0, 1000, 1001, 1000 * Math.exp(0.0399), 1000 * Math.exp(0.0401)].map(idleBin)).toEqual([0, 0, 1, 1, 2]);
});

test('idle times of several functions add up', () => {
  const sum = addIdleTimes([
    new Map([[1, [2, 3]]]),
    new Map([
      [1, [10, 20]],
      [5, [1, 0]],
    ]),
    new Map(),
  ]);
  expect([...sum]).toEqual([
    [1, [12, 23]],
    [5, [1, 0]],
  ]);
});
