/** Verdicts on single pairs of periods; verdict.simulation.test.ts counts those on many. */
import { describe, expect, test } from 'vitest';
import { drawnPeriod } from '../../../bench/accuracy/drawn-period.ts';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { columnsOf } from '../../../test/support/columns-of.ts';
import { uncontrolled } from './controls.ts';
import type { Period } from './period.ts';
import type { Difference } from './verdict.ts';
import { differencesOf, overall } from './verdict.ts';

describe('verdicts', () => {
  test('too few samples give insufficient data, with the available figures', () => {
    const random = new Random(1);
    const [small, large] = [drawnPeriod(random, 30), drawnPeriod(random, 3000)];
    const differences = differencesOf(small, large);
    expect(overall(differences)).toBe('insufficient-data');
    expect(differences.find((one) => one.metric === 'p50')).toMatchObject({
      change: null,
      verdict: 'insufficient-data',
    });
    expect(differences.find((one) => one.metric === 'p50')?.after).toBeGreaterThan(60);
    // Enough samples for the median, not for the 99th percentile.
    const hundred = differencesOf(drawnPeriod(random, 100), large);
    expect(hundred.find((one) => one.metric === 'p50')?.verdict).not.toBe('insufficient-data');
    expect(hundred.find((one) => one.metric === 'p99')?.verdict).toBe('insufficient-data');
    const none: Period = {
      n: 0,
      errors: 0,
      errorsUnknown: 0,
      coldStarts: 0,
      durationMs: [],
      initMs: [],
      costPer1kUsd: null,
      blocks: [],
      blockMs: HOUR_MS,
    };
    expect(overall(differencesOf(none, none))).toBe('insufficient-data');
  });

  test('a metric without a verdict has the reason, and only such a metric', () => {
    const random = new Random(4);
    const large = drawnPeriod(random, 3000);
    const reasonOf = (one: Period, metric: string, other: Period = large) =>
      differencesOf(one, other).find((difference) => difference.metric === metric)?.reason;
    const few = drawnPeriod(random, 30);
    const need = 'before and 3,000 after; at least';
    expect(reasonOf(few, 'p50')).toBe(`Too few: 30 invocations ${need} 50 are required on each side.`);
    expect(reasonOf(few, 'p99')).toBe(`Too few: 30 invocations ${need} 500 are required on each side.`);
    // One environment of 40 invocations: one init. In the later period 3,000 / 40.
    expect(reasonOf(few, 'initP50')).toBe(
      'Too few: 1 init before and 75 after; at least 30 are required on each side.',
    );
    expect(reasonOf({ ...large, errorsUnknown: 1200 }, 'errorRate')).toBe(
      'Of 1,200 invocations it is not known whether the handler threw.',
    );
    expect(reasonOf({ ...large, costPer1kUsd: null }, 'costPer1k')).toBe(
      'The cost of the period before is not known: its price or its memory size is not known.',
    );
    expect(reasonOf(large, 'costPer1k', { ...large, costPer1kUsd: null })).toContain('The cost of the period after');
    const zeros = large.blocks.map((block) => ({ ...block, durationMs: columnsOf([[0, block.n]]) }));
    expect(reasonOf({ ...large, durationMs: [[0, 3000]], blocks: zeros }, 'p50')).toBe(
      'A value is 0, and a change relative to 0 is not defined.',
    );
    const burst = { ...large, blocks: large.blocks.slice(0, 1) };
    expect(reasonOf(burst, 'coldStartRate', burst)).toContain('too few blocks of 1 h');
    for (const period of [few, large, burst]) {
      for (const { verdict, reason } of differencesOf(period, large)) {
        expect(reason === null).toBe(verdict !== 'insufficient-data');
      }
    }
  });

  test('error rates are not compared where errors are unknown', () => {
    const random = new Random(3);
    const [before, after] = [drawnPeriod(random, 20_000), drawnPeriod(random, 20_000, 1, 0.25)];
    const errorRate = (one: Period) => differencesOf(before, one).find(({ metric }) => metric === 'errorRate');
    expect(errorRate(after)?.verdict).toBe('worse');
    expect(errorRate({ ...after, errorsUnknown: 10 })).toMatchObject({ after: null, verdict: 'insufficient-data' });
  });

  test('a significant but tiny change is not a regression', () => {
    const random = new Random(2);
    const differences = differencesOf(drawnPeriod(random, 300_000), drawnPeriod(random, 300_000, 1.03));
    const median = differences.find((one) => one.metric === 'p50');
    expect(median?.p).toBeLessThan(0.05);
    expect(median?.verdict).toBe('no-evidence');
  });
});

