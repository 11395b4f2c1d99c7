/** Verdicts on simulated periods: few false positives, and a 20 % slowdown is detected. */
import { describe, expect, test } from 'vitest';
import { drawnPeriod } from '../../../bench/accuracy/drawn-period.ts';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { Sketch } from '../sketch/sketch.ts';
import { quantileEstimate } from './histogram.ts';
import type { Period } from './period.ts';
import type { Verdict } from './verdict.ts';
import { differencesOf, overall } from './verdict.ts';

function share(
  rounds: number,
  verdicts: readonly Verdict[],
  make: (random: Random) => readonly [Period, Period],
): number {
  const random = new Random(5);
  let hits = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [before, after] = make(random);
    if (verdicts.includes(overall(differencesOf(before, after)))) hits += 1;
  }
  return hits / rounds;
}

describe('verdicts', () => {
  test.each([500, 5000])('unchanged functions with %i invocations: fewer than 5 %% are reported as changed', (n) => {
    expect(
      share(400, ['worse', 'improved'], (random) => [drawnPeriod(random, n), drawnPeriod(random, n)]),
    ).toBeLessThan(0.05);
  });

  test('20 % slower with 500 invocations each: detected in 90 % of runs', () => {
    expect(
      share(200, ['worse'], (random) => [drawnPeriod(random, 500), drawnPeriod(random, 500, 1.2)]),
    ).toBeGreaterThanOrEqual(0.9);
  });

  test('20 % faster is an improvement; 3 percentage points more errors are a regression', () => {
    expect(
      share(100, ['improved'], (random) => [drawnPeriod(random, 2000, 1.2), drawnPeriod(random, 2000)]),
    ).toBeGreaterThan(0.9);
    expect(
      share(100, ['worse'], (random) => [drawnPeriod(random, 2000), drawnPeriod(random, 2000, 1, 0.04)]),
    ).toBeGreaterThan(0.9);
  });

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

  test('intervals of quantiles cover the truth in at least 95 % of runs', () => {
    const random = new Random(9);
    let held = 0;
    for (let round = 0; round < 300; round += 1) {
      const sketch = new Sketch();
      for (let n = 0; n < 400; n += 1) sketch.add(random.exponential(100));
      const found = quantileEstimate(sketch.histogram(), 0.95);
      const truth = -100 * Math.log(0.05);
      if (found !== null && found.low * 0.99 <= truth && truth <= found.high * 1.01) held += 1;
    }
    expect(held / 300).toBeGreaterThanOrEqual(0.94);
  });
});
