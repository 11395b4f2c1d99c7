import { expect, test } from 'vitest';
import { NOON, workedFunction } from '../../../test/support/worked-rows.ts';
import { noCounts } from '../../storage/rollup/aggregation.ts';
import { overview } from './overview.ts';
import { overviewWithPrevious } from './overview-with-previous.ts';

const named = (name: string, counts: Partial<ReturnType<typeof noCounts>>) => ({
  ...{ identity: { ...workedFunction.identity, account: '1', region: 'r', name }, usage: [], blocks: null },
  counts: { ...noCounts(), ...counts },
});

const topOf = (functions: readonly ReturnType<typeof named>[]) => {
  const range = { fromMs: NOON - 86_400, toMs: NOON, widthMs: 1 };
  const terms = { plans: [], tier: 1, logTier: 1 } as const;
  return overview({ range, functions, buckets: [] }, { range, metrics: [] }, NOON, { hours: 24, functions: [] }, terms)
    .body.top;
};

test('rankings hold the ten highest values, of equal ones the first by id', () => {
  const equal = [...'lkjihgfedcba'].map((letter) => named(letter, { n: 5 }));
  const { invocations } = topOf([...equal.slice(0, 6), named('z', { n: 9 }), ...equal.slice(6), named('y', { n: 4 })]);
  expect(invocations).toEqual([
    { id: '1:r:z', name: 'z', value: 9, n: 9 },
    ...[...'abcdefghi'].map((letter) => ({ id: `1:r:${letter}`, name: letter, value: 5, n: 5 })),
  ]);
});

test('functions without a value are in no ranking, and failures may be more than are known', () => {
  const { errors } = topOf([
    named('a', { n: 5 }),
    named('b', { n: 5, exits: 1, errors_unknown: 4 }),
    named('c', { n: 5, ooms: 2 }),
  ]);
  expect(errors.map(({ name, value, isLowerBound }) => [name, value, isLowerBound])).toEqual([
    ['c', 2, false],
    ['b', 1, true],
  ]);
});

test('the previous period has its totals, and the differences of rates', () => {
  const terms = { plans: [], tier: 1, logTier: 1 } as const;
  const range = { fromMs: NOON, toMs: NOON + 1000, widthMs: 1 };
  const before = { fromMs: NOON - 1000, toMs: NOON, widthMs: 1 };
  const of = (n: number, errors: number, firstSeenMs: number) => {
    const one = named('a', { n, errors });
    return [{ ...one, identity: { ...one.identity, firstSeenMs } }];
  };
  const ask = (firstSeenMs: number) =>
    overviewWithPrevious(
      { range, functions: of(70, 56, firstSeenMs), buckets: [] },
      { range, metrics: [] },
      { range: before, functions: of(80, 48, firstSeenMs), buckets: [] },
      NOON,
      { hours: 24, functions: [] },
      terms,
    ).body;
  const { previous, errors } = ask(NOON - 1000);
  expect([errors, previous?.errors, previous?.invocations, previous?.isComplete]).toEqual([56, 48, 80, true]);
  // Newcombe 1998: 0.2000, 0.0524 to 0.3339.
  expect(previous?.differences.errorRate?.low).toBeCloseTo(0.0524, 4);
  expect(ask(NOON - 999).previous?.isComplete).toBe(false);
  expect(
    overview({ range, functions: [], buckets: [] }, { range, metrics: [] }, NOON, { hours: 24, functions: [] }, terms)
      .body.previous,
  ).toBe(null);
});

test('parts of the previous period begin with the first data', () => {
  const terms = { plans: [], tier: 1, logTier: 1 } as const;
  const range = { fromMs: NOON, toMs: NOON + 3000, widthMs: 1000 };
  const before = { fromMs: NOON - 3000, toMs: NOON, widthMs: 1000 };
  const one = named('a', { n: 7 });
  // First seen in the second of three parts.
  const functions = [{ ...one, identity: { ...one.identity, firstSeenMs: NOON - 1500 } }];
  const buckets = [3000, 2000, 1000].map((ago) => ({
    ...{ fromMs: NOON - ago, usage: [] },
    counts: { ...noCounts(), n: ago },
  }));
  const { previous } = overviewWithPrevious(
    { range, functions, buckets: [] },
    { range, metrics: [] },
    { range: before, functions, buckets },
    NOON,
    { hours: 24, functions: [] },
    terms,
  ).body;
  expect(previous?.series.map(({ at, invocations }) => [Date.parse(at) - NOON, invocations])).toEqual([
    [-2000, 2000],
    [-1000, 1000],
  ]);
  expect(previous?.isComplete).toBe(false);
});