test('rates without hits: nothing to test where neither side has any, and a difference where one has', () => {
  const random = new Random(5);
  const without = (period: Period): Period => ({
    ...period,
    errors: 0,
    blocks: period.blocks.map((block) => ({ ...block, errors: 0 })),
  });
  const [before, after] = [drawnPeriod(random, 20_000), drawnPeriod(random, 20_000)];
  const errorRate = (one: Period, other: Period) =>
    differencesOf(one, other).find(({ metric }) => metric === 'errorRate');
  const none = errorRate(without(before), without(after));
  expect(none).toMatchObject({ before: 0, after: 0, change: 0, p: null, verdict: 'no-evidence', reason: null });
  // Newcombe's interval of none in 20,000 on both sides: z² / n = 0.0002.
  expect(none?.low).toBeCloseTo(-0.0002, 4);
  expect(none?.high).toBeCloseTo(0.0002, 4);
  const some = errorRate(without(before), after);
  expect(some?.change).toBe(some?.after);
  expect(some?.low).toBeGreaterThan(0);
  expect(some?.high).toBeGreaterThan(some?.change ?? 0);
  expect(some?.high).toBeLessThan(2 * (some?.change ?? 0));
});

/** Forty hours with a thousand invocations each. Of the errors, each hour has the same number, or the first ten have all. */
function steady(errors: number, spread: 'even' | 'clustered' = 'even'): Period {
  const { blocks } = drawnPeriod(new Random(6), 24_000);
  const [one] = blocks;
  if (one === undefined) throw new Error('no block');
  const hours = Array.from({ length: 40 }, (_, hour) => {
    const own = spread === 'even' ? errors : hour < 10 ? 4 * errors : 0;
    return { ...one, atMs: hour * HOUR_MS, n: 1000, errors: own, coldStarts: 10 };
  });
  const all = { errorsUnknown: 0, durationMs: [], initMs: [], costPer1kUsd: null, blockMs: HOUR_MS };
  return { ...all, n: 40_000, errors: 40 * errors, coldStarts: 400, blocks: hours };
}
const errorRateOf = (before: Period, after: Period) =>
  differencesOf(before, after).find(({ metric }) => metric === 'errorRate');

test.each([
  // Half a percentage point matters, in either direction.
  [10, 14, 'no-evidence'],
  [10, 16, 'worse'],
  [16, 10, 'improved'],
  [14, 10, 'no-evidence'],
])('of %i and %i errors in a thousand: %s', (before, after, verdict) => {
  const found = errorRateOf(steady(before), steady(after));
  expect(found).toMatchObject({ unit: 'ratio', before: before / 1000, after: after / 1000, verdict });
  expect(found?.change).toBeCloseTo((after - before) / 1000, 12);
  expect(found?.p).toBeLessThan(0.05);
});

test('errors of a few hours say less than as many of all hours', () => {
  const width = (before: Period) => {
    const { low, high } = errorRateOf(before, steady(12)) ?? {};
    return (high ?? Number.NaN) - (low ?? Number.NaN);
  };
  // Independent, 1.0 and 1.2 % of 40,000 each: 2 · 1.96 · √(0.01 · 0.99 / 40,000 + 0.012 · 0.988 / 40,000).
  const independent = 0.00289;
  expect(width(steady(10))).toBeGreaterThan(independent);
  expect(width(steady(10))).toBeLessThan(1.3 * independent);
  // Hours with 40 and without errors where 10 are expected: √(10 · 30² + 30 · 10²) / 40,000 is the standard error of one side.
  expect(width(steady(10, 'clustered'))).toBeGreaterThan(2 * 1.96 * 0.00274);
});

