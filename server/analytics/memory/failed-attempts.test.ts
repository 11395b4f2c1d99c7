/** Costs of failed attempts, worked out by hand: all that was billed, over the invocations that succeeded. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { worded } from '../../../test/support/worded.ts';
import { costPerMillion } from './candidates.ts';
import { failureCosts, NO_FAILURES } from './failed-attempts.ts';
import { rightSize } from './right-size.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';
import { meanBilledMs } from './samples.ts';

const MONDAY_MS = Date.UTC(2026, 10, 2);
const PRICES = { perGbSecond: 1.66667e-5, perRequest: 2e-7, billedInitMs: 0 };

interface Planted {
  readonly memoryMb: number;
  /** Billed time of successes, ms. */
  readonly successMs: number;
  readonly successes: number;
  readonly timeouts: number;
  readonly limitMs: number;
  readonly errors: number;
  readonly errorMs: number;
}

/** Ten days of one size, each hour with the same traffic, failures spread evenly unless they are few. */
function planted(random: Random, size: Planted): SizeEvidence {
  const { successes, timeouts, limitMs, errors, errorMs } = size;
  const environments: EnvironmentSample[] = [];
  const attempts: SizeEvidence['attempts'][number][] = [];
  const shareOf = (total: number, day: number): number =>
    Math.floor(((day + 1) * total) / 10) - Math.floor((day * total) / 10);
  for (let day = 0; day < 10; day += 1) {
    const startMs = MONDAY_MS + day * DAY_MS + ((day * 5) % 24) * HOUR_MS;
    const [ok, late, wrong] = [successes, timeouts, errors].map((total) => shareOf(total, day)) as [
      number,
      number,
      number,
    ];
    const times = Array.from({ length: ok }, () => size.successMs * random.logNormal(1, 0.1));
    const scale = (ok * size.successMs) / times.reduce((sum, ms) => sum + ms, 0);
    environments.push({
      version: '7',
      firstMs: startMs,
      durationsMs: [...times.map((ms) => ms * scale), ...Array.from({ length: late }, () => limitMs)],
      tenant: null,
      maxMemoryUsedMb: 80,
      hours: [{ startMs, n: ok + late, billedMs: ok * size.successMs + late * limitMs }],
    });
    attempts.push({
      startMs,
      n: ok + late + wrong,
      failures: late + wrong,
      sizeFailures: late,
      failedBilledMs: late * limitMs + wrong * errorMs,
    });
  }
  return {
    memoryMb: size.memoryMb,
    invocations: successes + timeouts + errors,
    failures: timeouts + errors,
    sizeFailures: timeouts,
    attempts,
    timeouts: { n: timeouts, billedMs: timeouts * limitMs },
    versions: ['7'],
    environments,
    responseBytes: [],
    routes: [],
    routesReadPerHour: null,
    remote: null,
  };
}

const PLAIN = { memoryMb: 1024, successMs: 200, successes: 900, timeouts: 0, limitMs: 3000, errors: 0, errorMs: 50 };

function cheapestOf(random: Random, sizes: readonly SizeEvidence[], currentMb: number) {
  const use = {
    maxUsedMb: 80,
    currentUsedMb: 80,
    outOfMemoryAtMb: [],
    runtime: 'nodejs22.x',
    leaking: false,
    currentMb,
  };
  return worded(
    rightSize(
      {
        sizes,
        use,
        prices: PRICES,
        invocationsPerMonth: 1e6,
        goal: 'cheapest',
        weight: 0.5,
        maxDurationMs: null,
        maxSlower: 10,
        code: { updates: [], versionCodes: {} },
        controls: [],
        tuning: [],
      },
      () => random.next(),
    ),
  );
}

function costsOf(size: SizeEvidence, random: Random, resamples: number) {
  const costs = failureCosts([size], () => random.next(), resamples).get(size.memoryMb);
  if (costs === undefined) throw new Error('no costs');
  return costs;
}

