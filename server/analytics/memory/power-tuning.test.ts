/** Right-sizing against published data: AWS's table, the test cases of Power Tuning, and results shared by its users. */
import { describe, expect, test } from 'vitest';
import { cpuBoundErrors, curveErrors, PRIMES, primesUsd } from '../../../bench/accuracy/published-data.ts';
import { pointsOf } from '../../../ingest/documents/power-tuning.ts';
import { published } from '../../../test/support/published-data.ts';
import { billedMs } from '../cost/cost.ts';
import { median } from '../statistics/order.ts';
import type { SizePoint } from './duration-model.ts';
import { fitDuration, predict } from './duration-model.ts';
import type { Strategy, TunedSize } from './power-tuning.ts';
import {
  averagePrice,
  preferred,
  sizesToMeasure,
  stateMachinePrice,
  totalPrice,
  trimmedMean,
  tuningInput,
  visualizationUrl,
} from './power-tuning.ts';

const curves = published.curves();

describe('duration against memory', () => {
  test('published curves: predicts held-out sizes within 8 % (median)', () => {
    const errors = curveErrors(curves);
    expect(errors.length).toBeGreaterThan(100);
    expect(median(errors)).toBeLessThanOrEqual(0.08);
  });

  test('published CPU-bound curves: within 3 % (median)', () => {
    const errors = cpuBoundErrors();
    expect(errors).toHaveLength(16);
    expect(median(errors)).toBeLessThanOrEqual(0.03);
  });
});

describe('the models', () => {
  const at = (sizes: readonly number[], duration: (memoryMb: number) => number): SizePoint[] =>
    sizes.map((memoryMb) => ({ memoryMb, durationMs: duration(memoryMb) }));

  test('recover the parameters of simulated data', () => {
    const capped = fitDuration(at([128, 512, 1024, 2048, 3008], (m) => 20 + 100 / Math.min(m / 1769, 1)));
    expect(capped).toMatchObject({ kind: 'capped' });
    expect(capped?.fixedMs).toBeCloseTo(20, 6);
    expect(capped?.cpuMs).toBeCloseTo(100, 6);
    const parallel = fitDuration(at([512, 1024, 2048, 4096, 8192], (m) => 5 + (800 * 1769) / m));
    expect(parallel).toMatchObject({ kind: 'uncapped' });
    expect(predict(parallel ?? { kind: 'capped', fixedMs: 0, cpuMs: 0 }, 6000)).toBeCloseTo(5 + (800 * 1769) / 6000, 6);
  });

  test('predictions are never negative, resist one outlier size, and need three sizes', () => {
    const rising = fitDuration(at([128, 256, 512, 1024], (m) => m));
    expect(rising?.fixedMs).toBeGreaterThanOrEqual(0);
    expect(rising?.cpuMs).toBe(0);
    const sizes = [128, 256, 384, 512, 768, 1024, 1536];
    const wild = fitDuration(at(sizes, (m) => (20 + 100 / Math.min(m / 1769, 1)) * (m === 512 ? 0.25 : 1)));
    expect(wild?.cpuMs).toBeGreaterThan(90);
    expect(wild?.cpuMs).toBeLessThan(110);
    expect(fitDuration(at([128, 256], () => 1))).toBeNull();
    expect(fitDuration(at([128, 256, 512], () => 0))).toBeNull();
    expect(fitDuration(at([128, 512, 1024], (m) => 1000 / m))?.looError).toBeNull();
  });
});

