/** Costs of sizes, their bounds, what Power Tuning adds, and how candidates are ordered and tested. Worked out by hand. */
import { describe, expect, test } from 'vitest';
import { worded } from '../../../test/support/worded.ts';
import type { Candidate } from './candidates.ts';
import {
  boundCandidates,
  costPerMillion,
  failuresAt,
  fittedCandidates,
  fittedInterval,
  observedCandidates,
} from './candidates.ts';
import type { FailureCosts } from './failed-attempts.ts';
import type { Objective } from './recommend.ts';
import { ranked, tryCandidate } from './recommend.ts';
import type { SizeEvidence } from './samples.ts';
import { isEnough, meanBilledMs } from './samples.ts';
import { promisesOf, testedCandidates, withTested } from './tested-sizes.ts';

/** A dollar for a GB-second, half a dollar for a request: sums are easy to see. */
const PRICES = { perGbSecond: 1, perRequest: 0.5, billedInitMs: 0 };
const failures = (failed: number): FailureCosts => ({ point: { failed, timed: 1, other: 0 }, draws: [] });

function sizeOf(memoryMb: number, meanMs: number, n = 10, environments = 5): SizeEvidence {
  const hours = [{ startMs: 0, n, billedMs: n * meanMs }];
  const one = { version: '1', firstMs: 0, durationsMs: [], tenant: null, maxMemoryUsedMb: null, hours };
  return { memoryMb, environments: Array.from({ length: environments }, () => one) } as unknown as SizeEvidence;
}
const candidate = (memoryMb: number, durationMs: number, change: Partial<Candidate> = {}): Candidate => ({
  memoryMb,
  durationMs,
  costPerMillionUsd: costPerMillion(memoryMb, durationMs, PRICES),
  interval: null,
  basis: 'observed',
  ...change,
});

test.each([
  ['a second at 1 GB and a request', 1024, 1000, {}, {}, 1.5],
  ['half the memory', 512, 1000, {}, {}, 1],
  ['init that is billed', 1024, 1000, { billedInitMs: 500 }, {}, 2],
  ['half fail: a success costs two attempts', 1024, 1000, {}, { failed: 0.5 }, 3],
  ['failures that are billed a tenth', 1024, 1000, {}, { other: 0.1 }, 1.6],
  ['nine of ten attempts have a duration', 1024, 1000, {}, { timed: 0.9 }, 1.4],
])('the cost of a success: %s', (_, memoryMb, ms, prices, given, usd) => {
  const found = costPerMillion(memoryMb, ms, { ...PRICES, ...prices }, { failed: 0, timed: 1, other: 0, ...given });
  expect(found / 1e6).toBeCloseTo(usd, 9);
});

test('failures of a size that was not observed are those of the nearest smaller one', () => {
  const known = new Map([
    [256, failures(0.2)],
    [1024, failures(0.1)],
  ]);
  expect([128, 256, 1023, 1024, 2048].map((size) => failuresAt(known, size)?.point.failed)).toEqual([
    undefined,
    0.2,
    0.2,
    0.1,
    0.1,
  ]);
});

test('what is enough: fifty invocations that did not time out, of five environments', () => {
  expect(isEnough(sizeOf(128, 1, 10, 5))).toBe(true);
  expect(isEnough(sizeOf(128, 1, 9.8, 5))).toBe(false);
  expect(isEnough(sizeOf(128, 1, 20, 4))).toBe(false);
  expect(isEnough({ ...sizeOf(128, 1, 10, 5), timeouts: { n: 1, billedMs: 0 } })).toBe(false);
  const hours = [
    { startMs: 0, n: 1, billedMs: 100 },
    { startMs: 1, n: 3, billedMs: 60 },
  ];
  expect(meanBilledMs([{ hours }] as never)).toBe(40);
});