test('where successes are billed nothing, failures add nothing to a cost of nothing', () => {
  const size = { memoryMb: 512, successMs: 0, successes: 100, timeouts: 0, limitMs: 0, errors: 100, errorMs: 0 };
  const evidence = planted(new Random(1), size);
  const costs = failureCosts([evidence], () => 0.5, 10).get(512);
  expect(costs?.point).toEqual({ failed: 0.5, timed: 0.5, other: 0 });
  // Two requests for each success.
  expect(costPerMillion(512, 0, PRICES, costs?.point)).toBeCloseTo(0.4, 9);
});

describe('cost of a million successes', () => {
  test.each([
    // 900 × 200 ms billed, 900 requests.
    [PLAIN, 180_000 / 900, 1],
    // 900 × 200 + 100 × 3,000 ms billed and 1,000 requests for 900 successes.
    [{ ...PLAIN, timeouts: 100 }, 480_000 / 900, 1000 / 900],
    // 900 × 200 + 100 × 50 ms.
    [{ ...PLAIN, errors: 100 }, 185_000 / 900, 1000 / 900],
    // 900 × 200 + 50 × 3,000 + 300 × 50 ms, 1,250 requests.
    [{ ...PLAIN, timeouts: 50, errors: 300 }, 345_000 / 900, 1250 / 900],
    [{ ...PLAIN, successes: 600, timeouts: 1400, limitMs: 900_000 }, (120_000 + 1400 * 900_000) / 600, 2000 / 600],
  ])('%o', (size, billedMs, requests) => {
    const random = new Random(51);
    const evidence = planted(random, size);
    const { point, draws } = costsOf(evidence, random, 50);
    const cost = costPerMillion(1024, meanBilledMs(evidence.environments), PRICES, point);
    expect(cost).toBeCloseTo(1000 * billedMs * PRICES.perGbSecond + requests * 0.2, 6);
    expect(draws).toHaveLength(50);
    for (const { failed, other } of draws) {
      expect(failed).toBeGreaterThanOrEqual(0);
      expect(failed).toBeLessThan(1);
      expect(other).toBeGreaterThanOrEqual(0);
    }
  });

  test('timeouts count at their size, errors at the rate of all sizes', () => {
    const random = new Random(58);
    const small = planted(random, { ...PLAIN, memoryMb: 512, timeouts: 90, errors: 10, errorMs: 500 });
    const large = planted(random, { ...PLAIN, successes: 990, errors: 10, errorMs: 100 });
    const costs = failureCosts([small, large], () => random.next(), 10);
    // 20 errors in 2,000 attempts; 90 timeouts in the 1,000 attempts at 512 MB, where the mean is (900 × 200 + 90 × 3,000) / 990.
    const means = 0.5 * ((10 * 500) / ((180_000 + 270_000) / 990) + (10 * 100) / 200);
    expect(costs.get(512)?.point.failed).toBeCloseTo(0.1, 12);
    expect(costs.get(1024)?.point).toMatchObject({ failed: 0.01, timed: 0.99 });
    expect(costs.get(1024)?.point.other).toBeCloseTo(means / 1000, 12);
    expect(costs.get(512)?.point.other).toBeCloseTo(means / 1000, 12);
  });

  test('without failures it is the mean of the successes', () => {
    const random = new Random(52);
    expect(costsOf(planted(random, PLAIN), random, 1).point).toEqual(NO_FAILURES);
  });

  test('failures of one day vary more between resamples than the same number on all days', () => {
    const random = new Random(53);
    const spread = planted(random, { ...PLAIN, errors: 100 });
    const burst = spread.attempts.map((hour, day) => ({ ...hour, failures: day === 4 ? 100 : 0 }));
    const rangeOf = (size: SizeEvidence): number => {
      const failed = costsOf(size, random, 200).draws.map((draw) => draw.failed);
      return Math.max(...failed) - Math.min(...failed);
    };
    expect(rangeOf({ ...spread, attempts: burst })).toBeGreaterThan(0.1);
    expect(rangeOf(spread)).toBeLessThan(0.01);
  });
});

