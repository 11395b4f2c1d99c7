import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { law } from '../../test/support/law.ts';
import { aloneIn, isPartial, logTicks, nearestIndex, placesOf, steppedTo } from './points.ts';

const at = (...places: readonly number[]) => places.map((x) => ({ x, y: 1 }));

test.each([
  [0, 0],
  [14, 0],
  [15, 1],
  [20, 1],
  [99, 2],
])('of 10, 20 and 30 the nearest to %i is at %i', (x, index) => {
  expect(nearestIndex(at(10, 20, 30), x)).toBe(index);
});

test('no point is nearer than the nearest', () => {
  expect(nearestIndex([], 1)).toBe(-1);
  law(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 30 }), fc.integer(), (places, x) => {
      const points = at(...places.toSorted((a, b) => a - b));
      const distance = Math.abs((points[nearestIndex(points, x)]?.x ?? Number.NaN) - x);
      expect(distance).toBe(Math.min(...places.map((place) => Math.abs(place - x))));
    }),
  );
});

test.each([
  [
    [1, null, 2, 3, null, 4],
    [true, false, false, false, false, true],
  ],
  [[5], [true]],
  [
    [null, 5, null],
    [false, true, false],
  ],
  [
    [null, null],
    [false, false],
  ],
  [
    [0, 0],
    [false, false],
  ],
])('values that stand alone among %j', (ys, alone) => {
  expect(aloneIn(ys.map((y, x) => ({ x, y })))).toEqual(alone);
});

test('places of several series are in order, each once', () => {
  expect(placesOf([{ points: at(1, 3) }, { points: at(2, 3) }])).toEqual([1, 2, 3]);
});

test.each([
  [null, 'ArrowLeft', 30],
  [null, 'ArrowRight', 30],
  [30, 'ArrowLeft', 20],
  [10, 'ArrowLeft', 10],
  [10, 'ArrowRight', 20],
  [30, 'ArrowRight', 30],
  [20, 'Home', 10],
  [20, 'End', 30],
  [20, 'a', null],
] as const)('from %s, %s leads to %s', (chosen, key, place) => {
  expect(steppedTo([10, 20, 30], chosen, key)).toBe(place);
});

test('without places no key leads anywhere', () => {
  expect(['ArrowLeft', 'ArrowRight', 'Home', 'End'].map((key) => steppedTo([], null, key))).toEqual([
    ...[null, null, null, null],
  ]);
});

test('a bucket is partial until it is over', () => {
  expect(isPartial(9 * HOUR_MS, HOUR_MS, 10 * HOUR_MS)).toBe(false);
  expect(isPartial(9 * HOUR_MS + 1, HOUR_MS, 10 * HOUR_MS)).toBe(true);
});

test.each([
  [1, 10, 9, [1, 2, 3, 5, 7, 10]],
  [100, 1000, 5, [100, 200, 500, 1000]],
  [0.5, 50_000, 6, [1, 10, 100, 1000, 10_000]],
  [0, 10, 9, []],
  [10, 1, 9, []],
])('ticks from %d to %d, at most %i', (min, max, most, ticks) => {
  expect(logTicks(min, max, most)).toEqual(ticks);
});