describe('bounds from one size', () => {
  const bounds = (memoryMb: number, requiredMb: number | null = null) =>
    boundCandidates(sizeOf(memoryMb, 100), PRICES, failures(0).point, requiredMb);

  test('a smaller size is at most slower by its CPU ratio, a larger one at best faster by it', () => {
    const all = bounds(512);
    const sizes = all.map(({ memoryMb }) => memoryMb);
    expect([Math.min(...sizes) > 128, Math.max(...sizes), sizes.includes(512)]).toEqual([true, 1769, false]);
    for (const { memoryMb, durationMs, interval, basis } of all) {
      const ratio = 512 / memoryMb;
      expect([basis, durationMs]).toEqual(['bound', 100 * Math.max(1, ratio)]);
      expect(interval?.low).toBeCloseTo(costPerMillion(memoryMb, 100 * Math.min(1, ratio), PRICES), 6);
      expect(interval?.high).toBeCloseTo(costPerMillion(memoryMb, 100 * Math.max(1, ratio), PRICES), 6);
    }
  });

  test('with the size to which one that is too small must be raised', () => {
    const sizes = (requiredMb: number | null) => bounds(1536, requiredMb).map(({ memoryMb }) => memoryMb);
    expect(sizes(2048)).toEqual([...sizes(null), 2048]);
    expect(sizes(1769)).toEqual(sizes(null));
    expect(bounds(1536, 2048).at(-1)).toMatchObject({ durationMs: 100, basis: 'bound' });
  });

  test('to a quarter of the size, and up to four times or one whole CPU', () => {
    const range = (memoryMb: number) => {
      const sizes = bounds(memoryMb).map((one) => one.memoryMb);
      return [Math.min(...sizes), Math.max(...sizes)];
    };
    expect(range(2048)[0]).toBe(512);
    // Nothing is faster than one whole CPU for a single thread: no larger size than the current one.
    expect((range(2048)[1] ?? 0) < 2048).toBe(true);
    expect((range(256)[1] ?? 0) <= 1024).toBe(true);
  });
});

describe('observed sizes', () => {
  const observed = (ratio: number, resamples: readonly number[], means: readonly number[] = [100, 100]) =>
    observedCandidates(
      sizeOf(1024, 100),
      means,
      [{ size: sizeOf(512, 1), logRatio: Math.log(ratio), resamples: resamples.map(Math.log) }] as never,
      PRICES,
      new Map(),
    );
  const usd = (memoryMb: number, ms: number) => costPerMillion(memoryMb, ms, PRICES);

  test('have the duration of the current one times the compared ratio, and the costs of its resamples', () => {
    const [small, current] = observed(1.5, [1.4, 1.6]);
    expect([small?.memoryMb, current?.memoryMb]).toEqual([512, 1024]);
    expect(small?.durationMs).toBeCloseTo(150, 6);
    expect(current?.durationMs).toBeCloseTo(100, 6);
    // 0.15 s of half a GB, 0.14 and 0.16 s; each with half a dollar.
    expect(small?.costPerMillionUsd).toBeCloseTo(575_000, 0);
    expect(small?.interval?.low).toBeCloseTo(570_000, 0);
    expect(small?.interval?.high).toBeCloseTo(580_000, 0);
    expect(current?.interval?.low).toBeCloseTo(600_000, 0);
    expect(small?.basis).toBe('observed');
  });

  test('of resampled means of the current size', () => {
    const [small, current] = observed(1.5, [1.5, 1.5], [80, 120]);
    expect(current?.interval?.low).toBeCloseTo(usd(1024, 80), 0);
    expect(current?.interval?.high).toBeCloseTo(usd(1024, 120), 0);
    expect(small?.interval?.low).toBeCloseTo(usd(512, 120), 0);
    expect(small?.interval?.high).toBeCloseTo(usd(512, 180), 0);
  });

  test('that are impossible move to the nearest possible durations, which their intervals contain', () => {
    // Half the memory cannot be faster: both move to √(100 × 80) = 89.44 ms.
    const [small, current] = observed(0.8, [0.8, 0.8]);
    expect(small?.durationMs).toBeCloseTo(89.4427, 3);
    expect(current?.durationMs).toBeCloseTo(89.4427, 3);
    expect(small?.interval?.low).toBeCloseTo(usd(512, 80), 0);
    expect(small?.interval?.high).toBeCloseTo(usd(512, 89.4427), 0);
    expect(current?.interval?.low).toBeCloseTo(usd(1024, 89.4427), 0);
    expect(current?.interval?.high).toBeCloseTo(usd(1024, 100), 0);
  });

  test('of which one is uncertain move less where it is certain', () => {
    // The compared ratio varies by e^±0.1, so that its duration moves almost alone.
    const [small, current] = observed(0.8, [0.8 * Math.exp(-0.1), 0.8 * Math.exp(0.1)]);
    expect(current?.durationMs).toBeCloseTo(100, 1);
    expect(small?.durationMs).toBeCloseTo(100, 1);
  });
});

