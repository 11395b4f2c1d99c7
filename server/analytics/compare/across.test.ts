/** Verdicts over many changes at once, and over two periods. Adjusted p values are worked out by hand: p × n / rank. */
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { columnsOf } from '../../../test/support/columns-of.ts';
import { verdictsAcross } from './across.ts';
import type { Block, Period } from './period.ts';
import { comparePeriods } from './two-periods.ts';
import type { Difference, Verdict } from './verdict.ts';

const one = (verdict: Verdict, p: number | null, metric: Difference['metric'] = 'p50'): Difference => ({
  metric,
  unit: 'ms',
  before: 1,
  after: 1,
  change: 0,
  low: 0,
  high: 0,
  p,
  verdict,
  reason: null,
});

describe('many changes', () => {
  test.each<[string, readonly (readonly Difference[])[], readonly Verdict[]]>([
    ['none', [], []],
    ['one alone', [[one('worse', 0.05)]], ['worse']],
    [
      'two, of which the second is none: 0.025 × 2',
      [[one('worse', 0.025)], [one('no-evidence', 0.9)]],
      ['worse', 'no-evidence'],
    ],
    ['0.026 × 2 is too much', [[one('worse', 0.026)], [one('no-evidence', 0.9)]], ['no-evidence', 'no-evidence']],
    ['two that are alike: 0.05 × 2 / 2', [[one('worse', 0.05)], [one('improved', 0.05)]], ['worse', 'improved']],
    [
      'the least p of a set counts',
      [[one('no-evidence', 0.9), one('improved', 0.01, 'p95')], [one('no-evidence', 0.9)]],
      ['improved', 'no-evidence'],
    ],
    [
      'one that cannot be compared is not called unchanged',
      [[one('insufficient-data', null)], [one('worse', 0.01)]],
      ['insufficient-data', 'worse'],
    ],
    ['an empty set', [[]], ['insufficient-data']],
  ])('%s', (_, sets, verdicts) => {
    expect(verdictsAcross(sets)).toEqual(verdicts);
  });
});