describe('test cases of Power Tuning', () => {
  interface Replay {
    readonly analyzer: readonly {
      readonly name: string;
      readonly strategy: Strategy | null;
      readonly balancedWeight?: number;
      readonly stats: readonly { value: number; averagePrice: number; averageDuration: number }[];
      readonly expect: { readonly power: number; readonly cost: number; readonly duration: number };
    }[];
    readonly trimmed_mean: readonly {
      readonly durations?: readonly number[];
      readonly durations_with_init?: readonly (readonly [number, number])[];
      readonly discard: number;
      readonly expect: number;
    }[];
    readonly price: readonly {
      readonly base: number;
      readonly value: number;
      readonly durations?: readonly number[];
      readonly billed?: readonly number[];
      readonly expect_total: number;
    }[];
    readonly step_functions: readonly {
      readonly base: number;
      readonly nPower: number;
      readonly num: number;
      readonly onlyColdStarts: boolean;
      readonly expect: number;
    }[];
    readonly visualization: {
      readonly stats: readonly { power: number; duration: number; cost: number }[];
      readonly expect_hash_contains: readonly string[];
    };
    readonly published_real_run: {
      readonly stats: readonly { value: number; averagePrice: number; averageDuration: number }[];
      readonly expect: { readonly speed: number; readonly cost: number };
    };
  }
  const replay = published.json<Replay>('power_tuning_replay.json');
  const sizesOf = (stats: readonly { value: number; averagePrice: number; averageDuration: number }[]): TunedSize[] =>
    stats.map((stat) => ({
      memoryMb: stat.value,
      averagePrice: stat.averagePrice,
      averageDurationMs: stat.averageDuration,
    }));

  test.each(replay.analyzer.map((entry) => [entry.name, entry] as const))('%s', (_, entry) => {
    expect(preferred(sizesOf(entry.stats), entry.strategy ?? 'cost', entry.balancedWeight)).toEqual({
      memoryMb: entry.expect.power,
      averagePrice: entry.expect.cost,
      averageDurationMs: entry.expect.duration,
    });
  });

  test('a published run', () => {
    const { stats, expect: wanted } = replay.published_real_run;
    expect(preferred(sizesOf(stats), 'cost')?.memoryMb).toBe(wanted.cost);
    expect(preferred(sizesOf(stats), 'speed')?.memoryMb).toBe(wanted.speed);
  });

  test.each(replay.trimmed_mean.map((entry) => [entry] as const))('trimmed mean %#', (entry) => {
    const values = entry.durations ?? entry.durations_with_init?.map(([run, init]) => run + init) ?? [];
    expect(trimmedMean(values, entry.discard)).toBeCloseTo(entry.expect, 10);
  });

  test('prices of runs and of the state machine', () => {
    // Ten runs of one billed millisecond each; the expensive outliers are dropped.
    expect(averagePrice([1, 1, 1, 1, 90], 256, 2.1e-9)).toBeCloseTo(4.2e-9, 14);
    for (const entry of replay.price)
      expect(totalPrice(entry.durations ?? entry.billed ?? [], entry.value, entry.base)).toBeCloseTo(
        entry.expect_total,
        14,
      );
    for (const entry of replay.step_functions)
      expect(stateMachinePrice(entry.base, entry.nPower, entry.num, entry.onlyColdStarts)).toBe(entry.expect);
    expect(replay.price.length + replay.step_functions.length).toBeGreaterThanOrEqual(5);
  });

  test('the visualization URL round-trips', () => {
    const { stats, expect_hash_contains } = replay.visualization;
    const url = visualizationUrl(
      stats.map((stat) => ({ memoryMb: stat.power, averagePrice: stat.cost, averageDurationMs: stat.duration })),
    );
    for (const part of expect_hash_contains) expect(url).toContain(part);
    for (const curve of curves) {
      const sizes = curve.stats.map((stat) => ({
        memoryMb: stat.power,
        averagePrice: stat.cost,
        averageDurationMs: stat.duration,
      }));
      const back = pointsOf(visualizationUrl(sizes));
      expect(back.map((point) => point.memoryMb)).toEqual(sizes.map((size) => size.memoryMb));
      for (const [index, point] of back.entries()) {
        expect(Math.abs(point.durationMs / (sizes[index]?.averageDurationMs ?? 0) - 1)).toBeLessThan(1e-6);
        expect(Math.abs((point.costUsd ?? 0) / (sizes[index]?.averagePrice ?? 0) - 1)).toBeLessThan(1e-6);
      }
    }
  });

  test('every published curve gives its published optimum', () => {
    for (const curve of curves) {
      const sizes = curve.stats.map((stat) => ({
        memoryMb: stat.power,
        averagePrice: stat.cost,
        averageDurationMs: stat.duration,
      }));
      expect([curve.name, preferred(sizes, 'cost')?.memoryMb]).toEqual([curve.name, curve.cheapest]);
      expect([curve.name, preferred(sizes, 'speed')?.memoryMb]).toEqual([curve.name, curve.fastest]);
      expect([curve.name, preferred(sizes, 'balanced')?.memoryMb]).toEqual([curve.name, curve.balanced_0_5]);
    }
  });
});