describe('fitted sizes', () => {
  const model = { kind: 'capped', fixedMs: 100, cpuMs: 0, looError: 0.1, looSizes: 3 } as const;

  test('the interval is wider with fewer sizes, and beyond the largest', () => {
    const log = (memoryMb: number, looSizes: number, looError: number | null) => {
      const { low, high } = fittedInterval({ ...model, looSizes, looError }, memoryMb, 1024);
      expect(Math.sqrt(low * high)).toBeCloseTo(100, 9);
      return Math.log(high / low) / 2;
    };
    // Student's t of 90 % with three degrees of freedom: 2.353.
    expect(log(512, 3, 0.1)).toBeCloseTo(0.2353, 4);
    expect(log(1024, 3, 0.1)).toBeCloseTo(0.2353, 4);
    // Twice the size: four times the error.
    expect(log(2048, 3, 0.1)).toBeCloseTo(4 * 0.2353, 4);
    expect(log(512, 2, 0.1)).toBeCloseTo(0.292, 4);
    // At least 5 %.
    for (const error of [null, 0.01]) expect(log(512, 3, error)).toBeCloseTo(0.05 * 2.353, 4);
  });

  test('between the smallest and twice the largest observed size, without the observed ones', () => {
    const observed = [
      { memoryMb: 512, durationMs: 100 },
      { memoryMb: 1024, durationMs: 100 },
    ];
    const found = fittedCandidates(model, observed, PRICES, new Map());
    const sizes = found.map(({ memoryMb }) => memoryMb);
    expect(sizes).toEqual([640, 768, 896, 1152, 1280, 1536, 1769, 2048]);
    for (const { memoryMb, basis, durationMs, costPerMillionUsd, interval } of found) {
      expect(basis).toBe(memoryMb > 1024 ? 'bound' : 'fitted');
      // As fast at 512 as at 1,024 MB: neither faster nor slower between them.
      if (memoryMb < 1024) expect(durationMs).toBe(100);
      expect(costPerMillionUsd).toBeCloseTo(costPerMillion(memoryMb, durationMs, PRICES), 6);
      expect(interval?.low).toBeLessThanOrEqual(costPerMillionUsd);
      expect(interval?.high).toBeGreaterThanOrEqual(costPerMillionUsd);
    }
  });
});