test('metrics in their order, with their units', () => {
  const [before, after] = [drawnPeriod(new Random(7), 2000), drawnPeriod(new Random(8), 2000)];
  expect(differencesOf(before, after).map(({ metric, unit }) => `${metric} ${unit}`)).toEqual([
    'p50 ms',
    'p95 ms',
    'p99 ms',
    'initP50 ms',
    'errorRate ratio',
    'coldStartRate ratio',
    'costPer1k USD',
  ]);
  const none = { ...after, n: 0, blocks: [] };
  for (const { metric, verdict, reason } of differencesOf(none, after)) {
    expect(verdict).toBe('insufficient-data');
    expect(reason).toMatch(metric === 'initP50' ? /^Too few: 0 inits before/ : /^Too few: 0 invocations before/);
  }
});

describe('cost', () => {
  /** Forty hours with a thousand invocations each, of which half take a tenth less than the mean and half a tenth more. */
  const costing = (meanMs: number, costPer1kUsd: number, billedOf: (hour: number) => number = () => meanMs): Period => {
    const period = steady(0);
    const durations = (n: number) => [0.9, 1.1].map((times) => [meanMs * times, n / 2] as const);
    const blocks = period.blocks.map((block, hour) => ({
      ...block,
      durationMs: columnsOf(durations(1000)),
      billedMs: 1000 * billedOf(hour),
    }));
    return { ...period, durationMs: durations(40_000), costPer1kUsd, blocks };
  };
  const costOf = (...periods: Parameters<typeof differencesOf>) =>
    differencesOf(...periods).find(({ metric }) => metric === 'costPer1k');

  test('half as much again, with the interval of the means', () => {
    const found = costOf(costing(100, 2), costing(150, 3));
    expect(found).toMatchObject({ before: 2, after: 3, verdict: 'worse', reason: null });
    expect(found?.change).toBeCloseTo(0.5, 12);
    // Blocks are alike, so the spread is that of 40,000 independent values: a tenth of the mean over 200, 0.0005. 5 frequencies on
    // each side: t of ten degrees of freedom is 2.2281. Of two sides, √2 × 2.2281 × 0.0005 = 0.0015755 around log 1.5.
    expect(found?.low).toBeCloseTo(1.5 * (1 - 0.0015743) - 1, 6);
    expect(found?.high).toBeCloseTo(1.5 * (1 + 0.0015767) - 1, 6);
    expect(costOf(costing(150, 3), costing(100, 2))).toMatchObject({ verdict: 'improved' });
  });

  test('of some hours is at the price of the whole period', () => {
    // The first half of the hours is billed half of the mean.
    const period = costing(100, 2, (hour) => (hour < 20 ? 50 : 150));
    const [before, after] = [period, { ...period, costPer1kUsd: 4 }];
    const all = uncontrolled(before, after);
    const part = { ...all, before: all.before.slice(0, 20), after: all.after.slice(0, 20) };
    expect(costOf(before, after, part)).toMatchObject({ before: 1, after: 2, verdict: 'worse' });
  });

  test('of nothing billed is not compared', () => {
    const free = costing(100, 0, () => 0);
    expect(costOf(free, costing(100, 2))).toMatchObject({
      before: 0,
      after: 2,
      change: null,
      reason: 'A value is 0, and a change relative to 0 is not defined.',
    });
  });
});

test('the whole is worse if any metric is, improved if any is and none is worse', () => {
  const of = (...pairs: readonly (readonly [Difference['metric'], Difference['verdict']])[]) =>
    overall(pairs.map(([metric, verdict]) => ({ metric, verdict })));
  expect(of(['p50', 'improved'], ['errorRate', 'worse'])).toBe('worse');
  expect(of(['p50', 'no-evidence'], ['errorRate', 'improved'])).toBe('improved');
  expect(of(['p50', 'insufficient-data'], ['initP50', 'improved'])).toBe('improved');
  expect(of(['costPer1k', 'no-evidence'], ['p50', 'insufficient-data'])).toBe('no-evidence');
  expect(of(['initP50', 'no-evidence'], ['coldStartRate', 'no-evidence'])).toBe('insufficient-data');
  expect(of()).toBe('insufficient-data');
});

test('an error rate alone gives no verdict on the whole', () => {
  const few = { metric: 'p50', verdict: 'insufficient-data' } as const;
  const same = { metric: 'errorRate', verdict: 'no-evidence' } as const;
  expect(overall([few, same])).toBe('insufficient-data');
  expect(overall([few, { metric: 'p95', verdict: 'no-evidence' }])).toBe('no-evidence');
  expect(overall([few, { metric: 'errorRate', verdict: 'worse' }])).toBe('worse');
});
