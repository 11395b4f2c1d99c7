/** Limits of what memory can do to a duration. Expected values are computed by hand. */
import { expect, test } from 'vitest';
import { allowedDuration, possibleDurations } from './envelope.ts';

const durations = (sizes: readonly (readonly [memoryMb: number, durationMs: number])[]) =>
  possibleDurations(sizes.map(([memoryMb, durationMs]) => ({ memoryMb, durationMs, weight: 1 }))).map(
    ({ durationMs }) => durationMs,
  );

test('possible durations are kept', () => {
  for (const given of [
    [100, 100],
    [200, 100],
    [150, 80],
  ] as const) {
    const found = durations([
      [512, given[0]],
      [1024, given[1]],
    ]);
    expect(found[0]).toBeCloseTo(given[0], 6);
    expect(found[1]).toBeCloseTo(given[1], 6);
  }
});

test('less memory is not faster: both move to their geometric mean', () => {
  const [small, large] = durations([
    [512, 80],
    [1024, 125],
  ]);
  expect(small).toBeCloseTo(100, 6);
  expect(large).toBeCloseTo(100, 6);
});

test('twice the memory at most halves the duration', () => {
  // A gain of 4 becomes one of 2: each moves by √2.
  const [small, large] = durations([
    [512, 400],
    [1024, 100],
  ]);
  expect(small).toBeCloseTo(400 / Math.SQRT2, 6);
  expect(large).toBeCloseTo(100 * Math.SQRT2, 6);
});

test('with several sizes, every pair is possible', () => {
  const found = durations([
    [128, 90],
    [256, 100],
    [512, 20],
    [1024, 60],
    [2048, 61],
  ]);
  for (const [at, duration] of found.entries()) {
    const next = found[at + 1];
    if (next === undefined) continue;
    expect(duration / next).toBeGreaterThan(0.999);
    expect(duration / next).toBeLessThan(2.001);
  }
});

test('a size between two observed ones stays within what they allow', () => {
  const observed = [
    { memoryMb: 512, durationMs: 200 },
    { memoryMb: 1024, durationMs: 150 },
  ];
  expect(allowedDuration(observed, 768, 100)).toBe(150);
  expect(allowedDuration(observed, 768, 300)).toBe(200);
  expect(allowedDuration(observed, 2048, 10)).toBe(75);
});
