/** What analyses answer from plain data, worked out by hand. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { columnsOf } from '../../test/support/columns-of.ts';
import { evidence, PRICES } from '../../test/support/size-evidence.ts';
import { analysisTasks } from './tasks.ts';

describe('network', () => {
  const question = {
    vpc: true,
    own: [
      { startMs: Date.UTC(2026, 10, 20), preInitMs: 120 },
      { startMs: Date.UTC(2026, 10, 21), preInitMs: -40 },
    ],
    inside: [],
    outside: [],
    roughlyOutside: [],
    rangeEndMs: Date.UTC(2026, 10, 28),
    edge: [],
    timedOutMs: [3000, 3001, 3002],
    coldStarts: 4,
  };

  test('a function in a VPC is compared, and its era is that of its newest cold start', () => {
    const found = analysisTasks.network(question);
    // One init began before the request: nobody waited for it.
    expect(found.summary?.preInitMs).toMatchObject({ p50: 120, p95: 120, p99: 120, n: 1 });
    expect(found.era).toBe('shared');
    expect(found.comparison).toMatchObject({ latency: null, inside: { functions: 0 } });
    expect(found.missingRoute).toMatchObject({ suspected: true, timeouts: 3 });
    // Without cold starts it is that of the end of the range: of early 2019 too little is known.
    const early = { ...question, rangeEndMs: Date.UTC(2019, 2, 1) };
    expect(analysisTasks.network(early).era).toBe('shared');
    expect(analysisTasks.network({ ...early, own: [] }).era).toBeNull();
  });

  test.each([false, null])('where the VPC is %s nothing of it is said', (vpc) => {
    const found = analysisTasks.network({ ...question, vpc });
    expect([found.era, found.comparison, found.missingRoute.suspected]).toEqual([null, null, false]);
    expect(found.summary?.preInitMs.n).toBe(1);
  });

  test('cold requests at the edge are compared with warm ones of their route', () => {
    const warm = Array.from({ length: 10 }, () => ({
      route: '/a',
      integrationLatencyMs: 105,
      durationMs: 100,
      waitedMs: null,
    }));
    const cold = { route: '/a', integrationLatencyMs: 1105, durationMs: 100, waitedMs: 500 };
    const { edge } = analysisTasks.network({ ...question, edge: [...warm, cold, { ...cold, route: '/b' }] });
    // 1105 - 100 - 500 less the 5 ms of warm requests.
    expect(edge).toEqual({ n: 1, quantiles: [500, 500, 500], warm: 10, unmatched: 1 });
    expect(analysisTasks.network(question).edge).toEqual({ n: 0, quantiles: [], warm: 0, unmatched: 0 });
  });

  test('quantiles of the edge are those of the sorted excess', () => {
    const warm = Array.from({ length: 10 }, () => ({
      route: null,
      integrationLatencyMs: 10,
      durationMs: 10,
      waitedMs: null,
    }));
    // 100 cold requests, 100 ms down to 1 ms.
    const cold = Array.from({ length: 100 }, (_, at) => ({
      route: null,
      integrationLatencyMs: 100 - at,
      durationMs: 0,
      waitedMs: 0,
    }));
    const [p50 = 0, p95 = 0, p99 = 0] = analysisTasks.network({ ...question, edge: [...warm, ...cold] }).edge.quantiles;
    expect(p50).toBeGreaterThanOrEqual(50);
    expect(p50).toBeLessThanOrEqual(51);
    expect(p95).toBeGreaterThanOrEqual(95);
    expect(p95).toBeLessThanOrEqual(96);
    expect(p99).toBeGreaterThanOrEqual(99);
    expect(p99).toBeLessThanOrEqual(100);
  });
});

describe('memory', () => {
  const truth = { fixedMs: 100, cpuMs: 50, usedMb: 80 };
  // Twenty invocations of each of five environments, which use a megabyte more each time, or the same.
  const followed = (mbEach: number) =>
    Array.from({ length: 5 }, () => Array.from({ length: 20 }, (_, x) => ({ x, y: 100 + x * mbEach })));
  const answer = (newestMb: number | null, points: ReturnType<typeof followed>) =>
    analysisTasks.memory({
      sizes: [{ evidence: evidence(new Random(1), truth, 1024), maxUsedMb: 119, followed: points }],
      use: { outOfMemoryAtMb: [], runtime: 'nodejs22.x' },
      prices: PRICES,
      invocationsPerMonth: 1e6,
      goal: 'cheapest',
      weight: 0.5,
      maxDurationMs: null,
      maxSlower: 0.1,
      code: { updates: [], versionCodes: {} },
      controls: [],
      tuning: [],
      newestMb,
      configuredMb: null,
      seed: 1,
    });

  test('that grows is a leak: no smaller size', () => {
    expect(answer(1024, followed(1))).toMatchObject({
      currentMb: 1024,
      leak: { leaking: true, mbPer1k: 1000 },
      leakReason: null,
      result: { floor: { floorMb: 1024 } },
    });
    // 119 MB and a quarter more.
    expect(answer(1024, followed(0))).toMatchObject({
      leak: { leaking: false },
      leakReason: null,
      result: { floor: { floorMb: 192 } },
    });
  });

  test('whose growth is not known has the reason', () => {
    expect(answer(1024, followed(1).slice(1))).toMatchObject({
      leak: null,
      leakReason: { code: 'memory-few-long-lived' },
      result: { floor: { floorMb: 192 } },
    });
    expect(answer(null, followed(1))).toMatchObject({
      currentMb: null,
      leak: null,
      leakReason: { code: 'memory-size-unknown' },
    });
  });
});

test('missing reports are those of all functions', () => {
  const entry = {
    name: 'f',
    invocations: 100,
    withStart: 100,
    errorsUnknown: 0,
    coldOnDemand: 0,
    initStarts: 0,
    overdueStarts: 3,
    activity: [],
  };
  const facts = { events: 0, rejected: 0, lagP99Ms: null, failingGroups: [], nowMs: 0 };
  const found = analysisTasks.coverage([entry, { ...entry, name: 'g', overdueStarts: 4 }], facts);
  expect(found.missingReports).toBe(7);
  expect(found.reasons.map(({ kind, n }) => [kind, n])).toEqual([['reports-missing', 2]]);
  expect(analysisTasks.coverage([], facts)).toEqual({ missingReports: 0, reasons: [] });
});

describe('changes', () => {
  const period = (days: readonly number[], ms: number, hours = 10) => {
    const blocks = days.flatMap((day) =>
      Array.from({ length: hours }, (_, hour) => ({
        atMs: Date.UTC(2026, 10, 2 + day, hour),
        n: 100,
        errors: 0,
        coldStarts: 1,
        billedMs: 100 * ms,
        durationMs: columnsOf([
          [ms, 50],
          [2 * ms, 50],
        ]),
        initMs: columnsOf([[300, 1]]),
      })),
    );
    const n = blocks.length;
    return {
      n: 100 * n,
      errors: 0,
      errorsUnknown: 0,
      coldStarts: n,
      durationMs: [[ms, 50 * n] as const, [2 * ms, 50 * n] as const],
      initMs: [[300, n] as const],
      costPer1kUsd: ms * 1e-6,
      blocks,
      blockMs: HOUR_MS,
    };
  };

  test('are judged together, each by its own periods', () => {
    const usual = period([0, 1], 100);
    const found = analysisTasks.changes([
      { before: usual, after: period([7, 8], 100) },
      { before: usual, after: period([7, 8], 300) },
      { before: usual, after: period([7, 8], 30) },
    ]);
    expect(found.map(({ verdict, reason }) => [verdict, reason])).toEqual([
      ['no-evidence', null],
      ['worse', null],
      ['improved', null],
    ]);
    const p50 = found[1]?.differences[0];
    // To the bound of the bin, at most 2 % more.
    expect([p50?.metric, Math.floor((p50?.before ?? 0) / 10), Math.floor((p50?.after ?? 0) / 10)]).toEqual([
      'p50',
      10,
      30,
    ]);
  });

  test('are not judged before three hours have passed: every metric has the reason', () => {
    const [found] = analysisTasks.changes([{ before: period([0, 1], 100), after: period([7], 300, 2) }]);
    const reason =
      'Not yet: only 2 of the 3 required hours since the change can be compared with the same hour of a day before it.';
    expect(found).toMatchObject({ verdict: 'insufficient-data', reason });
    expect(found?.differences.every((one) => one.reason === reason && one.verdict === 'insufficient-data')).toBe(true);
  });
});

test('each series has its own change points', () => {
  const shifted = (factor: number) =>
    Array.from({ length: 60 }, (_, at) => ({
      atMs: at * HOUR_MS,
      value: (at < 30 ? 100 : 100 * factor) * (at % 2 === 0 ? 1.01 : 1 / 1.01),
    }));
  expect(analysisTasks.changePoints([shifted(1), shifted(3)]).map((one) => one.map(({ atMs }) => atMs))).toEqual([
    [],
    [30 * HOUR_MS],
  ]);
});

test('a trace without segments has no phases', () => {
  expect(analysisTasks.trace([])).toEqual({ phases: [], map: { nodes: [], edges: [] } });
});
