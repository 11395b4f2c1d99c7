/** When inspections say where the median is, and when they leave a shorter or longer one possible. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { Inspections } from './families.ts';
import { isKnownWithin, shapeOf, timeOfShare } from './typical.ts';

/** Inspections every 30 s up to 20 min, `each` times, of which the share that `survival` says is found alive. */
function looks(each: number, survival: (minutes: number) => number): readonly Inspections[] {
  return Array.from({ length: 40 }, (_, at) => {
    const alive = Math.round(each * survival((at + 1) / 2));
    return { ms: ((at + 1) * MINUTE_MS) / 2, alive, terminated: each - alive };
  });
}

/** The fitted median in minutes, and whether one 10 % shorter or longer is ruled out. */
function medianOf(inspections: readonly Inspections[]): readonly [number, boolean] {
  const fit = shapeOf(inspections, 1);
  const medianMs = fit === null ? null : timeOfShare(fit, 0.5, 20 * MINUTE_MS);
  if (fit === null || medianMs === null) throw new Error('expected a fit with a median');
  return [medianMs / MINUTE_MS, isKnownWithin(inspections, { fit, medianMs, designEffect: 1, by: 1.1 })];
}

/** Log-logistic with its middle at ten minutes: half are left there, whatever the exponent. */
const logistic = (minutes: number): number => 1 / (1 + (minutes / 10) ** 7);

test('many inspections of a window rule out a median 10 % off', () => {
  const [median, isSharp] = medianOf(looks(100, logistic));
  expect(median).toBeGreaterThan(9.5);
  expect(median).toBeLessThan(10.5);
  expect(isSharp).toBe(true);
});

test('three inspections at each time, of a wide window, do not', () => {
  // Information about ln(median) is β² Σ n p (1 - p) = 9 · 3 · 5.8, by the shares at each half minute: the standard error is 0.08.
  const [, isSharp] = medianOf(looks(3, (minutes) => 1 / (1 + (minutes / 10) ** 3)));
  expect(isSharp).toBe(false);
});

test('steps and a window that fit alike leave the median open', () => {
  // Inspected only at 3, 7 and 14 min: whether 40 % are left from a step at 6 min on or fall there slowly is not visible.
  const inspections = [
    { ms: 3 * MINUTE_MS, alive: 60, terminated: 0 },
    { ms: 7 * MINUTE_MS, alive: 12, terminated: 18 },
    { ms: 14 * MINUTE_MS, alive: 5, terminated: 25 },
  ];
  const [, isSharp] = medianOf(inspections);
  expect(isSharp).toBe(false);
});

test('an inspection at every half minute shows a step', () => {
  const [median, isSharp] = medianOf(looks(100, (minutes) => 0.4 ** Math.floor(minutes / 6)));
  expect(median).toBeGreaterThan(5.4);
  expect(median).toBeLessThan(6.6);
  expect(isSharp).toBe(true);
});
