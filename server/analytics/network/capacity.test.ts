/** Interfaces and connections, latency at the edge, and functions without a route out. Worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { CapacityQuestion } from './capacity.ts';
import { capacityOf } from './capacity.ts';
import { edgeLatency } from './edge.ts';
import { missingRoute } from './missing-nat.ts';

describe('capacity', () => {
  const question = (change: Partial<CapacityQuestion> = {}): CapacityQuestion => ({
    era: 'shared',
    subnets: 2,
    peakConcurrency: 100,
    memoryMb: 1536,
    connectionsPerEnvironment: 13,
    maxConnections: null,
    dailyPeaks: [],
    ...change,
  });

  test.each([
    // One interface for each subnet; 1,300 of 2 × 65,000 connections.
    [{}, 2, 0.01],
    [{ era: null }, 2, 0.01],
    [{ connectionsPerEnvironment: null }, 2, 100 / 130_000],
    [{ subnets: 0 }, null, null],
    // 100 × 1.5 GB / 3 GB
    [{ era: 'per-environment' }, 50, null],
    [{ era: 'per-environment', peakConcurrency: 101 }, 51, null],
    [{ era: 'per-environment', memoryMb: null }, null, null],
  ] as const)('%j', (change, interfaces, interfaceUse) => {
    expect(capacityOf(question(change))).toEqual({ interfaces, interfaceUse, database: null });
  });

  const database = (change: Partial<CapacityQuestion>) =>
    capacityOf(question({ connectionsPerEnvironment: 2, ...change })).database;

  test.each([
    [251, 'fits'],
    [250, 'near-limit'],
    [200, 'near-limit'],
    [199, 'exceeded'],
  ] as const)('200 connections of %i', (maxConnections, verdict) => {
    expect(database({ maxConnections })).toEqual({
      needed: 200,
      max: maxConnections,
      share: 200 / maxConnections,
      verdict,
      daysLeft: null,
    });
  });

  test('days until the limit, at the trend of a week', () => {
    // Five environments, ten connections a day more; 100 are left.
    const rising = [70, 75, 80, 85, 90, 95, 100];
    expect(database({ maxConnections: 300, dailyPeaks: rising })?.daysLeft).toBe(10);
    expect(database({ maxConnections: 300, dailyPeaks: rising, connectionsPerEnvironment: null })?.daysLeft).toBe(40);
    expect(database({ maxConnections: 300, dailyPeaks: rising.slice(1) })?.daysLeft).toBe(null);
    expect(database({ maxConnections: 300, dailyPeaks: rising.toReversed() })?.daysLeft).toBe(null);
    expect(database({ maxConnections: 300, dailyPeaks: rising.map(() => 100) })?.daysLeft).toBe(null);
    // Reached already.
    expect(database({ maxConnections: 200, dailyPeaks: rising })?.daysLeft).toBe(null);
  });
});

describe('latency at the edge', () => {
  const request = (route: string | null, latency: number, waitedMs: number | null = null) => ({
    route,
    integrationLatencyMs: latency,
    durationMs: 100,
    waitedMs,
  });
  /** Ten warm requests, 11 to 20 ms beyond Duration: the median is 15.5 ms. */
  const warm = Array.from({ length: 10 }, (_, at) => request('a', 111 + at));

  test('what cold requests wait beyond init and Duration, less the median of warm ones of the route', () => {
    const cold = [request('a', 500, 300), request('a', 415.5, 0), request('b', 500, 300)];
    expect(edgeLatency([...warm, request('b', 110), ...cold])).toEqual({
      // 500 − 100 − 300 − 15.5, and 415.5 − 100 − 0 − 15.5
      excessMs: [84.5, 300],
      warm: 11,
      unmatched: 1,
    });
  });

  test('fewer than ten warm requests are no baseline', () => {
    expect(edgeLatency([...warm.slice(1), request('a', 500, 300)])).toEqual({ excessMs: [], warm: 9, unmatched: 1 });
    expect(edgeLatency([])).toEqual({ excessMs: [], warm: 0, unmatched: 0 });
  });

  test('requests without a route are one route', () => {
    const some = warm.map((one) => ({ ...one, route: null }));
    expect(edgeLatency([...some, request(null, 500, 300)]).excessMs).toEqual([84.5]);
  });
});

describe('a missing route out', () => {
  test.each([
    ['all cold starts time out after the same time', true, [3000, 3010, 3060], 3, true],
    ['half of them', true, [3000, 3000, 3000], 6, true],
    ['fewer than half', true, [3000, 3000, 3000], 7, false],
    ['two are too few', true, [3000, 3000], 2, false],
    ['different times', true, [3000, 3000, 3061], 3, false],
    ['without a VPC', false, [3000, 3000, 3000], 3, false],
    ['a VPC is not known', null, [3000, 3000, 3000], 3, false],
    ['none', true, [], 0, false],
  ])('%s', (_, vpc, timedOutMs, coldStarts, suspected) => {
    const found = missingRoute(vpc, timedOutMs, coldStarts);
    expect([found.suspected, found.timeouts, found.reason === null]).toEqual([
      suspected,
      timedOutMs.length,
      !suspected,
    ]);
  });

  test('the reason', () => {
    expect(missingRoute(true, [3010.4, 3000, 3000], 4).reason?.text).toBe(
      '3 of 4 cold starts timed out after the same 3.01 s: check the route to a NAT gateway or a VPC endpoint',
    );
  });
});
