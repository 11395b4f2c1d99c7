/** The page of a function and its tabs, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const ID = '111122223333:eu-west-1:checkout';
const PATH = '/functions/111122223333%3Aeu-west-1%3Acheckout';
const RANGE = 'from=now-7d&to=now-1d&tz=utc';
const facts: NonNullable<Answers['getFunction']> = {
  ...examples.getFunction.answer,
  id: ID,
  account: '111122223333',
  name: 'checkout',
  invocations: 1_234_567,
  errorRate: { value: 0.0714, low: 0.059, high: 0.085, n: 12_345, failures: 881, unknown: null },
  durationMs: {
    p50: 84.11,
    p95: 12_345,
    p99: 90_000,
    n: 12_345,
    intervals: {
      p50: { low: 80, high: 90, effectiveN: 400, reason: null },
      p95: { low: 9000, high: 60_000, effectiveN: 300, reason: null },
      p99: { low: null, high: null, effectiveN: 250, reason: 'Too few.' },
      blocks: 24,
      resolution: 0.01,
    },
  },
  memoryUse: { share: 0.5078, usedMb: 130, sizeMb: 256 },
  costUsd: 4321.5,
  warnings: [],
};
const show = (tab: string, answers: Answers = {}) =>
  showPage(h(FunctionPage, { id: ID }), {
    path: PATH,
    search: `?${RANGE}&tab=${tab}`,
    answers: { getFunction: facts, ...answers },
  });

test('an address with an unknown tab shows the first', async () => {
  const { elements, requested } = await show('versions');
  expect(elements('a').filter(({ attributes }) => attributes['aria-current'] === 'page')).toMatchObject([
    { text: 'Overview' },
  ]);
  expect(requested.length).toBeGreaterThan(1);
});

test('the facts have their figures and units', async () => {
  const { section, requested } = await show('cold-starts');
  expect(requested).toContain('/api/v1/functions/111122223333%3Aeu-west-1%3Acheckout?from=now-7d&to=now-1d');
  const shown = section('Facts');
  for (const fact of [
    'nodejs20.x · 256 MB · arm64 · version $LATEST',
    'Region eu-west-1',
    'Runtime support deprecated since 2026-04-30 · no new functions from 2027-02-01 · no updates from 2027-03-03',
    'Invocations 1.23 M, 7.1 % failed 5.9–8.5 %, n=12.3 k, assumes independent invocations',
    'Duration p50 84.1 ms, p95 12.3 s, p99 1.50 min 95 % intervals: p50 80–90 ms, p95 9.00 s–1.00 min, p99 no interval;',
    'n=12.3 k, from 24 blocks of time. No interval of p99: Too few.',
    'Memory peak 130 MB of 256 MB',
    'Cost $4,322 by billed duration',
    'Seen 2026-11-27 07:00:08 to 2026-11-28 06:59:38',
  ])
    expect(shown).toContain(fact);
});

test('tabs keep both ends of the range', async () => {
  const { link } = await show('memory');
  for (const [label, tab] of [
    ['Cold starts', 'cold-starts'],
    ['Environments', 'environments'],
    ['Memory', 'memory'],
    ['Network', 'network'],
    ['Failures', 'failures'],
    ['Changes', 'changes'],
    ['Invocations', 'invocations'],
  ] as const)
    expect(link(label)).toBe(`${PATH}?${RANGE}&tab=${tab}`);
});

describe('cold starts', () => {
  const answer: NonNullable<Answers['getFunctionColdStarts']> = {
    ...examples.getFunctionColdStarts.answer,
    rate: { value: 0.0269, low: 0.0222, high: 0.0326, n: 12_345 },
    userFeltRate: { value: 0.423, low: 0.404, high: 0.45, n: 9999 },
    taxMsPerDay: 9_000_000,
    initMs: { ...examples.getFunctionColdStarts.answer.initMs, p50: 262.5, p95: 1383.8, p99: 2000 },
  };

  test('tiles, notes and the chart', async () => {
    const { tile, section } = await show('cold-starts', { getFunctionColdStarts: answer });
    const assumed = 'assumes independent invocations';
    expect(tile('Cold-start rate')).toEqual({
      value: '2.7 %',
      note: 'of all invocations',
      detail: `2.2–3.3 %, n=12.3 k, ${assumed}`,
    });
    expect(tile('User-felt')).toEqual({
      value: '42 %',
      note: 'callers that waited',
      detail: `40–45 %, n=9,999, ${assumed}`,
    });
    expect(tile('Cold-start time per day')).toEqual({ value: '2.50 h', note: 'init, restore and first connections' });
    const init = tile('Init p50 / p95');
    expect([init.value, init.note]).toEqual(['263 ms / 1.38 s', 'on demand']);
    expect(init.detail).toContain('226–317 ms / ≥ 324 ms, n=36, from 9 blocks of time. p95: The 36 values');
    expect(section('Cold-start rate over time')).toContain('2.7 % of invocations started cold');
    const kinds = section('Kinds');
    expect(kinds).toContain('on-demand 36 36 % 262 ms / 384 ms 226–317 ms / ≥ 324 ms, n=36, from 9 blocks of time');
    expect(kinds).toContain('584 ms / 1.50 s');
  });

  test('the latest ones link to their invocations with the range', async () => {
    const { section, link } = await show('cold-starts', { getFunctionColdStarts: answer });
    expect(section('Latest cold starts')).toContain('730 ms 730 ms – 111 MB of 256 MB');
    expect(link('07a8e16c-dd9f-4cd0-ab95-ee05168a971f')).toBe(
      `/invocations/07a8e16c-dd9f-4cd0-ab95-ee05168a971f?${RANGE}`,
    );
  });
});

describe('memory', () => {
  const example = examples.getFunctionMemory.answer;
  const answer: NonNullable<Answers['getFunctionMemory']> = {
    ...example,
    observed: example.observed.map((one) => ({
      ...one,
      n: 36_091,
      meanBilledMs: 3203.3,
      failedShare: 0.0714,
      durationMs: { p50: 215.33, p95: 1952.7, p99: 2765.9, n: 36_091 },
      costPerMillionUsd: 1267.8,
      interval: { low: 1227.4, high: 1303.6 },
    })),
    candidates: [
      {
        memoryMb: 192,
        durationMs: 4271,
        costPerMillionUsd: 126.7,
        interval: { low: 1.0008, high: 1267.8 },
        exclusion: 'below-minimum',
        basis: 'bound',
      },
    ],
    invocationsPerMonth: 108_201.76,
  };

  test('tiles and their notes', async () => {
    const { tile } = await show('memory', { getFunctionMemory: answer });
    expect(tile('Current size')).toEqual({ value: '256 MB', note: '108 k invocations a month' });
    expect(tile('Minimum safe size')).toEqual({
      value: '256 MB',
      note: 'Memory use grows with each invocation, so no smaller size is recommended.',
    });
    expect(tile('Model')).toEqual({ value: 'none', note: 'only observed sizes are compared' });
    expect(tile('Memory growth')).toEqual({
      value: '+101.1 MB',
      note: 'per 1,000 invocations (95 % interval 98.4 to 103.7 MB, n=30 environments); 1,245 invocations until the limit',
    });
  });

  test('candidates and observed sizes', async () => {
    const { table } = await show('memory', { getFunctionMemory: answer });
    expect(table('Other sizes').slice(0, 3)).toEqual([
      ['Memory', 'Duration', 'Slower by', 'Cost per million', 'Interval', 'Saves a month', 'Basis', 'Why not'],
      // 256 / 192 MB of the CPU, and as much longer.
      [
        '192 MB',
        'at most 4.27 s',
        'at most +33 %',
        'at most $127',
        '$1.00 – $1,268',
        'at least $123',
        'bound only',
        'below the minimum safe size',
      ],
    ]);
    expect(table('Observed sizes').slice(-2)).toEqual([
      [
        'Memory',
        'Warm invocations',
        'Environments',
        'Billed, mean',
        'Duration p50 / p95',
        'Failed',
        'Peak memory',
        'Cost per million',
      ],
      [
        '256 MB current',
        '36.1 k',
        '33',
        '3.20 s',
        '215 ms / 1.95 s',
        '7.1 %',
        '130 MB',
        '$1,268 95 % interval $1,227 to $1,304',
      ],
    ]);
  });

  test('a recommendation says what it saves, with its interval', async () => {
    const { section } = await show('memory', {
      getFunctionMemory: {
        ...answer,
        finding: 'over-provisioned',
        recommendation: {
          memoryMb: 192,
          monthlySavingUsd: { value: 1234.5, low: 900, high: 1500.4 },
          latencyChange: { value: 0.0714, low: 0.05, high: 0.09 },
          pSaving: 0.97,
        } as never,
      },
    });
    expect(section('Memory size')).toContain(
      '192 MB would save $1,235 a month and be 7.1 % slower. 95 % interval $900 to $1,500 a month; saves with 97 % probability. Duration: +5.0 % to +9.0 %.',
    );
  });
});

describe('failures', () => {
  const example = examples.getFunctionFailures.answer;
  const answer: NonNullable<Answers['getFunctionFailures']> = {
    ...example,
    invocations: 12_345,
    failures: 881,
    rate: { value: 0.0714, low: 0.059, high: 0.085, n: 12_345, failures: 881, unknown: null },
    retries: { ...example.retries, retried: 61, recovered: 59 },
    cost: {
      failedUsd: 4321.5,
      failedMinutes: 2.2839,
      unusedInits: { n: 3, initMs: 12_345, usd: 0.000_31, unpriced: 1 },
    },
  };

  test('tiles, the chart and the timeout', async () => {
    const { tile, section } = await show('failures', { getFunctionFailures: answer });
    expect(tile('Failure rate')).toEqual({
      value: '7.1 %',
      note: 'of all invocations',
      detail: '5.9–8.5 %, n=12.3 k, assumes independent invocations',
    });
    expect(tile('Recovered by retry')).toEqual({ value: '59 of 61', note: 'requests with several attempts' });
    expect(tile('Cost of failures')).toEqual({ value: '$4,322', note: '2.3 billed minutes' });
    expect(tile('Unused inits')).toEqual({
      value: '3',
      note: 'environments, 12.3 s of init, $0.00031, 1 of unknown cost',
    });
    expect(section('Failures over time')).toContain('881 failures in 12.3 k invocations.');
    expect(section('Timeout')).toContain('Timeout 3 s, from invocations that timed out.');
  });

  test('retried requests', async () => {
    const { table, text, link } = await show('failures', {
      getFunctionFailures: { ...answer, retries: { ...answer.retries, unexplained: 1 } },
    });
    expect(table('Requests with the most attempts')).toEqual([
      ['Request', 'Attempts', 'Known to have failed', 'Last attempt'],
      ['17485520-1844…', '2', '1', '2026-11-28 06:49:30'],
    ]);
    expect(text).toContain('61 requests ran several times.');
    expect(link('17485520-1844…')).toBe(`/invocations/17485520-1844-469f-a501-0e1a226ad30b?${RANGE}`);
  });
});

test('network: tiles with intervals, and the capacity', async () => {
  const example = examples.getFunctionNetwork.answer;
  const { tile, section } = await show('network', {
    getFunctionNetwork: {
      ...example,
      preInitMs: {
        ...{ p50: 84.11, p95: 12_345, p99: 13_000, n: 36 },
        intervals: {
          p50: { low: 71.2, high: 93.4, effectiveN: 30, reason: null },
          p95: { low: 1234, high: null, effectiveN: 30, reason: 'too few' },
          p99: { low: null, high: null, effectiveN: 30, reason: 'too few' },
          blocks: 12,
          resolution: 0.01,
        },
      },
      platformMs: { p50: 3.14, p95: 2345, p99: 3000, n: 12_345 },
      firstConnectionMs: { n: 36, median: 1458.11, warmMedian: 223.66, excess: 1234.45 },
      over2s: { value: 0.0714, low: 0.059, high: 0.085, n: 36 },
      proactive: 1,
      capacity: {
        subnets: 2,
        securityGroups: 1,
        peakConcurrency: 12_345,
        interfaces: 1,
        interfaceUse: 0.423,
        database: { needed: 120, max: 100, share: 1.2, daysLeft: 1, verdict: 'exceeded' },
      },
    },
  });
  expect(tile('Before init, p50 / p95')).toEqual({
    value: '84.1 ms / 12.3 s',
    note: 'traced cold starts',
    detail: '71.2–93.4 ms / ≥ 1.23 s; n=36, from 12 blocks of time. p95: too few',
  });
  expect(tile('Platform, p50 / p95')).toEqual({
    value: '3.14 ms / 2.35 s',
    note: 'end of init to START (a bound), n=12.3 k',
  });
  expect(tile('First invocation')).toEqual({
    value: '+1.23 s',
    note: 'above the warm median of 224 ms: DNS, TLS, connections, JIT; n=36',
  });
  expect(section('Long waits before init')).toContain(
    'longer than 2 s: 7.1 % (5.9–8.5 %, n=36, assumes independent invocations) 1 init started proactively',
  );
  const capacity = section('Capacity');
  expect(capacity).toContain('2 subnets, 1 security group, peak concurrency 12.3 k');
  expect(capacity).toContain('1 network interface needed');
  expect(capacity).toContain('42 % of the connections of a shared interface in use');
  expect(capacity).toContain('120 of 100 database connections needed at the peak: exceeded, 1 day left');
});
