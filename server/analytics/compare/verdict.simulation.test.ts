/** Verdicts on simulated periods: few false positives, and a 20 % slowdown is detected. */
import { describe, expect, test } from 'vitest';
import { drawnPeriod } from '../../../bench/accuracy/drawn-period.ts';
import { Random } from '../../../ingest/records/random.ts';
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
