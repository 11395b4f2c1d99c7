/** Keep-alive estimation on simulated lifetimes with known parameters. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { IdlePeriod } from './survival.ts';
import { survivalOf } from './survival.ts';

const ALIVE = Number.POSITIVE_INFINITY;

const dice = (seed: number) => {
  const random = new Random(seed);
  return () => random.next();
};

/** Lifetime of an environment when this share of the idle ones ends every 380 s (SeBS). */
function steps(random: Random, share: number): number {
  let n = 1;
  while (random.next() >= share) n += 1;
  return n * 380_000;
}

describe('estimator', () => {
  test('simulated lifetimes: the median is within 10 % and its interval covers the truth in at least 90 % of runs', () => {
    const random = new Random(7);
    let held = 0;
    const truth = 8 * MINUTE_MS;
    for (let round = 0; round < 40; round += 1) {
      const periods = Array.from({ length: 1500 }, (): IdlePeriod => {
        const lived = random.logNormal(truth, 0.25);
        const looked = random.exponential(9 * MINUTE_MS);
        return looked < lived ? { afterMs: looked, untilMs: ALIVE } : { afterMs: 0, untilMs: looked };
      });
      const found = survivalOf(periods, dice(round));
      expect(Math.abs((found?.medianMs ?? 0) / truth - 1)).toBeLessThan(0.1);
      const { low, high } = found?.medianInterval ?? { low: 0, high: 0 };
      if (low <= truth && truth <= high) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(36);
  });

  test('few inspections of a window, as behind provisioned concurrency, are not taken for steps', () => {
    const truth = 10 * MINUTE_MS;
    let [within, steps] = [0, 0];
    for (let round = 0; round < 60; round += 1) {
      const random = new Random(500 + round);
      // The environments of a burst are inspected by the next one that needs more than the provisioned environment.
      const periods = Array.from({ length: 90 }, (_, burst) => {
        const looked = random.exponential(15 * MINUTE_MS);
        return Array.from({ length: 1 + Math.floor(random.next() * 5) }, (): IdlePeriod => {
          const alive = looked < random.logNormal(truth, 0.5);
          return { afterMs: alive ? looked : 0, untilMs: alive ? ALIVE : looked, block: burst };
        });
      }).flat();
      const found = survivalOf(periods, dice(round));
      if (found?.shape === 'steps') steps += 1;
      if (Math.abs((found?.medianMs ?? 0) / truth - 1) < 0.1) within += 1;
    }
    expect(steps).toBeLessThanOrEqual(3);
    expect(within).toBeGreaterThanOrEqual(50);
  });

  test('few inspections of steps: sharp medians are within 10 %, and intervals contain the step', () => {
    const truth = 380_000;
    let [sharp, within, held] = [0, 0, 0];
    for (let round = 0; round < 100; round += 1) {
      const random = new Random(900 + round);
      // 60 times at which one to three environments are inspected.
      const periods = Array.from({ length: 60 }, (_, burst) => {
        const looked = random.exponential(12 * MINUTE_MS);
        return Array.from({ length: 1 + Math.floor(random.next() * 3) }, (): IdlePeriod => {
          const alive = looked < steps(random, 0.6);
          return { afterMs: alive ? looked : 0, untilMs: alive ? ALIVE : looked, block: burst };
        });
      }).flat();
      const found = survivalOf(periods, dice(round));
      if (found?.isSharp === true) {
        sharp += 1;
        if (Math.abs((found.medianMs ?? 0) / truth - 1) <= 0.1) within += 1;
      }
      const { low, high } = found?.medianInterval ?? { low: ALIVE, high: 0 };
      if (low <= truth && truth <= high) held += 1;
    }
    expect(sharp).toBeGreaterThanOrEqual(45);
    expect(within / sharp).toBeGreaterThanOrEqual(0.93);
    expect(held).toBeGreaterThanOrEqual(90);
  });

  test.each([
    ['a fixed window of 6 minutes', () => 6 * MINUTE_MS, 6, 'window'],
    ['six in ten end every 380 seconds', (random: Random) => steps(random, 0.6), 380 / 60, 'steps'],
    ['three in four end every 380 seconds', (random: Random) => steps(random, 0.75), 380 / 60, 'steps'],
  ] as const)('%s', (_, lives, minutes, shape) => {
    const truth = minutes * MINUTE_MS;
    let held = 0;
    for (let round = 0; round < 20; round += 1) {
      const random = new Random(100 + round);
      // Ten hours of bursts: the environments of an hour are inspected at the same time.
      const periods = Array.from({ length: 200 }, (__, burst) => {
        const looked = random.exponential(10 * MINUTE_MS);
        return Array.from({ length: 1 + Math.floor(random.next() * 5) }, (): IdlePeriod => {
          const alive = looked < lives(random);
          return { afterMs: alive ? looked : 0, untilMs: alive ? ALIVE : looked, block: burst >> 2 };
        });
      }).flat();
      const found = survivalOf(periods, dice(round));
      expect(found?.shape).toBe(shape);
      expect(Math.abs((found?.medianMs ?? 0) / truth - 1)).toBeLessThan(0.1);
      if ((found?.medianInterval?.low ?? ALIVE) <= truth && (found?.medianInterval?.high ?? 0) >= truth) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(18);
  });
});
