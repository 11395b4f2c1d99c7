import { expect, test } from 'vitest';
import { platformCounts } from '../../analytics/metrics/platform-counts.ts';
import { supportOf } from '../../analytics/runtimes/support.ts';
import { noCounts } from '../../storage/rollup/aggregation.ts';
import { findingsOf } from './findings.ts';

const NONE = { n: [], placed: [], errors: [], coldStarts: [], userFelt: [] };

function runtimeFinding(runtime: string, day: string): string | undefined {
  const support = supportOf({ runtime, runtimeVersion: null }, Date.parse(day));
  return findingsOf([
    { id: 'a:r:f', name: 'f', counts: { ...noCounts(), n: 5 }, blocks: NONE, runtime, support, platform: null },
  ])[0]?.sentence;
}

test('a runtime past or near its deprecation is a finding', () => {
  expect(runtimeFinding('nodejs22.x', '2026-11-28')).toBe(
    'f: nodejs22.x is deprecated on 2027-04-30: no security updates after that day; its code can be updated until 2027-07-01',
  );
  expect(runtimeFinding('nodejs20.x', '2026-11-28')).toBe(
    'f: nodejs20.x has been deprecated since 2026-04-30: it gets no security updates; its code can be updated until 2027-03-03',
  );
  expect(runtimeFinding('nodejs12.x', '2026-11-28')).toBe(
    'f: nodejs12.x has been deprecated since 2023-03-31: it gets no security updates; its code cannot be updated since 2023-04-30',
  );
  expect(runtimeFinding('dotnet9', '2026-11-28')).toBe(
    'f: dotnet9 has been deprecated since 2026-11-10: it gets no security updates',
  );
  expect(runtimeFinding('python3.13', '2026-11-28')).toBeUndefined();
});

const EVEN = [250, 250, 250, 250];
const failing = (errors: readonly number[], blocks = { ...NONE, n: EVEN, placed: EVEN, errors }) =>
  findingsOf([
    {
      id: 'a:r:f',
      name: 'f',
      counts: { ...noCounts(), n: 1000, errors: 40 },
      blocks,
      runtime: null,
      support: null,
      platform: null,
    },
  ]).map(({ sentence }) => sentence);

test('a rate states n and its interval by blocks of time', () => {
  // 40 of 1,000 without a difference between the blocks: Wilson with t = 4.303 (two frequencies of four blocks) for 1.96,
  // which is Wilson of n = 1000 / 4.819 = 207.5.
  expect(failing([10, 10, 10, 10])).toEqual([
    'f: 4.0 % of invocations failed (95 % CI 2.1 %–7.6 %, n=1,000, from 4 blocks of time)',
  ]);
});

test('errors of one burst are no evidence of a high rate', () => {
  expect(failing([40, 0, 0, 0])).toEqual([]);
});

test('without blocks the interval says what it assumes', () => {
  expect(failing([], NONE)).toEqual([
    'f: 4.0 % of invocations failed (95 % CI if invocations are independent 3.0 %–5.4 %, n=1,000)',
  ]);
});

test('the most severe twelve are chosen by the lower bound from blocks of time', () => {
  const subject = (name: string, errors: readonly number[]) => ({
    ...{
      id: `a:r:${name}`,
      name,
      runtime: null,
      support: null,
      platform: null,
      blocks: { ...NONE, n: EVEN, placed: EVEN, errors },
    },
    counts: { ...noCounts(), n: 1000, errors: errors.reduce((sum, n) => sum + n) },
  });
  const even = Array.from({ length: 12 }, (_, at) => subject(`even-${'abcdefghijkl'[at]}`, [10, 10, 10, 10]));
  // Most errors, but of one burst: as independent ones they would have the highest lower bound.
  const burst = subject('burst', [70, 1, 0, 0]);
  const worst = subject('worst', [11, 11, 11, 11]);
  const found = findingsOf([...even.toReversed(), burst, worst]).map(({ functionId }) => functionId);
  // Equal ones in the order of their texts: the last by name is left out.
  expect(found).toEqual([worst, ...even.slice(0, 11)].map(({ id }) => id));
});

test('timeouts outrank rates, which outrank cold starts; functions without hits need no blocks', () => {
  const counts = { ...noCounts(), n: 100 };
  const subject = (name: string, own: Partial<typeof counts>) => ({
    ...{ id: name, name, runtime: null, support: null, platform: null, blocks: null, counts: { ...counts, ...own } },
  });
  const found = findingsOf([
    subject('none', {}),
    subject('cold', { user_felt: 50, felt_init_us: 9_000_000 }),
    subject('errors', { errors: 50 }),
    subject('memory', { ooms: 1 }),
    subject('slow', { timeouts: 1 }),
  ]);
  expect(found.map(({ functionId, kind }) => [functionId, kind])).toEqual([
    ['memory', 'out-of-memory'],
    ['slow', 'timeouts'],
    ['errors', 'errors'],
    ['cold', 'cold-starts'],
  ]);
});

test('every finding states of how many it was counted, and what to do next', () => {
  const support = supportOf({ runtime: 'nodejs20.x', runtimeVersion: null }, Date.parse('2026-11-28'));
  const counts = { ...noCounts(), n: 100, ooms: 1, timeouts: 1, errors: 50, user_felt: 50, felt_init_us: 9_000_000 };
  const subject = { id: 'a:r:f', name: 'f', counts, blocks: null, runtime: 'nodejs20.x', support, platform: null };
  const found = findingsOf([subject]);
  expect(found.map(({ kind, n }) => [kind, n])).toEqual([
    ['out-of-memory', 100],
    ['timeouts', 100],
    ['errors', 100],
    ['runtime', null],
    ['cold-starts', 100],
  ]);
  expect(new Set(found.map(({ nextStep }) => nextStep)).size).toBe(5);
});

test('requests that were throttled are among the findings of the logs, by their share', () => {
  const platform = platformCounts(
    new Map([
      ['throttles', { total: { count: 1, sum: 20, max: 20 }, parts: [] }],
      ['platformInvocations', { total: { count: 1, sum: 80, max: 80 }, parts: [] }],
    ]),
  );
  const subject = (name: string, own: Partial<ReturnType<typeof noCounts>>) => ({
    ...{ id: name, name, runtime: null, support: null, blocks: null, platform: null },
    counts: { ...noCounts(), n: 100, ...own },
  });
  const found = findingsOf([
    subject('cold', { user_felt: 50, felt_init_us: 9_000_000 }),
    // 50 of 100 failed: at least 40 % with 95 % confidence.
    subject('errors', { errors: 50 }),
    { ...subject('throttled', { n: 0 }), platform },
    subject('slow', { timeouts: 1 }),
  ]);
  expect(found.map(({ functionId, kind }) => [functionId, kind])).toEqual([
    ['slow', 'timeouts'],
    ['errors', 'errors'],
    ['throttled', 'throttles'],
    ['cold', 'cold-starts'],
  ]);
});