describe('resamples', () => {
  /** Attempts of single hours, 100 in each; a mean of 100 ms, also of failures. */
  const failing = (failures: readonly number[]): SizeEvidence => ({
    ...planted(new Random(1), { ...PLAIN, successMs: 100 }),
    attempts: failures.map((n, hour) => ({
      startMs: MONDAY_MS + hour * HOUR_MS,
      n: 100,
      failures: n,
      sizeFailures: 0,
      failedBilledMs: n * 100,
    })),
  });
  const drawn = (failures: readonly number[], dice: number) => {
    const { failed, other } = costsFrom(failing(failures), dice);
    return [failed, other];
  };
  const costsFrom = (size: SizeEvidence, dice: number) =>
    failureCosts([size], () => dice, 1).get(1024)?.draws[0] ?? NO_FAILURES;

  // t of two degrees of freedom, 4.3027, over 1.96, times √(3 / 2): 2.6886. The rate is 0.1, that of the drawn hour 0.2, 0.1 or 0.
  test.each([
    [0, 0.1 + 2.6886 * 0.1],
    [0.5, 0.1],
    [0.9, 0],
  ])('of three hours, by dice that show %d: %d', (dice, rate) => {
    const [failed, other] = drawn([20, 10, 0], dice);
    expect(failed).toBeCloseTo(rate, 4);
    expect(other).toBeCloseTo(rate, 4);
  });

  test('of a single hour, from the standard error of a share', () => {
    // √(0.1 × 0.9 / 100) is 0.03. Box and Muller with 0.5 twice: −√(2 ln 2), −1.17741.
    const [failed, other] = drawn([10], 0.5);
    expect(failed).toBeCloseTo(0.1 - 0.03 * 1.17741, 6);
    expect(other).toBeCloseTo(0.1 - 0.03 * 1.17741, 6);
  });
});

describe('recommendations with failures', () => {
  test('a size at which a tenth times out is raised, with the saving of the repeated work', () => {
    const random = new Random(54);
    // 512 MB: 480 ms a run with timeouts at the limit, 0.9 of them succeed. 1,024 MB: 250 ms.
    const small = planted(random, { ...PLAIN, memoryMb: 512, timeouts: 100 });
    const large = planted(random, { ...PLAIN, successMs: 250, successes: 1000 });
    const found = cheapestOf(random, [small, large], 512);
    expect(found.recommendation?.memoryMb).toBe(1024);
    const costNow = 500 * (480 / 0.9) * PRICES.perGbSecond + 0.2 / 0.9;
    const costThen = 1000 * 250 * PRICES.perGbSecond + 0.2;
    // A million invocations a month, of which 0.9 million succeed.
    expect(found.recommendation?.monthlySavingUsd?.value).toBeCloseTo(0.9 * (costNow - costThen), 6);
  });

  test('a few timeouts up to a long limit cost more than a smaller size saves', () => {
    const random = new Random(55);
    const limitMs = 60_000;
    const large = planted(random, { ...PLAIN, limitMs });
    const clean = planted(random, { ...PLAIN, memoryMb: 512, successMs: 202, limitMs });
    expect(cheapestOf(random, [clean, large], 1024).recommendation?.memoryMb).toBe(512);
    const small = planted(random, { ...PLAIN, memoryMb: 512, successMs: 202, timeouts: 2, limitMs });
    const found = cheapestOf(random, [small, large], 1024);
    expect(found.recommendation).toBeNull();
    // 900 × 202 + 2 × 60,000 ms billed, 902 requests for 900 successes.
    const cost = (500 * (900 * 202 + 120_000) * PRICES.perGbSecond) / 900 + (0.2 * 902) / 900;
    expect(found.observed[0]?.costPerMillionUsd).toBeCloseTo(cost, 6);
  });

  test('sizes with different timeouts are not compared', () => {
    const random = new Random(56);
    const small = planted(random, { ...PLAIN, memoryMb: 512, successMs: 202, timeouts: 20, limitMs: 300 });
    const found = cheapestOf(random, [small, planted(random, { ...PLAIN, timeouts: 20, limitMs: 3000 })], 1024);
    expect(found.recommendation).toBeNull();
    expect(found.reasons.join(' ')).toMatch(/The timeout differs: invocations ended after 300 ms at 512 MB/);
  });

  test('a size at which most invocations time out gives no durations', () => {
    const random = new Random(57);
    const small = planted(random, { ...PLAIN, memoryMb: 128, successes: 30, timeouts: 900 });
    expect(cheapestOf(random, [small, planted(random, PLAIN)], 128).finding).toBe('insufficient-data');
  });
});
