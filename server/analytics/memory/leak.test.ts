import { describe, expect, test } from 'vitest';
import { leakOf as leakOfPoints } from './leak.ts';

describe('leak', () => {
  const leakOf = (used: readonly (readonly number[])[], memoryMb: number) =>
    leakOfPoints(
      used.map((environment) => environment.map((y, x) => ({ x, y }))),
      memoryMb,
    );
  const environments = (used: (n: number) => number) =>
    Array.from({ length: 8 }, () => Array.from({ length: 120 }, (_, n) => Math.round(used(n))));
  test('detects a steady rise and gives the time to the limit', () => {
    const leak = leakOf(
      environments((n) => 80 + n * 0.2),
      128,
    );
    expect(leak?.leaking).toBe(true);
    expect(leak?.mbPer1k).toBeGreaterThan(180);
    expect(leak?.mbPer1k).toBeLessThan(220);
    expect(leak?.invocationsToLimit).toBeGreaterThan(80);
    expect(leak?.invocationsToLimit).toBeLessThan(160);
  });
  test('growth has the interval of the median over environments', () => {
    // Slopes of exactly 1 to 8 MB per invocation. Of 8 values, at most 0 are below the median with 1/256 and at most 1 with
    // 9/256 > 2.5 %: the interval is from the smallest to the largest.
    const slopes = Array.from({ length: 8 }, (_, slope) => Array.from({ length: 30 }, (_n, n) => (slope + 1) * n));
    expect(leakOf(slopes, 1024)).toMatchObject({ mbPer1k: 4500, interval: { low: 1000, high: 8000 }, environments: 8 });
    // Of 9, at most 1 with 10/512 < 2.5 %, at most 2 with 46/512: from the second to the second largest.
    const nine = [...slopes, Array.from({ length: 30 }, (_n, n) => 9 * n)];
    expect(leakOf(nine, 1024)?.interval).toEqual({ low: 2000, high: 8000 });
    // Of 5, the smallest and the largest hold the median with 93.75 %.
    expect(leakOf(slopes.slice(0, 5), 1024)?.interval).toBeNull();
  });
  test('environments whose ordinals are all the same say nothing about growth', () => {
    const tied = Array.from({ length: 8 }, () => Array.from({ length: 30 }, (_, n) => ({ x: 1, y: n })));
    expect(leakOfPoints(tied, 128)).toBeNull();
  });
  test('a saw that rises a little is no leak: it is not certain that it rises', () => {
    // Up by one each time, below a saw of 90 MB in four steps: 40 pairs rise for certain, and the other 150 about as often as they fall.
    const saw = Array.from({ length: 6 }, () => Array.from({ length: 20 }, (_, n) => 100 + n + 30 * (3 - (n % 4))));
    expect(leakOf(saw, 512)).toMatchObject({ mbPer1k: 1000, leaking: false, invocationsToLimit: null });
  });
  test('memory that falls is no leak', () => {
    const falling = Array.from({ length: 6 }, () => Array.from({ length: 20 }, (_, n) => 200 - n));
    expect(leakOf(falling, 512)).toMatchObject({ mbPer1k: -1000, leaking: false, invocationsToLimit: null });
  });
  test('three of six environments that grow are not most of them', () => {
    const mixed = (growing: number) =>
      Array.from({ length: 6 }, (_, at) => Array.from({ length: 20 }, (_n, n) => 100 + (at < growing ? 2 * n : 0)));
    expect(leakOf(mixed(3), 512)?.leaking).toBe(false);
    expect(leakOf(mixed(4), 512)?.leaking).toBe(true);
  });
  test('a heap that reaches a plateau, or a flat line, is not a leak', () => {
    expect(
      leakOf(
        environments((n) => 80 + Math.min(n, 20)),
        128,
      )?.leaking,
    ).toBe(false);
    expect(
      leakOf(
        environments(() => 80),
        128,
      ),
    ).toMatchObject({ leaking: false, invocationsToLimit: null });
    expect(leakOf(environments(() => 80).slice(0, 3), 128)).toBeNull();
  });

  test('environments of fewer than twenty invocations say nothing', () => {
    const rising = (n: number) => Array.from({ length: n }, (_, x) => x);
    const five = Array.from({ length: 5 }, () => rising(20));
    expect(leakOf(five, 128)).toMatchObject({ environments: 5, mbPer1k: 1000, leaking: true });
    expect(leakOf([...five, ...Array.from({ length: 9 }, () => rising(19).map((y) => 9 * y))], 128)).toMatchObject({
      environments: 5,
      mbPer1k: 1000,
    });
    expect(leakOf([...five.slice(1), rising(19)], 128)).toBeNull();
    // The later half has one ordinal: nothing shows whether it still rises.
    const still = Array.from({ length: 20 }, (_, x) => ({ x: Math.min(x, 10), y: x }));
    const points = five.map((used) => used.map((y, x) => ({ x, y })));
    expect(leakOfPoints([...points, still], 128)?.environments).toBe(5);
  });
  test('invocations to the limit, from the most that an environment used', () => {
    // One MB each: from 119 MB to 128, and none where it is reached.
    const used = Array.from({ length: 6 }, () => Array.from({ length: 20 }, (_, n) => 100 + n));
    expect(leakOf(used, 128)?.invocationsToLimit).toBe(9);
    expect(leakOf(used, 119)?.invocationsToLimit).toBe(0);
    expect(leakOf(used, 110)?.invocationsToLimit).toBe(0);
    // Half a MB each, from 109.5 to 120: 21.
    const slower = used.map((one) => one.map((mb) => 100 + (mb - 100) / 2));
    expect(leakOf(slower, 120)?.invocationsToLimit).toBe(21);
  });
});
