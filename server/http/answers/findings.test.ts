import { expect, test } from 'vitest';
import { platformCounts } from '../../analytics/metrics/platform-counts.ts';
import { supportOf } from '../../analytics/runtimes/support.ts';
import { noCounts } from '../../storage/rollup/aggregation.ts';
import { findingsOf } from './findings.ts';

const NONE = { n: [], placed: [], errors: [], coldStarts: [], userFelt: [] };

function runtimeFinding(runtime: string, day: string): string | undefined {
  const support = supportOf({ runtime, runtimeVersion: null }, Date.parse(day));
  return findingsOf([
    {
      id: 'a:r:f',
      name: 'f',
      counts: { ...noCounts(), n: 5 },
      blocks: NONE,
      runtime,
      support,
      waste: null,
      platform: null,
    },
  ]).findings[0]?.sentence;
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
      waste: null,
      platform: null,
    },
  ]).findings.map(({ sentence }) => sentence);

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
      waste: null,
      platform: null,
      blocks: { ...NONE, n: EVEN, placed: EVEN, errors },
    },
    counts: { ...noCounts(), n: 1000, errors: errors.reduce((sum, n) => sum + n) },
  });
  const even = Array.from({ length: 12 }, (_, at) => subject(`even-${'abcdefghijkl'[at]}`, [10, 10, 10, 10]));
  // Most errors, but of one burst: as independent ones they would have the highest lower bound.
  const burst = subject('burst', [70, 1, 0, 0]);
  const worst = subject('worst', [11, 11, 11, 11]);
  const found = findingsOf([...even.toReversed(), burst, worst]).findings.map(({ functionId }) => functionId);
  // Equal ones in the order of their texts: the last by name is left out.
  expect(found).toEqual([worst, ...even.slice(0, 11)].map(({ id }) => id));
});

