/** Right-sizing on many simulated functions with a known curve. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { cheapestOf, durationAt, evidence, MONDAY_MS, PRICES } from '../../../test/support/size-evidence.ts';
import { draw, percentileInterval } from '../statistics/bootstrap.ts';
import { normalDraw } from '../statistics/normal.ts';
import { ascending } from '../statistics/order.ts';
import { costPerMillion } from './candidates.ts';
import { resampledMeans } from './comparison.ts';
import { billedInterval, meanBilledMs } from './samples.ts';

describe('simulated functions', () => {
  test('in at least 90 % of runs a recommended size costs at most 5 % more than the best one', () => {
    const random = new Random(21);
    let [recommended, good, covered, shown] = [0, 0, 0, 0];
    for (let round = 0; round < 120; round += 1) {
      const truth = { fixedMs: random.exponential(120), cpuMs: random.exponential(60), usedMb: 80 };
      const sizes = [256, 512, 1024, 2048].map((memoryMb) => evidence(random, truth, memoryMb));
      const currentMb = [256, 512, 1024, 2048][round % 4] ?? 256;
      const found = cheapestOf(random, sizes, currentMb, 84);
      for (const candidate of found.candidates.filter((one) => one.basis !== 'bound')) {
        const cost = costPerMillion(candidate.memoryMb, durationAt(truth, candidate.memoryMb) + 0.5, PRICES);
        shown += 1;
        if (candidate.interval !== null && candidate.interval.low <= cost && cost <= candidate.interval.high)
          covered += 1;
      }
      if (found.recommendation === null) continue;
      recommended += 1;
      const reachable = found.candidates.filter((one) => one.basis !== 'bound').map((one) => one.memoryMb);
      const best = Math.min(
        ...reachable.map((memoryMb) => costPerMillion(memoryMb, durationAt(truth, memoryMb) + 0.5, PRICES)),
      );
      const chosen = found.recommendation.memoryMb;
      if (costPerMillion(chosen, durationAt(truth, chosen) + 0.5, PRICES) <= best * 1.05) good += 1;
    }
    expect(recommended).toBeGreaterThan(40);
    expect(good / recommended).toBeGreaterThanOrEqual(0.9);
    expect(shown).toBeGreaterThan(300);
    expect(covered / shown).toBeGreaterThanOrEqual(0.9);
  });
});

test('the interval of a mean billed duration holds in slow hours that all environments share', () => {
  const random = new Random(21);
  const dice = () => random.next();
  const truth = 100 * Math.exp(0.25 ** 2 / 2);
  let [held, byEnvironment] = [0, 0];
  for (let round = 0; round < 200; round += 1) {
    let level = normalDraw(dice);
    const environments = Array.from({ length: 48 }, (_, hour) => {
      level = 0.7 * level + Math.sqrt(1 - 0.49) * normalDraw(dice);
      const startMs = MONDAY_MS + hour * HOUR_MS;
      return Array.from({ length: 8 }, () => ({
        version: null,
        firstMs: startMs,
        durationsMs: [],
        tenant: null,
        maxMemoryUsedMb: null,
        hours: [{ startMs, n: 5, billedMs: 500 * Math.exp(0.25 * level) * random.logNormal(1, 0.1) }],
      }));
    }).flat();
    const found = billedInterval(environments, resampledMeans(environments, dice, 200));
    if (found !== null && found.low <= truth && truth <= found.high) held += 1;
    const naive = percentileInterval(
      ascending(Array.from({ length: 200 }, () => meanBilledMs(draw(environments, dice)))),
    );
    if (naive !== null && naive.low <= truth && truth <= naive.high) byEnvironment += 1;
  }
  expect(held / 200).toBeGreaterThanOrEqual(0.9);
  expect(byEnvironment / 200).toBeLessThan(0.6);
});
