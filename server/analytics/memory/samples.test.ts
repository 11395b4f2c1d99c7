/** Counts, means and intervals of the runs at one size; expected values are computed by hand. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { MONDAY_MS } from '../../../test/support/size-evidence.ts';
import type { EnvironmentSample } from './samples.ts';
import { billedInterval, countOf, isEnough, meanBilledMs, noIntervalReason } from './samples.ts';

/** An environment with an hour for each pair of runs and billed ms. */
const environment = (...hours: readonly (readonly [n: number, billedMs: number])[]): EnvironmentSample => ({
  version: '7',
  firstMs: MONDAY_MS,
  durationsMs: [],
  tenant: null,
  maxMemoryUsedMb: null,
  hours: hours.map(([n, billedMs], at) => ({ startMs: MONDAY_MS + at * HOUR_MS, n, billedMs })),
});
const times = (n: number, one: EnvironmentSample): EnvironmentSample[] => Array.from({ length: n }, () => one);

test('runs are counted, and the mean is that of all of them', () => {
  const environments = [environment([1, 100], [3, 900]), environment([4, 200])];
  expect(countOf({ environments })).toBe(8);
  // 1,200 ms of 8 runs.
  expect(meanBilledMs(environments)).toBe(150);
});

test.each([
  ['50 runs of 5 environments', times(5, environment([10, 1])), 0, true],
  ['49 runs of 5 environments', [...times(4, environment([10, 1])), environment([9, 1])], 0, false],
  ['50 runs of 4 environments', [...times(3, environment([10, 1])), environment([20, 1])], 0, false],
  ['51 runs, one of them a timeout', [...times(4, environment([10, 1])), environment([11, 1])], 1, true],
  ['50 runs, one of them a timeout', times(5, environment([10, 1])), 1, false],
])('%s are enough: %s', (_, environments, n, enough) => {
  expect(isEnough({ environments, timeouts: { n, billedMs: 0 } })).toBe(enough);
  if (n === 0) expect(isEnough({ environments })).toBe(enough);
});

test.each([
  [[environment([1, 100], [1, 100])], '1 environment in 2 hours: 4 hours are required to know how much they differ.'],
  [times(2, environment([1, 100])), '2 environments in 1 hour: 4 hours are required to know how much they differ.'],
  [[environment([1, 0])], 'Nothing was billed at this size.'],
  [[], 'Nothing was billed at this size.'],
])('why there is no interval: %#', (environments, sentence) => {
  expect(noIntervalReason(environments).text).toBe(sentence);
});

describe('the interval of the mean', () => {
  const ALIKE = [environment([10, 1000], [10, 1000], [10, 1000], [10, 1000])];
  const one = (value: number) => Array.from({ length: 100 }, () => value);

  test.each([
    ['of hours that are alike is the mean', ALIKE, [Number.NaN], 100, 100],
    ['is the wider one: below', ALIKE, one(90), 90, 100],
    ['is the wider one: above', ALIKE, one(110), 100, 110],
    ['of blocks alone, with three hours', [environment([1, 100], [1, 100], [1, 100])], one(90), 90, 90],
    ['of hours alone, if a block has no runs', ALIKE, [...one(90), Number.NaN], 100, 100],
    ['of hours alone, if a block was billed nothing', ALIKE, [...one(90), 0], 100, 100],
    ['of hours alone, if a block is endless', ALIKE, [...one(90), Number.POSITIVE_INFINITY], 100, 100],
  ])('%s', (_, environments, means, low, high) => {
    const found = billedInterval(environments, means);
    expect([found?.low, found?.high]).toEqual([expect.closeTo(low, 9), expect.closeTo(high, 9)]);
  });

  test('is none without hours and blocks', () => {
    expect(billedInterval([environment([1, 100], [1, 100], [1, 100])], [Number.NaN])).toBeNull();
    expect(billedInterval([environment([1, 0], [1, 0], [1, 0], [1, 0])], [Number.NaN])).toBeNull();
  });

  test('of hours that differ lies around the mean, by the same factor on both sides', () => {
    const differ = [environment([10, 800], [10, 1200], [10, 900], [10, 1100])];
    const found = billedInterval(differ, [Number.NaN]);
    expect(found?.low).toBeLessThan(100);
    expect((found?.low ?? 0) * (found?.high ?? 0)).toBeCloseTo(10_000, 6);
    // The same hours, each in two environments.
    const halves = environment([5, 400], [5, 600], [5, 450], [5, 550]);
    expect(billedInterval([halves, halves], [Number.NaN])?.low).toBeCloseTo(found?.low ?? 0, 9);
  });
});
