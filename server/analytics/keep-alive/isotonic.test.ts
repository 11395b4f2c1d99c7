/** Ascending shares, the inspection that reaches a share, windows drawn from a curve, and what shows a termination. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../../test/support/law.ts';
import { OnDemandPool } from '../cost/on-demand-pool.ts';
import { ascendingShares, reachedBetween } from './isotonic.ts';
import { freeBefore, showsTermination } from './termination.ts';

describe('pool adjacent violators', () => {
  const shares = (looked: number[], found: number[], from = 0, to = looked.length) => [
    ...ascendingShares({ looked, found }, from, to),
  ];

  test.each([
    ['ascending shares stay', [10, 10, 10], [1, 5, 9], [0.1, 0.5, 0.9]],
    ['two that descend are one', [10, 10], [5, 1], [0.3, 0.3]],
    ['by their numbers', [30, 10], [15, 1], [0.4, 0.4]],
    // (5 + 1) / 20 = 0.3 is below 0.4: all three are one, (4 + 5 + 1) / 30.
    ['which may join the one before', [10, 10, 10], [4, 5, 1], [1 / 3, 1 / 3, 1 / 3]],
    ['but not always', [10, 10, 10], [2, 5, 1], [0.2, 0.3, 0.3]],
    ['nobody looked: as before', [10, 0, 10], [2, 0, 5], [0.2, 0.2, 0.5]],
    ['nobody ever looked', [0, 0], [0, 0], [0, 0]],
  ])('%s', (_, looked, found, expected) => {
    for (const [at, share] of shares(looked, found).entries())
      expect(share).toBeCloseTo(expected[at] ?? Number.NaN, 12);
    expect(shares(looked, found)).toHaveLength(expected.length);
  });

  test('of a part, the others do not count', () => {
    expect(shares([10, 10, 10, 10], [9, 2, 5, 1], 1, 3)).toEqual([0.2, 0.5]);
    expect(shares([10], [5], 1, 1)).toEqual([]);
  });

  test('ascends, and keeps the sum', () => {
    law(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 30 }), (cells) => {
        const looked = cells.map(([a, b]) => Math.max(a, b));
        const found = cells.map(([a, b]) => Math.min(a, b));
        const all = shares(looked, found);
        for (const [at, share] of all.entries()) expect(share).toBeGreaterThanOrEqual((all[at - 1] ?? 0) - 1e-12);
        const expected = all.reduce((sum, share, at) => sum + share * (looked[at] ?? 0), 0);
        expect(expected).toBeCloseTo(
          found.reduce((sum, n) => sum + n, 0),
          6,
        );
      }),
    );
  });
});

describe('the inspection that reaches half', () => {
  const between = (looked: number[], found: number[], designEffect = 1) =>
    reachedBetween({ looked, found }, 0.5, designEffect);

  test('a clear step is known exactly', () => {
    expect(between([100, 100, 100, 100], [0, 0, 100, 100])).toEqual({ low: 1, high: 2 });
  });

  test('a few inspections leave room', () => {
    // 1 in 4 of each: twice the log-likelihood ratio to one half is 2 × (ln 0.25 + 3 ln 0.75 − 4 ln 0.5) = 1.05 < 2.27.
    expect(between([4, 4], [1, 3])).toEqual({ low: -1, high: 2 });
    // 25 in 100 is clearly below one half.
    expect(between([100, 100], [25, 75])).toEqual({ low: 0, high: 1 });
  });

  test('never reached, or from the first on', () => {
    expect(between([100, 100], [0, 0])).toEqual({ low: 1, high: 2 });
    expect(between([100, 100], [100, 100])).toEqual({ low: -1, high: 0 });
  });

  test('dependent inspections are worth fewer', () => {
    // As 4 of them.
    expect(between([100, 100], [25, 75], 25)).toEqual({ low: -1, high: 2 });
  });
});

test('a request shows a termination if it waited and nothing idle was used again', () => {
  expect(showsTermination({ waited: true, idle: 0 })).toBe(true);
  expect(showsTermination({ waited: false, idle: 0 })).toBe(false);
  expect(showsTermination({ waited: true, idle: 1 })).toBe(false);
  // Placement takes up to half a second.
  expect(freeBefore(10_000)).toBe(9500);
});

describe('a pool of environments', () => {
  test('an environment is busy, then idle for its window, then terminated', () => {
    const pool = new OnDemandPool();
    expect(pool.take(0)).toBe(false);
    pool.run(10, 100);
    expect(pool.take(9)).toBe(false);
    expect(pool.take(10)).toBe(true);
    pool.run(20, 100);
    expect(pool.take(119)).toBe(true);
    pool.run(130, 100);
    expect(pool.take(230)).toBe(false);
  });

  test('requests go to the one that was used most recently; the others expire', () => {
    const pool = new OnDemandPool();
    pool.run(10, 100);
    pool.run(30, 100);
    // Takes the one of 30, which then is kept until 1,040; that of 10 until 110.
    expect(pool.take(35)).toBe(true);
    pool.run(40, 1000);
    expect([pool.take(109), pool.take(109)]).toEqual([true, true]);
    expect(pool.take(109)).toBe(false);
  });

  test('as a plain list does it', () => {
    law(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(80), fc.nat(200)), { maxLength: 60 }), (requests) => {
        const pool = new OnDemandPool();
        let list: { freeMs: number; endsMs: number }[] = [];
        let atMs = 0;
        for (const [at, [gap, runMs, window]] of requests.entries()) {
          atMs += gap;
          const idle = list.filter(({ freeMs, endsMs }) => freeMs <= atMs && endsMs > atMs);
          const newest = idle.toSorted((a, b) => a.freeMs - b.freeMs).at(-1);
          expect([at, pool.take(atMs)]).toEqual([at, newest !== undefined]);
          // Of several that became idle at once, any may have been taken.
          fc.pre(idle.filter(({ freeMs }) => freeMs === newest?.freeMs).length <= 1);
          list = list.filter((one) => one !== newest && (one.freeMs > atMs || one.endsMs > atMs));
          const freeMs = atMs + runMs;
          pool.run(freeMs, window);
          list.push({ freeMs, endsMs: freeMs + window });
        }
      }),
    );
  });
});
