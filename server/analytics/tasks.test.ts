/** What analyses answer from plain data, worked out by hand. */
import { describe, expect, test } from 'vitest';
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
    expect(found.summary?.preInitMs).toEqual({ p50: 120, p95: 120, p99: 120, n: 1 });
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