describe('sizes that Power Tuning tested', () => {
  const tested = (memoryMb: number, ratio: number, resamples: readonly number[] | null = null) =>
    ({ memoryMb, logRatio: Math.log(ratio), resamples }) as never;

  test('the durations of production times the tested ratio', () => {
    const current = sizeOf(1024, 200);
    const [plain, spread] = testedCandidates(
      current,
      [100, 300],
      [tested(512, 1.5), tested(2048, 0.5, [Math.log(0.5), Math.log(0.5)])],
      PRICES,
      new Map(),
    );
    expect(plain).toMatchObject({ memoryMb: 512, basis: 'tested', interval: null });
    expect(plain?.durationMs).toBeCloseTo(300, 9);
    expect(plain?.costPerMillionUsd).toBeCloseTo(costPerMillion(512, 300, PRICES), 6);
    // Resampled means of 100 and 300 ms, halved.
    expect(spread?.interval?.low).toBeGreaterThanOrEqual(costPerMillion(2048, 50, PRICES) - 1);
    expect(spread?.interval?.high).toBeLessThanOrEqual(costPerMillion(2048, 150, PRICES) + 1);
    expect((spread?.interval?.high ?? 0) > (spread?.interval?.low ?? 0)).toBe(true);
  });

  test('a size without failures on record has at least those of the current one', () => {
    const known = new Map([[1024, failures(0.1)]]);
    const all = withTested(known, [tested(512, 1), tested(2048, 1)], 1024);
    expect([...all].map(([size, { point }]) => [size, point.failed])).toEqual([
      [1024, 0.1],
      [512, 0.1],
    ]);
    expect([...withTested(new Map(), [tested(512, 1)], 1024)]).toEqual([]);
  });

  describe('what an unconfirmed size would gain', () => {
    const now = candidate(1024, 200, { costPerMillionUsd: 100 });
    const promises = (
      goal: Objective['goal'],
      ratio: number,
      usd: number,
      resamples: readonly number[] | null = null,
    ) =>
      promisesOf([candidate(512, 200 * ratio, { costPerMillionUsd: usd })], now, goal, [tested(512, ratio, resamples)]);

    test.each([
      ['cheapest', 1.2, 80, 'In Power Tuning 512 MB was 20 % slower than 1024 MB and 20 % cheaper.'],
      ['fastest', 0.8, 130, 'In Power Tuning 512 MB was 20 % faster than 1024 MB and 30 % more expensive.'],
      ['balanced', 0.8, 130, 'In Power Tuning 512 MB was 20 % faster than 1024 MB and 30 % more expensive.'],
      ['balanced', 1.2, 80, 'In Power Tuning 512 MB was 20 % slower than 1024 MB and 20 % cheaper.'],
    ] as const)('%s', (goal, ratio, usd, sentence) => {
      expect(worded(promises(goal, ratio, usd))).toEqual([sentence]);
    });

    test.each([
      ['a tenth is not material', 'cheapest', 1, 90],
      ['nor for speed', 'fastest', 0.91, 50],
      ['slower is no gain for the fastest', 'fastest', 1.2, 50],
      ['dearer is none for the cheapest', 'cheapest', 0.5, 100],
    ] as const)('%s', (_, goal, ratio, usd) => {
      expect(promises(goal, ratio, usd)).toEqual([]);
    });

    test('one whose spread is known is a candidate like others', () => {
      expect(promises('cheapest', 1.2, 80, [0])).toEqual([]);
      expect(promisesOf([candidate(256, 1)], now, 'cheapest', [tested(512, 1)])).toEqual([]);
    });
  });
});

