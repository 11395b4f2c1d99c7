/** Verdicts on single pairs of periods; verdict.simulation.test.ts counts those on many. */
import { describe, expect, test } from 'vitest';
import { drawnPeriod } from '../../../bench/accuracy/drawn-period.ts';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Period } from './period.ts';
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

test('an error rate alone gives no verdict on the whole', () => {
  const few = { metric: 'p50', verdict: 'insufficient-data' } as const;
  const same = { metric: 'errorRate', verdict: 'no-evidence' } as const;
  expect(overall([few, same])).toBe('insufficient-data');
  expect(overall([few, { metric: 'p95', verdict: 'no-evidence' }])).toBe('no-evidence');
  expect(overall([few, { metric: 'errorRate', verdict: 'worse' }])).toBe('worse');
});
