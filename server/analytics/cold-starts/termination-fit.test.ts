/** The fit of idle terminations: short periods without any are added up, and that changes nothing but the cost. */
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { fitTerminations, recycledShare } from './termination-fit.ts';

const ABOUT_MS = 8 * MINUTE_MS;
const periods = (...rows: readonly (readonly [minutes: number, reused: number, terminated: number])[]) =>
  rows.map(([minutes, reused, terminated]) => ({ idleMs: minutes * MINUTE_MS, reused, terminated }));
const LONGER = [
  [3, 20, 0],
  [5, 20, 1],
  [8, 10, 10],
  [12, 1, 20],
] as const;

test('periods below a fifth of the median are one, at their mean', () => {
  const fit = fitTerminations(periods([1, 30, 0], [1.5, 10, 0], ...LONGER), ABOUT_MS);
  // 30 × 1 and 10 × 1.5 minutes: 1.125 minutes on average.
  expect(fit).toEqual(fitTerminations(periods([1.125, 40, 0], ...LONGER), ABOUT_MS));
  // Half of those that were idle for 8 minutes had been terminated.
  expect(fit.medianMs).toBeGreaterThan(7 * MINUTE_MS);
  expect(fit.medianMs).toBeLessThan(9 * MINUTE_MS);
});

test('a short period in which some were terminated shows recycling', () => {
  const without = fitTerminations(periods([1, 100, 0], ...LONGER), ABOUT_MS);
  const recycled = fitTerminations(periods([1, 90, 10], ...LONGER), ABOUT_MS);
  // Before 8 minutes, 1 or 11 of 100 + 20 + 21 in 100 × 1 + 20 × 3 + 21 × 5 minutes: 0.0038 or 0.042 a minute.
  expect(recycled.recycledPerMs * MINUTE_MS).toBeGreaterThan(0.035);
  expect(recycled.recycledPerMs * MINUTE_MS).toBeLessThan(0.05);
  expect(without.recycledPerMs * MINUTE_MS).toBeLessThan(0.01);
});

test('the more short idle times are survived, the fewer environments are recycled', () => {
  const recycledOf = (survived: number) =>
    fitTerminations(periods([1, survived, 0], [3, 20, 2], [5, 20, 1], [8, 10, 10], [12, 1, 20]), ABOUT_MS)
      .recycledPerMs;
  // Two or three in 20 × 3 + 20 × 5 minutes, and 10,000 minutes more.
  expect(recycledOf(10_000)).toBeLessThan(recycledOf(1) / 10);
});

test.each([
  // The integral of r e^(−rt) is all that ended, where none is terminated for being idle.
  ['recycling alone', { recycledPerMs: 1e-6, medianMs: 1e12, sigma: 0.1 }, 600_000, 1],
  // Half are recycled within the minute after which the rest is terminated.
  ['recycling up to a fixed window', { recycledPerMs: Math.LN2 / 60_000, medianMs: 60_000, sigma: 0.02 }, 120_000, 0.5],
  ['a window that begins later', { recycledPerMs: Math.LN2 / 60_000, medianMs: 60_000, sigma: 0.02 }, 40_000, 1],
  // One minute of 1e-6 a ms: 0.06 and what is left of it, 1 − e^(−0.06).
  ['a fixed window with little recycling', { recycledPerMs: 1e-6, medianMs: 60_000, sigma: 0.02 }, 600_000, 0.0582],
])('of those terminated, the share that was recycled: %s', (_, fit, idleMs, share) => {
  expect(recycledShare(fit, idleMs)).toBeCloseTo(share, 2);
});
