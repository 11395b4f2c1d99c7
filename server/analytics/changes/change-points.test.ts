/** Change points in level shifts and in noise, and verdicts over many changes at once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import { verdictsAcross } from '../compare/across.ts';
import type { Difference } from '../compare/verdict.ts';
import { changePoints } from './change-points.ts';

function series(random: Random, levels: readonly (readonly [n: number, level: number])[], noise = 0.05) {
  return levels
    .flatMap(([n, level]) => Array.from({ length: n }, () => random.logNormal(level, noise)))
    .map((value, at) => ({ atMs: at * HOUR_MS, value }));
}

describe('change points', () => {
  test('finds the time of a level shift and both levels', () => {
    const random = new Random(1);
    for (let round = 0; round < 50; round += 1) {
      const [found, ...more] = changePoints(
        series(random, [
          [60, 100],
          [40, 140],
        ]),
      );
      expect(more).toEqual([]);
      expect(Math.abs((found?.atMs ?? 0) / HOUR_MS - 60)).toBeLessThanOrEqual(1);
      expect(Math.abs((found?.before ?? 0) / 100 - 1)).toBeLessThan(0.05);
      expect(Math.abs((found?.after ?? 0) / 140 - 1)).toBeLessThan(0.05);
    }
  });
  test('an early shift, where a later one would divide the series more evenly', () => {
    // Levels of 100 and 200, by turns a hundredth above and below.
    const early = Array.from({ length: 60 }, (_, at) => ({
      atMs: at * HOUR_MS,
      value: (at < 12 ? 100 : 200) * (at % 2 === 0 ? 1.01 : 1 / 1.01),
    }));
    expect(changePoints(early)).toEqual([
      { atMs: 12 * HOUR_MS, before: expect.closeTo(100, 9), after: expect.closeTo(200, 9) },
    ]);
  });
  test('what recurs every day is no change, and hides none', () => {
    // Ten times as much from 8 to 16 o'clock, for six days; from 20:00 on the third day half as much again.
    const daily = (factor: number) =>
      Array.from({ length: 144 }, (_, at) => ({
        atMs: at * HOUR_MS,
        value: (at % 24 >= 8 && at % 24 < 16 ? 1000 : 100) * (at < 68 ? 1 : factor) * (at % 2 === 0 ? 1.01 : 1 / 1.01),
      }));
    expect(changePoints(daily(1))).toEqual([]);
    expect(changePoints(daily(1.5)).map(({ atMs }) => atMs / HOUR_MS)).toEqual([68]);
  });
  test('finds nothing in noise, in 19 of 20 series', () => {
    const random = new Random(2);
    let found = 0;
    for (let round = 0; round < 200; round += 1)
      if (changePoints(series(random, [[168, 80]], 0.1)).length > 0) found += 1;
    expect(found / 200).toBeLessThanOrEqual(0.05);
  });
  test('finds two opposite shifts, and ignores small steps and short series', () => {
    const random = new Random(3);
    expect(
      changePoints(
        series(random, [
          [30, 50],
          [20, 200],
          [30, 50],
        ]),
      ).map((one) => one.atMs / HOUR_MS),
    ).toEqual([30, 50]);
    expect(
      changePoints(
        series(
          random,
          [
            [100, 100],
            [100, 105],
          ],
          0.01,
        ),
      ),
    ).toEqual([]);
    expect(
      changePoints(
        series(random, [
          [5, 1],
          [5, 100],
        ]),
      ),
    ).toEqual([]);
    expect(changePoints([])).toEqual([]);
  });
});

test('each level has at least six values', () => {
  const levels = fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1, 3, 10, 100)), { maxLength: 6 });
  let found = 0;
  law(
    fc.property(levels, fc.nat(1000), (parts, seed) => {
      const values = series(new Random(seed), parts);
      const starts = changePoints(values).map(({ atMs }) => atMs / HOUR_MS);
      found += starts.length;
      const bounds = [0, ...starts, values.length];
      if (starts.length > 0)
        for (const [at, end] of bounds.slice(1).entries()) expect(end - (bounds[at] ?? 0)).toBeGreaterThanOrEqual(6);
    }),
  );
  expect(found).toBeGreaterThan(20);
});

test('six values are a level, on either side', () => {
  const shifted = (n: number) =>
    Array.from({ length: 60 }, (_, at) => ({
      atMs: at * HOUR_MS,
      value: (at < n ? 100 : 400) * (at % 2 === 0 ? 1.01 : 1 / 1.01),
    }));
  expect(changePoints(shifted(6)).map(({ atMs }) => atMs / HOUR_MS)).toEqual([6]);
  expect(changePoints(shifted(54)).map(({ atMs }) => atMs / HOUR_MS)).toEqual([54]);
});

describe('verdicts across', () => {
  const difference = (p: number | null, verdict: Difference['verdict']): Difference => ({
    metric: 'p50',
    unit: 'ms',
    before: 1,
    after: 2,
    change: 1,
    low: 0.5,
    high: 1.5,
    p,
    verdict,
    reason: null,
  });
  test('rejects one of a hundred at p = 0.04 but accepts it alone', () => {
    expect(verdictsAcross([[difference(0.04, 'worse')]])).toEqual(['worse']);
    const many = [[difference(0.04, 'worse')], ...Array.from({ length: 99 }, () => [difference(0.5, 'no-evidence')])];
    expect(verdictsAcross(many)[0]).toBe('no-evidence');
    expect(verdictsAcross([[difference(1e-9, 'worse')], ...many])[0]).toBe('worse');
  });
  test('keeps insufficient data as it is, and returns nothing for no sets', () => {
    expect(verdictsAcross([[difference(null, 'insufficient-data')]])).toEqual(['insufficient-data']);
    expect(verdictsAcross([])).toEqual([]);
  });
});
