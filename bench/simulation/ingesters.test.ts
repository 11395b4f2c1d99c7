/** Simulation of many ingesters: agrees with queueing theory in the simple case and keeps its invariants in every case. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import type { SimulatedSystem } from './ingesters.ts';
import { simulate } from './ingesters.ts';

const SYSTEM: SimulatedSystem = {
  ingesters: 1,
  shards: 1,
  ratePerSecond: 10_000,
  perRequest: 100,
  bytesPerInvocation: 1,
  parseUs: 50,
  insertMs: 0,
  insertUs: 0,
  seconds: 600,
};

describe('one queue with fixed service times', () => {
  test.each([0.2, 0.5, 0.8])('at %f of capacity the wait matches the Pollaczek–Khinchine formula', (load) => {
    // 5 ms per request.
    const outcome = simulate({ ...SYSTEM, ratePerSecond: (load * 100_000) / 5 }, new Random(1));
    expect(outcome.ingesterBusy).toBeCloseTo(load, 1);
    expect(outcome.delivered).toBe(outcome.requests);
    // Mean of M/D/1: one service time plus ρ/(2(1-ρ)) service times of waiting.
    expect(outcome.meanMs / (5 + (5 * load) / (2 * (1 - load)))).toBeCloseTo(1, 1);
    expect(outcome.p50Ms).toBeLessThanOrEqual(outcome.meanMs);
    expect(outcome.p99Ms).toBeGreaterThan(outcome.meanMs);
  });
});

test('requests above capacity are rejected, wait at the sender, and are delivered after the burst', () => {
  const burst = { ...SYSTEM, bytesPerInvocation: 600, ratePerSecond: 30_000, seconds: 60 };
  const outcome = simulate(burst, new Random(2));
  expect(outcome.rejections).toBeGreaterThan(100);
  expect(outcome.delivered).toBe(outcome.requests);
  expect(outcome.lost).toBe(0);
  expect(outcome.mostUnderWay).toBeGreaterThan(1000);
  const two = simulate({ ...burst, ingesters: 2 }, new Random(2));
  expect(two.rejections).toBeLessThan(outcome.rejections / 10);
  expect(two.p99Ms).toBeLessThan(outcome.p99Ms / 10);
});

test('when an ingester dies, its requests are retried, the others continue, and nothing is lost', () => {
  const three = { ...SYSTEM, ingesters: 3, ratePerSecond: 24_000, bytesPerInvocation: 600, seconds: 120 };
  const baseline = simulate(three, new Random(3));
  const outcome = simulate({ ...three, loss: { atSecond: 40, forSeconds: 30 } }, new Random(3));
  expect(baseline.longestMs).toBeLessThan(1000);
  expect(outcome.delivered).toBe(outcome.requests);
  // Firehose waits for a response that never comes.
  expect(outcome.longestMs).toBeGreaterThan(60_000);
  expect(outcome.p50Ms).toBeLessThan(baseline.p50Ms * 3);
});

test('where ClickHouse is the bottleneck, more ingesters do not help and more shards do', () => {
  const slow = { ...SYSTEM, ingesters: 2, ratePerSecond: 24_000, bytesPerInvocation: 600, insertUs: 50, seconds: 60 };
  const one = simulate(slow, new Random(4));
  const more = simulate({ ...slow, ingesters: 6 }, new Random(4));
  const sharded = simulate({ ...slow, shards: 3 }, new Random(4));
  expect(one.shardBusy).toBeGreaterThan(0.5);
  expect(more.longestMs).toBeGreaterThan(5000);
  expect(sharded.longestMs).toBeLessThan(2000);
});