describe("AWS's table: computing the primes up to a million, a thousand times", () => {
  test.each(PRIMES)('%i MB: within 1.5 %% (only means were published)', (memoryMb, meanMs, usd) => {
    expect(Math.abs(primesUsd(memoryMb, meanMs) / usd - 1)).toBeLessThanOrEqual(0.015);
  });

  test('cheapest 128, fastest and balanced 1024', () => {
    const sizes = PRIMES.map(([memoryMb, meanMs, usd]) => ({
      memoryMb,
      averageDurationMs: meanMs,
      averagePrice: usd / 1000,
    }));
    expect(preferred(sizes, 'cost')?.memoryMb).toBe(128);
    expect(preferred(sizes, 'speed')?.memoryMb).toBe(1024);
    expect(preferred(sizes, 'balanced')?.memoryMb).toBe(1024);
  });

  test('bills in steps of 100 ms until December 2020, of 1 ms since', () => {
    expect(billedMs(100.01, Date.UTC(2020, 10, 30))).toBe(200);
    expect(billedMs(100.01, Date.UTC(2020, 11, 1))).toBe(101);
  });
});

test('the visualizer gets sizes, durations and prices in ascending order, as little-endian numbers in base64', () => {
  // 128 = 80 00, 256 = 00 01; 1 = 00 00 80 3f, 2 = 00 00 00 40; 0.5 = 00 00 00 3f, 0.25 = 00 00 80 3e (IEEE 754).
  const sizes = [
    { memoryMb: 256, averageDurationMs: 1, averagePrice: 0.25 },
    { memoryMb: 128, averageDurationMs: 2, averagePrice: 0.5 },
  ];
  expect(visualizationUrl(sizes as unknown as readonly TunedSize[])).toBe(
    'https://lambda-power-tuning.show/#gAAAAQ==;AAAAQAAAgD8=;AAAAPwAAgD4=',
  );
});

test('input of its state machine: fifty invocations at each size, one after the other', () => {
  const arn = 'arn:aws:lambda:us-east-1:123456789012:function:f';
  expect(tuningInput(arn, [512, 1024])).toEqual({
    lambdaARN: arn,
    powerValues: [512, 1024],
    num: 50,
    payload: {},
    parallelInvocation: false,
    strategy: 'cost',
  });
});

describe('sizes to measure', () => {
  test.each([
    // At most 5,171 MB were used: 4,096 MB would run out of memory.
    ['none below the smallest safe size, which is one of them', 8192, 7168, [7168, 8192, 10_240]],
    ['half of the current size, where it is safe', 1024, 256, [512, 1024, 2048, 4096]],
    ['none below the current size, where no safe one is known', 1024, null, [1024, 2048, 4096]],
    ['a current size that is too small', 128, 512, [512, 1024]],
    ['none beyond the limits of Lambda', 10_240, 10_240, [10_240]],
    ['512 MB, where the current size is not known', null, null, [512, 1024, 2048]],
  ])('%s', (_, currentMb, floorMb, sizes) => {
    expect(sizesToMeasure(currentMb, floorMb)).toEqual(sizes);
  });
});