test('timeouts outrank rates, which outrank cold starts; functions without hits need no blocks', () => {
  const counts = { ...noCounts(), n: 100 };
  const subject = (name: string, own: Partial<typeof counts>) => ({
    ...{
      id: name,
      name,
      runtime: null,
      support: null,
      waste: null,
      platform: null,
      blocks: null,
      counts: { ...counts, ...own },
    },
  });
  const { findings: found } = findingsOf([
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

/** A subject of 1,000 invocations; intervals assume independent ones. */
const one = (name: string, own: Partial<ReturnType<typeof noCounts>>, usd: number | null = null) => ({
  ...{ id: `a:r:${name}`, name, runtime: null, support: null, blocks: null },
  counts: { ...noCounts(), n: 1000, ...own },
  waste: usd === null ? null : { usd },
  platform: null,
});

test('a group has a sentence, its worst functions, what it costs and a next step', () => {
  const { groups } = findingsOf([
    one('checkout', { ooms: 3 }, 0.5),
    one('search', { ooms: 40 }, 0.25),
    one('calm', {}),
  ]);
  expect(groups).toEqual([
    {
      code: 'out-of-memory',
      severity: 'high',
      // High is level 2 of 1e12, then the affected invocations.
      urgency: 2e12 + 43,
      parameters: expect.objectContaining({ functions: 2, name: 'search', affected: 43, invocations: 2000 }),
      sentence: '2 functions ran out of memory: 43 of 2,000 invocations',
      affected: 43,
      affectedIsLowerBound: false,
      wastedUsd: 0.75,
      monthlySavingUsd: null,
      functions: {
        total: 2,
        worst: [
          expect.objectContaining({ id: 'a:r:search', affected: 40 }),
          expect.objectContaining({
            id: 'a:r:checkout',
            name: 'checkout',
            affected: 3,
            parameters: { name: 'checkout', failed: 3, invocations: 1000 },
            sentence: 'checkout: 3 invocations ran out of memory, of 1,000',
          }),
        ],
      },
      next: {
        code: 'memory',
        functionId: 'a:r:search',
        parameters: { name: 'search' },
        sentence: 'Raise the memory of search: its Memory tab shows the minimum safe size',
      },
    },
  ]);
});

test('each failure is counted in one group, and a lower bound says so', () => {
  const { groups } = findingsOf([
    // All failures are timeouts: the rate is a finding, but no group of its own.
    one('slow', { timeouts: 100 }),
    one('mixed', { timeouts: 20, errors: 30, exits: 5, errors_unknown: 7 }),
  ]);
  expect(groups.map(({ code, affected, sentence }) => [code, affected, sentence])).toEqual([
    ['timeouts', 120, '2 functions timed out: 120 of 2,000 invocations'],
    ['errors', 35, 'mixed throws errors or exits: at least 35 of 1,000 invocations'],
  ]);
});

test('groups are ordered by severity, then by who is affected', () => {
  const ended = supportOf({ runtime: 'nodejs20.x', runtimeVersion: null }, Date.parse('2026-11-28'));
  const ending = supportOf({ runtime: 'nodejs22.x', runtimeVersion: null }, Date.parse('2026-11-28'));
  const blocked = supportOf({ runtime: 'nodejs12.x', runtimeVersion: null }, Date.parse('2026-11-28'));
  const { groups } = findingsOf([
    { ...one('a', {}), runtime: 'nodejs22.x', support: ending },
    { ...one('b', {}), runtime: 'nodejs20.x', support: ended },
    { ...one('c', {}), runtime: 'nodejs18.x', support: ended },
    { ...one('d', {}), runtime: 'nodejs12.x', support: blocked },
    one('cold', { user_felt: 500, felt_init_us: 90_000_000 }),
    // 50 of 1,000: the interval reaches from 3.8 % to 6.5 %.
    one('throws', { errors: 50 }),
    one('kills', { ooms: 1 }),
  ]);
  expect(groups.map(({ severity, sentence }) => [severity, sentence])).toEqual([
    ['high', 'kills ran out of memory: 1 of 1,000 invocations'],
    ['medium', 'Callers of cold waited 500 times for a cold start, 90 s in total'],
    ['medium', 'throws throws errors or exits: 50 of 1,000 invocations'],
    ['medium', '2 functions run on nodejs18.x, nodejs20.x, without security updates since 2026-04-30'],
    ['medium', 'd runs on nodejs12.x: AWS accepts no updates of its code any more'],
    ['low', 'a runs on nodejs22.x, which gets no security updates after 2027-04-30'],
  ]);
});

test('a group lists ten functions and counts all of them', () => {
  const many = Array.from({ length: 12 }, (_, at) => one(`f${String(at).padStart(2, '0')}`, { timeouts: 12 - at }));
  const [group] = findingsOf(many).groups;
  expect(group?.functions.total).toBe(12);
  expect(group?.functions.worst.map(({ name }) => name)).toEqual(many.slice(0, 10).map(({ name }) => name));
  // 12 + 11 + … + 1.
  expect(group?.affected).toBe(78);
});

test('requests that were throttled are among the findings of the logs, by their share', () => {
  const platform = platformCounts(
    new Map([
      ['throttles', { total: { count: 1, sum: 20, max: 20 }, parts: [] }],
      ['platformInvocations', { total: { count: 1, sum: 80, max: 80 }, parts: [] }],
    ]),
  );
  const subject = (name: string, own: Partial<ReturnType<typeof noCounts>>) => ({
    ...{ id: name, name, runtime: null, support: null, blocks: null, waste: null, platform: null },
    counts: { ...noCounts(), n: 100, ...own },
  });
  const { findings: found, groups } = findingsOf([
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
  expect(groups.find(({ code }) => code === 'throttles')).toMatchObject({
    severity: 'high',
    sentence: 'Requests to throttled were throttled: 20 of 100',
    affected: 20,
    next: { code: 'metrics', functionId: 'throttled' },
  });
});