describe('two periods', () => {
  const isNear = (value: number | null | undefined, ms: number): boolean =>
    value != null && value >= ms && value <= 1.0203 * ms;
  const MONDAY = Date.UTC(2026, 10, 2);
  /** Hours of 100 invocations each, of 99 short ones and one that takes 1,000 ms; every duration times `factor`. */
  const period = (days: readonly number[], hours: readonly number[], factor = 1): Period => {
    const durations = [
      [100 * factor, 60],
      [200 * factor, 39],
      [1000 * factor, 1],
    ] as const;
    const billedMs = durations.reduce((sum, [ms, n]) => sum + ms * n, 0);
    const blocks = days.flatMap((day) =>
      hours.map(
        (hour): Block => ({
          atMs: MONDAY + day * DAY_MS + hour * HOUR_MS,
          n: 100,
          errors: 1,
          coldStarts: 1,
          billedMs,
          durationMs: columnsOf(durations),
          initMs: columnsOf([[300, 1]]),
        }),
      ),
    );
    const n = blocks.length;
    return {
      n: 100 * n,
      errors: n,
      errorsUnknown: 0,
      coldStarts: n,
      durationMs: durations.map(([ms, count]) => [ms, count * n]),
      initMs: [[300, n]],
      costPer1kUsd: billedMs * 1e-8,
      blocks,
      blockMs: HOUR_MS,
    };
  };
  const HOURS = Array.from({ length: 10 }, (_, hour) => hour);

  test('the same traffic shows nothing; the quantiles are those of each period', () => {
    const found = comparePeriods(period([0, 1], HOURS), period([7, 8], HOURS));
    expect(found).toMatchObject({ verdict: 'no-evidence', sameHours: true });
    // 60 of 100 take 100 ms, 99 at most 200.
    expect([found.before, found.after]).toEqual([
      [100, 200, 200],
      [100, 200, 200],
    ]);
    expect(found.differences.map(({ metric }) => metric)).toEqual([
      'p50',
      'p95',
      'p99',
      'initP50',
      'errorRate',
      'coldStartRate',
      'costPer1k',
    ]);
  });

  test('half as fast is worse, twice as fast is improved', () => {
    const [usual, slow] = [period([0, 1], HOURS), period([7, 8], HOURS, 2)];
    expect(comparePeriods(usual, slow)).toMatchObject({ verdict: 'worse', after: [200, 400, 400] });
    expect(comparePeriods(slow, usual)).toMatchObject({ verdict: 'improved', before: [200, 400, 400] });
    const p50 = comparePeriods(usual, slow).differences[0];
    // Each to the bound of its bin, at most 2 % more.
    expect([isNear(p50?.before, 100), isNear(p50?.after, 200)]).toEqual([true, true]);
    expect(p50?.change).toBeCloseTo(1, 1);
  });

  test('the same hours of the day are compared if the periods share half of the later one', () => {
    const shares = (hours: readonly number[]) => comparePeriods(period([0, 1], HOURS), period([7, 8], hours)).sameHours;
    // Five of ten hours are shared, or four of ten.
    expect(shares([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])).toBe(true);
    expect(shares([6, 7, 8, 9, 10, 11, 12, 13, 14, 15])).toBe(false);
  });

  test('too few invocations are shown with their quantiles', () => {
    const few = period([0], [0]);
    const some = { ...few, blocks: few.blocks.map((one) => ({ ...one, n: 40, durationMs: columnsOf([[100, 40]]) })) };
    const [p50] = comparePeriods(some, period([7, 8], HOURS)).differences;
    expect(p50).toMatchObject({ unit: 'ms', change: null, verdict: 'insufficient-data' });
    expect([isNear(p50?.before, 100), isNear(p50?.after, 100)]).toEqual([true, true]);
    expect(p50?.reason).toBe('Too few: 40 invocations before and 2,000 after; at least 50 are required on each side.');
  });

  test('errors in bursts on one side make the difference less certain', () => {
    const failing = (days: readonly number[], errorsOf: (at: number) => number) => {
      const usual = period(days, HOURS);
      const blocks = usual.blocks.map((one, at) => ({ ...one, errors: errorsOf(at) }));
      return { ...usual, blocks, errors: blocks.reduce((sum, one) => sum + one.errors, 0) };
    };
    // Five of a hundred in each of thirty hours, or fifty in three of them, at another hour each day.
    const even = (days: readonly number[]) => failing(days, () => 5);
    const burst = (days: readonly number[]) => failing(days, (at) => (at % 11 === 3 ? 50 : 0));
    const width = (before: Period, after: Period) => {
      const rate = comparePeriods(before, after).differences.find(({ metric }) => metric === 'errorRate');
      expect([rate?.before, rate?.after]).toEqual([expect.closeTo(0.05, 9), expect.closeTo(0.05, 9)]);
      return (rate?.high ?? 0) - (rate?.low ?? 0);
    };
    const [first, second] = [
      [0, 1, 2],
      [7, 8, 9],
    ];
    const plain = width(even(first ?? []), even(second ?? []));
    expect(width(burst(first ?? []), even(second ?? []))).toBeGreaterThan(1.5 * plain);
    expect(width(even(first ?? []), burst(second ?? []))).toBeGreaterThan(1.5 * plain);
  });

  test('a change relative to nothing is not defined, and the values are shown', () => {
    const [usual, none] = [period([0, 1], HOURS), period([7, 8], HOURS, 0)];
    const reason = 'A value is 0, and a change relative to 0 is not defined.';
    const unknown = { change: null, low: null, high: null, p: null, verdict: 'insufficient-data', reason };
    const [stops] = comparePeriods(usual, none).differences;
    expect(stops).toMatchObject({ ...unknown, after: 0 });
    expect(isNear(stops?.before, 100)).toBe(true);
    const [starts] = comparePeriods(none, usual).differences;
    expect(starts).toMatchObject({ ...unknown, before: 0 });
    expect(isNear(starts?.after, 100)).toBe(true);
  });

  test('a period without invocations has no quantiles', () => {
    const none = period([], HOURS);
    expect(comparePeriods(none, none)).toMatchObject({
      verdict: 'insufficient-data',
      before: [null, null, null],
      after: [null, null, null],
    });
  });
});
