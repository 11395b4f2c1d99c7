/** Concurrency of intervals, by hand: its peak, and maximum and mean of each bucket. */
import { expect, test } from 'vitest';
import { concurrency, mostAtOnce } from './concurrency.ts';

const run = (startMs: number, endMs: number) => ({ startMs, endMs });

test('two runs that overlap, in buckets of 100 ms', () => {
  // One from 1,000 to 1,150, another from 1,050 to 1,250. By bucket: 100 + 50, 50 + 100, 50 ms of 100.
  expect(concurrency([run(1050, 1250), run(1000, 1150)], 1000, 1400, 100)).toEqual({
    peak: 2,
    peakAtMs: 1050,
    buckets: [
      { fromMs: 1000, max: 2, mean: 1.5 },
      { fromMs: 1100, max: 2, mean: 1.5 },
      { fromMs: 1200, max: 1, mean: 0.5 },
      { fromMs: 1300, max: 0, mean: 0 },
    ],
  });
});

test('runs that began before the range, or end after it, count for the part within', () => {
  const found = concurrency([run(800, 1050), run(900, 1020), run(1150, 1900)], 1000, 1200, 100);
  // 50 + 20 ms, and 50 ms until the end of the range.
  expect(found.buckets).toEqual([
    { fromMs: 1000, max: 2, mean: 0.7 },
    { fromMs: 1100, max: 1, mean: 0.5 },
  ]);
  // The highest was reached before the range and lasted into it.
  expect(found).toMatchObject({ peak: 2, peakAtMs: 900 });
});

test('what starts at the end of the range is not in it', () => {
  const at = (startMs: number) => concurrency([run(startMs, startMs + 10)], 1000, 1200, 100);
  expect(at(1199)).toMatchObject({ peak: 1, peakAtMs: 1199, buckets: [{ max: 0 }, { max: 1, mean: 0.01 }] });
  expect(at(1200)).toMatchObject({ peak: 0, peakAtMs: null, buckets: [{ max: 0 }, { max: 0, mean: 0 }] });
});

test('the first of several equal peaks', () => {
  expect(concurrency([run(1000, 1010), run(1100, 1110)], 1000, 1200, 100)).toMatchObject({ peak: 1, peakAtMs: 1000 });
});

test('a run that takes no time does not raise the peak', () => {
  expect(concurrency([run(1050, 1050), run(1000, 1100)], 1000, 1100, 100)).toMatchObject({ peak: 1, peakAtMs: 1000 });
});

test('the last bucket of a range that is no whole number of them', () => {
  expect(concurrency([run(1000, 2000)], 1000, 1250, 100).buckets.map(({ fromMs, mean }) => [fromMs, mean])).toEqual([
    [1000, 1],
    [1100, 1],
    [1200, 0.5],
  ]);
});

test('nothing, and a range without length', () => {
  expect(concurrency([], 1000, 1100, 100)).toEqual({
    peak: 0,
    peakAtMs: null,
    buckets: [{ fromMs: 1000, max: 0, mean: 0 }],
  });
  expect(concurrency([], 1000, 1000, 100).buckets).toEqual([]);
  expect(concurrency([], 1000, 900, 100).buckets).toEqual([]);
});

test.each([
  [95, 1],
  [94, 2],
])('a run that starts at %i beside one that ends at 100: %i at once, with 5 ms of clock noise', (startMs, n) => {
  expect(mostAtOnce([run(0, 100), run(startMs, 200)])).toBe(n);
});

test('three at once are three', () => {
  expect(mostAtOnce([run(0, 100), run(10, 100), run(20, 100), run(100, 200)])).toBe(3);
});
