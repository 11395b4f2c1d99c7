/** How many samples each window had, until it is too old. */
import { expect, test } from 'vitest';
import { LateWindows } from './late-windows.ts';

const measured = (...counts: readonly number[]) =>
  counts.map((n) => ({ labels: { function: String(n) }, value: 0, n, interval: null }));

test('the samples of all series, by rule and window; older windows are dropped', () => {
  const late = new LateWindows();
  expect(late.samples('a', 10)).toBeNull();
  late.record('a', 10, measured(3, 4), 0);
  late.record('a', 20, measured(), 10);
  late.record('b', 10, measured(1), 0);
  expect([late.samples('a', 10), late.samples('a', 20), late.samples('b', 10)]).toEqual([7, 0, 1]);
  late.record('a', 30, measured(5), 11);
  expect([late.samples('a', 10), late.samples('a', 20), late.samples('a', 30)]).toEqual([null, 0, 5]);
  expect(late.samples('b', 10)).toBe(1);
});
