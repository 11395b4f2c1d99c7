import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { idleWindowsOf } from './windows.ts';

const curve = [
  { idleMs: 1000, survival: 0.75, low: 0.5, high: 1 },
  { idleMs: 2000, survival: 0.75, low: 0.5, high: 1 },
  { idleMs: 3000, survival: 0.5, low: 0.25, high: 0.75 },
  { idleMs: 4000, survival: 0.25, low: 0, high: 0.5 },
];

const windowOf = (draw: number, { points = curve, errors = 0 } = {}) =>
  idleWindowsOf({ curve: points }, errors)(Float64Array.of(draw))[0];

test.each([
  [0, 0],
  // Half way from 1 to 0.75, between 0 and 1000 ms.
  [0.125, 500],
  [0.25, 1000],
  // Half way from 0.75 to 0.5; the flat stretch ends at 2000 ms.
  [0.375, 2500],
  [0.5, 3000],
  [0.625, 3500],
  [0.75, 4000],
  // Outlives the data: kept for as long as the data shows.
  [0.875, 4000],
])('a draw of %d gives a window of %d ms', (draw, expected) => {
  expect(windowOf(draw)).toBe(expected);
});

// 1.96 standard errors move the curve to a bound of its 95 % band.
test.each([
  [-1.959964, 2500],
  [-0.979982, 3000],
  [0.979982, 4000],
  [1.959964, 4000],
])('a curve that is off by %d standard errors gives a window of %d ms for a draw of 0.625', (errors, expected) => {
  expect(windowOf(0.625, { errors })).toBeCloseTo(expected, 2);
});

test('without points environments are not kept', () => {
  expect(windowOf(0.5, { points: [] })).toBe(0);
});

test('every draw is looked up in the stretch of the curve that its share falls into', () => {
  const share = fc.integer({ min: 0, max: 2 ** 20 - 1 });
  law(
    fc.property(fc.array(share, { minLength: 1, maxLength: 40 }), share, (shares, drawn) => {
      const falling = shares.toSorted((a, b) => b - a).map((one) => one / 2 ** 20);
      const points = falling.map((survival, at) => ({
        idleMs: 1000 * (at + 1),
        survival,
        low: survival,
        high: survival,
      }));
      const left = 1 - drawn / 2 ** 20;
      const windowMs = windowOf(drawn / 2 ** 20, { points });
      const reached = falling.findIndex((survival) => survival <= left);
      const at = reached < 0 ? falling.length : reached;
      // Between the times of the points around it; after the last one, at it.
      expect(windowMs).toBeGreaterThanOrEqual(1000 * Math.min(at, falling.length));
      expect(windowMs).toBeLessThanOrEqual(1000 * Math.min(at + 1, falling.length));
    }),
  );
});
