/** Differences of cost, by hand: twenty blocks of ten invocations that are billed alike. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { columnsOf } from '../../../test/support/columns-of.ts';
import type { Block, Period } from './period.ts';
import { differencesOf } from './verdict.ts';

function period({
  costPer1kUsd = 1,
  billedMs = 1000,
  hours = 20,
  n = 10,
}: {
  costPer1kUsd?: number | null;
  billedMs?: number;
  hours?: number;
  n?: number;
} = {}): Period {
  const blocks = Array.from(
    { length: hours },
    (_, hour): Block => ({
      atMs: hour * HOUR_MS,
      n,
      errors: 0,
      coldStarts: 0,
      billedMs,
      durationMs: columnsOf([
        [90, n / 2],
        [110, n / 2],
      ]),
      initMs: columnsOf([]),
    }),
  );
  const all = hours * n;
  return {
    n: all,
    errors: 0,
    errorsUnknown: 0,
    coldStarts: 0,
    durationMs: [
      [90, all / 2],
      [110, all / 2],
    ],
    initMs: [],
    costPer1kUsd,
    blocks,
    blockMs: HOUR_MS,
  };
}

const cost = (...periods: Parameters<typeof differencesOf>) => {
  const found = differencesOf(...periods).find(({ metric }) => metric === 'costPer1k');
  if (found === undefined) throw new Error('no cost');
  return found;
};

/** Half of the interval of a mean of 100 ms: t (0.975, 6 degrees of freedom) times the root of 100 · 200/199 / 200. */
const HALF = (2.446912 * Math.sqrt(100 / 199)) / 100;

test('the interval is that of the mean billed duration', () => {
  const found = cost(period(), period({ costPer1kUsd: 2 }));
  expect(found).toMatchObject({ unit: 'USD', before: 1, after: 2, verdict: 'worse' });
  expect(found.change).toBeCloseTo(1, 12);
  // Twice as much, by the root of both halves squared.
  expect(found.low).toBeCloseTo(2 * Math.exp(-Math.SQRT2 * HALF) - 1, 5);
  expect(found.high).toBeCloseTo(2 * Math.exp(Math.SQRT2 * HALF) - 1, 5);
  expect(found.p).toBeLessThan(1e-6);
  const back = cost(period({ costPer1kUsd: 2 }), period());
  expect(back).toMatchObject({ before: 2, after: 1, verdict: 'improved' });
  expect(back.change).toBeCloseTo(-0.5, 12);
});

test('no change has p = 1, and a change of less than a twentieth is no evidence', () => {
  expect(cost(period(), period())).toMatchObject({ change: 0, p: 1, verdict: 'no-evidence' });
  // The half of the difference is 2.5 %: 4.9 % and 5.1 % more are both significant.
  expect(cost(period(), period({ costPer1kUsd: 1.049 })).verdict).toBe('no-evidence');
  expect(cost(period(), period({ costPer1kUsd: 1.051 })).verdict).toBe('worse');
});

test('hours that are not compared leave the price, at the billed duration of those that are', () => {
  const before = period();
  const [first] = before.blocks;
  if (first === undefined) throw new Error('no block');
  // One more hour with two hundred invocations of 300 ms: 100 ms of a mean of 200 ms.
  const long = { ...first, atMs: 20 * HOUR_MS, n: 200, billedMs: 60_000 };
  const controls = { stratumOf: () => 0, before: before.blocks, after: before.blocks, matched: 1 };
  const found = cost({ ...before, blocks: [...before.blocks, long] }, period(), controls);
  expect([found.before, found.after]).toEqual([0.5, 1]);
  expect(found.change).toBeCloseTo(1, 12);
});

test.each([
  ['an unknown price', period({ costPer1kUsd: null }), period(), null, 1, 'The cost of the period before is not known'],
  ['an unknown price', period(), period({ costPer1kUsd: null }), 1, null, 'The cost of the period after is not known'],
  [
    'fewer than fifty invocations',
    period({ n: 2 }),
    period(),
    1,
    1,
    '40 invocations before and 200 after; at least 50',
  ],
  [
    'fewer than fifty invocations',
    period(),
    period({ n: 2 }),
    1,
    1,
    '200 invocations before and 40 after; at least 50',
  ],
  ['nothing billed', period({ billedMs: 0 }), period(), 1, 1, 'A value is 0'],
  [
    'eight hours on each side: fourteen effective blocks',
    period({ hours: 8 }),
    period({ hours: 8 }),
    1,
    1,
    'too few blocks of 1 h',
  ],
])('%s is no comparison', (_what, before, after, shownBefore, shownAfter, reason) => {
  expect(cost(before, after)).toMatchObject({
    metric: 'costPer1k',
    unit: 'USD',
    before: shownBefore,
    after: shownAfter,
    change: null,
    low: null,
    high: null,
    p: null,
    verdict: 'insufficient-data',
    reason: expect.stringContaining(reason),
  });
});

test('nine hours on each side are sixteen effective blocks', () => {
  expect(cost(period({ hours: 9 }), period({ hours: 9 })).verdict).toBe('no-evidence');
});

test('rates without a hit on either side are alike, without a test', () => {
  const rates = differencesOf(period(), period()).filter(({ unit }) => unit === 'ratio');
  expect(rates.map(({ metric, before, after, change, p }) => [metric, before, after, change, p])).toEqual([
    ['errorRate', 0, 0, 0, null],
    ['coldStartRate', 0, 0, 0, null],
  ]);
});