describe('choosing', () => {
  const objective = (goal: Objective['goal'], weight = 0.5): Objective => ({
    goal,
    weight,
    maxDurationMs: null,
    maxSlower: 1,
  });
  const all = [
    candidate(512, 400, { costPerMillionUsd: 60 }),
    candidate(1024, 200, { costPerMillionUsd: 50 }),
    candidate(2048, 100, { costPerMillionUsd: 100 }),
  ];

  test.each([
    ['cheapest', 0.5, [1024, 512, 2048]],
    ['fastest', 0.5, [2048, 1024, 512]],
    // Scores: cost / 100 and duration / 400, by weight: 0.8, 0.5, 0.625.
    ['balanced', 0.5, [1024, 2048, 512]],
    ['balanced', 1, [1024, 512, 2048]],
    ['balanced', 0, [2048, 1024, 512]],
  ] as const)('%s, weight %d', (goal, weight, sizes) => {
    expect(ranked(all, objective(goal, weight)).map(({ memoryMb }) => memoryMb)).toEqual(sizes);
  });

  const now = candidate(1024, 200);
  const draws = <T>(value: T): readonly T[] => Array.from({ length: 200 }, () => value);
  function trial(memoryMb: number, ratio: number, goal: Objective['goal'], tests = 1, given: object = {}) {
    const test = {
      now,
      nowMeans: draws(200),
      ratios: new Map([[memoryMb, draws(Math.log(ratio))]]),
      prices: PRICES,
      failures: new Map<number, FailureCosts>(),
      invocationsPerMonth: 1000,
      objective: objective(goal),
      ...given,
    };
    return tryCandidate(candidate(memoryMb, 200 * ratio), tests, test, () => 0.5);
  }

  test('a fitted size is drawn from the error of its fit', () => {
    // The upper end of its 90 % interval is 1.645 × 0.1 of the logarithm away. Box and Muller with 0.5 twice: −1.17741.
    const fitted = candidate(512, 300, {
      basis: 'fitted',
      interval: { low: 0, high: costPerMillion(512, 300 * Math.exp(0.1645), PRICES) },
    });
    const test = {
      now,
      nowMeans: draws(200),
      ratios: new Map(),
      prices: PRICES,
      failures: new Map<number, FailureCosts>(),
      invocationsPerMonth: 1000,
      objective: objective('cheapest'),
    };
    const { latencyChange } = tryCandidate(fitted, 1, test, () => 0.5);
    expect(latencyChange.value).toBeCloseTo(0.5, 12);
    expect(latencyChange.high).toBeCloseTo(0.5, 12);
    expect(latencyChange.low).toBeCloseTo(1.5 * Math.exp(-0.117741) - 1, 6);
  });

  test('half the memory at the same speed: what a month saves', () => {
    const found = trial(512, 1, 'cheapest');
    // 0.2 s at 1 GB is 0.2 dollars, at half a GB 0.1: 1,000 invocations save 100 of 700 dollars.
    expect(found.monthlySavingUsd.value).toBeCloseTo(100, 6);
    expect([found.monthlySavingUsd.low, found.monthlySavingUsd.high]).toEqual([
      expect.closeTo(100, 6),
      expect.closeTo(100, 6),
    ]);
    expect(found.latencyChange.value).toBeCloseTo(0, 9);
    expect(found.costChange.value).toBeCloseTo(-1 / 7, 9);
    expect(found.relativeSaving.low).toBeCloseTo(1 / 7, 9);
    expect(found).toMatchObject({ memoryMb: 512, strategy: 'cheapest', pSaving: 1, gained: true });
  });

  test.each([
    ['cheapest', 512, 1, true],
    // Twice as slow at half the memory: as dear as before.
    ['cheapest', 512, 2, false],
    ['fastest', 512, 1, false],
    ['fastest', 2048, 0.5, true],
    ['cheapest', 2048, 0.5, false],
    ['balanced', 2048, 0.5, true],
    ['balanced', 512, 1, true],
    ['balanced', 2048, 1, false],
  ] as const)('goal %s: %i MB at %d times the duration gains: %s', (goal, memoryMb, ratio, gained) => {
    expect(trial(memoryMb, ratio, goal).gained).toBe(gained);
  });

  test('a saving below 2 % is not worth a change', () => {
    // 0.1 · r · 0.5 against 0.1: savings of 2.5 and 1.5 % of 0.7 dollars.
    expect(trial(512, (0.2 - 0.7 * 0.025) / 0.1, 'cheapest').gained).toBe(true);
    expect(trial(512, (0.2 - 0.7 * 0.015) / 0.1, 'cheapest').gained).toBe(false);
  });

  test('a ratio beyond what is possible counts as the limit', () => {
    // Half the memory cannot be faster.
    const faster = trial(512, 0.5, 'fastest', 1, { ratios: new Map([[512, draws(Math.log(0.5))]]) });
    expect(faster.latencyChange.high).toBeCloseTo(0, 9);
  });

  test('each candidate that was tested lowers the probability that the best one saves', () => {
    const half = Array.from({ length: 200 }, (_, at) => Math.log(at < 20 ? 2.2 : 1));
    const given = { ratios: new Map([[512, half]]) };
    // 20 of 200 do not save: 0.1, times the number of tests. A ratio above 2 is cut to it: no saving.
    expect(trial(512, 1, 'cheapest', 1, given).pSaving).toBeCloseTo(0.9, 9);
    expect(trial(512, 1, 'cheapest', 3, given).pSaving).toBeCloseTo(0.7, 9);
    expect(trial(512, 1, 'cheapest', 20, given).pSaving).toBe(0);
  });

  test('attempts that fail are made again, so that successes stay as many', () => {
    const given = {
      failures: new Map([
        [512, failures(0.5)],
        [1024, failures(0)],
      ]),
    };
    // 0.6 dollars an attempt, two attempts a success: 1.2 against 0.7.
    expect(trial(512, 1, 'cheapest', 1, given).monthlySavingUsd.value).toBeCloseTo(-500, 6);
  });
});
