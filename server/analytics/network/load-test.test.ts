/** Shares of slow requests in two runs of a load generator, from the bars that it prints. */
import { describe, expect, test } from 'vitest';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { compareLoad } from './load-test.ts';

/** A run by its bars: upper bound in ms and number of requests. */
const run = (...bars: readonly (readonly [upToMs: number, n: number])[]) => ({
  requests: bars.reduce((sum, [, n]) => sum + n, 0),
  slowestMs: bars.at(-1)?.[0] ?? null,
  histogram: bars.map(([upToMs, n]) => ({ upToMs, n })),
});
const tails = (comparison: ReturnType<typeof compareLoad>) =>
  comparison.tails.map(({ thresholdMs, before, after }) => [thresholdMs, before.value, after.value]);

describe('tails', () => {
  test('at 1, 2 and 10 s, and above the bar of the median of the slower run', () => {
    const before = run([100, 60], [500, 40]);
    // The 50th of 100 requests is in the bar up to 1,500 ms.
    const after = run([100, 40], [1500, 40], [2500, 20]);
    const found = compareLoad(before, after);
    expect(tails(found)).toEqual([
      // Bars that begin at 1,000 ms or later: that from 1,500 on; a bar that contains the threshold counts as below.
      [1000, 0, 0.2],
      [1500, 0, 0.2],
      [2000, 0, 0],
      [10_000, 0, 0],
    ]);
    expect(found.tails[0]?.before.n).toBe(100);
    expect(found).toMatchObject({ verdict: 'worse', reason: null });
    expect(found.tails[1]?.change).toBeCloseTo(0.2, 12);
    // Newcombe's interval of 20 of 100 against none.
    expect(found.tails[1]?.low).toBeGreaterThan(0.1);
    expect(found.tails[1]?.high).toBeLessThan(0.3);
  });

  test('the other way round it improved, and the median is still that of the slower run', () => {
    const found = compareLoad(run([100, 40], [1500, 40], [2500, 20]), run([100, 60], [500, 40]));
    expect([found.verdict, found.tails[1]?.thresholdMs, found.tails[1]?.change]).toEqual(['improved', 1500, -0.2]);
  });

  test('half of the requests in a bar make it that of the median', () => {
    const median = (...bars: readonly (readonly [number, number])[]) =>
      compareLoad(run(...bars), run([10, 100])).tails.map(({ thresholdMs }) => thresholdMs)[0];
    expect(median([20, 50], [30, 50])).toBe(20);
    expect(median([20, 49], [30, 51])).toBe(30);
    // A threshold that is one of the fixed ones is listed once.
    expect(compareLoad(run([1000, 100]), run([10, 100])).tails).toHaveLength(3);
  });
});

describe('verdicts', () => {
  test.each([
    ['the same', run([100, 50], [200, 50]), run([100, 50], [200, 50]), 'no-evidence'],
    ['a small difference', run([100, 50], [200, 50]), run([100, 55], [200, 45]), 'no-evidence'],
    ['a large one', run([100, 50], [200, 50]), run([100, 90], [200, 10]), 'improved'],
  ] as const)('%s', (_, before, after, verdict) => {
    expect(compareLoad(before, after)).toMatchObject({ verdict, reason: null });
  });

  test('fewer than fifty requests, or none that are known', () => {
    expect(compareLoad(run([100, 50]), run([100, 49]))).toMatchObject({
      verdict: 'insufficient-data',
      reason: { text: '49 requests in a run: at least 50 are required.' },
    });
    expect(compareLoad(run([100, 50]), run([100, 50])).verdict).toBe('no-evidence');
    for (const [before, after] of [
      [run(), run([100, 50])],
      [run([100, 50]), run()],
    ] as const)
      expect(compareLoad(before, after)).toEqual({
        tails: [],
        verdict: 'insufficient-data',
        reason: reasonOf('load-tests-no-histogram'),
      });
  });

  test('bars without any request show no difference', () => {
    const found = compareLoad(run([100, 0]), run([200, 0]));
    expect(found).toMatchObject({
      verdict: 'insufficient-data',
      reason: { text: '0 requests in a run: at least 50 are required.' },
    });
    expect(found.tails[0]).toMatchObject({ change: 0, low: -1, high: 1, p: 1 });
  });

  test('a run whose slowest request is not known is the faster one', () => {
    const unknown = { ...run([5000, 100]), slowestMs: null };
    expect(compareLoad(unknown, run([100, 100])).tails[0]?.thresholdMs).toBe(100);
    // Both are alike: the first one.
    expect(compareLoad(run([50, 99], [100, 1]), run([80, 99], [100, 1])).tails[0]?.thresholdMs).toBe(50);
  });
});
