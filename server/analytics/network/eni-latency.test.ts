import { describe, expect, test } from 'vitest';
import { Random } from '../../../ingest/records/random.ts';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { compareByFunction, eraOf, SHARED_SINCE_MS, summarize } from './eni-latency.ts';

const around = (level: number, n: number): readonly number[] =>
  Array.from({ length: n }, (_, at) => level + (at % 5) - 2);
const timed = (startMs: number, waits: readonly number[]) => waits.map((preInitMs) => ({ startMs, preInitMs }));

describe('comparison of functions', () => {
  test('the difference of the mean levels; placement and download are named apart', () => {
    const inside = [around(200, 50), around(210, 50), around(220, 50)];
    const outside = [around(100, 50), around(110, 50), around(120, 50)];
    const found = compareByFunction(inside, outside);
    expect(found.latency?.value).toBeCloseTo(100, 3);
    expect(found.placement?.value).toBeCloseTo(110, 3);
    // Levels scatter by s = 10: t of 4 degrees of freedom × 10 × √(2/3) = 22.67.
    expect(found.latency?.low).toBeCloseTo(77.3, 0);
    expect(found).toMatchObject({
      inside: { functions: 3, coldStarts: 150 },
      outside: { functions: 3, coldStarts: 150 },
    });
  });

  test('few functions with thousands of cold starts and levels of their own are no evidence', () => {
    // Resampling cold starts would give 35 ± 0.1 ms.
    const inside = [around(110, 3000), around(190, 3000), around(130, 3000)];
    const outside = [around(95, 3000), around(125, 3000), around(105, 3000)];
    const { latency } = compareByFunction(inside, outside);
    expect(latency?.low).toBeLessThan(0);
    expect(latency?.high).toBeGreaterThan(35);
  });

  test.each([
    ['one function on each side', 1, 1, 3000],
    ['two functions in a VPC', 2, 9, 3000],
    ['two functions outside', 9, 2, 3000],
    ['functions with few cold starts', 5, 5, 9],
  ])('refused: %s', (_, inside, outside, n) => {
    const sideOf = (functions: number) => Array.from({ length: functions }, (__, at) => around(100 + at, n));
    expect(compareByFunction(sideOf(inside), sideOf(outside)).latency).toBeNull();
  });

  test('inits that began before the request are no waits', () => {
    const side = [around(100, 20), around(101, 20), around(102, 20)];
    const early = side.map((values) => [...values, ...Array.from({ length: 40 }, () => -500)]);
    expect(compareByFunction(early, side).latency?.value).toBeCloseTo(0, 6);
  });

  test('of 200 fleets whose functions have levels of their own, the interval holds the truth in nine of ten', () => {
    const random = new Random(21);
    for (const truth of [0, 120]) {
      let held = 0;
      for (let round = 0; round < 200; round += 1) {
        const side = (functions: number, addedMs: number) =>
          Array.from({ length: functions }, () => {
            const level = random.logNormal(110, 0.2);
            const n = 12 + Math.floor(random.next() * 120);
            return Array.from({ length: n }, () => random.logNormal(level, 0.2) + addedMs);
          });
        const { latency } = compareByFunction(side(3 + (round % 3), truth), side(3 + (round % 4), 0));
        if (latency !== null && latency.low <= truth && truth <= latency.high) held += 1;
      }
      expect(held).toBeGreaterThanOrEqual(180);
    }
  });
});

describe('era', () => {
  const [MARCH_2019, OCTOBER_2019, NOW] = [Date.UTC(2019, 2, 1), Date.UTC(2019, 9, 1), Date.UTC(2026, 10, 1)];
  const slow = [...around(150, 60), ...around(9500, 40)];
  const fast = around(150, 100);

  test('is shared since September 2019, however slow the cold starts are', () => {
    expect(eraOf(timed(NOW, slow), timed(NOW, fast), NOW)).toBe('shared');
    expect(eraOf(timed(OCTOBER_2019, slow), timed(OCTOBER_2019, fast), NOW)).toBe('shared');
    expect(eraOf([], [], NOW)).toBe('shared');
  });

  test('before, a second mode that functions outside of a VPC lack shows an interface per environment', () => {
    expect(eraOf(timed(MARCH_2019, slow), timed(MARCH_2019, fast), NOW)).toBe('per-environment');
    expect(eraOf(timed(MARCH_2019, fast), timed(MARCH_2019, fast), NOW)).toBe('shared');
    expect(eraOf(timed(MARCH_2019, slow), timed(MARCH_2019, slow), NOW)).toBe('shared');
    expect(eraOf(timed(MARCH_2019, slow), [], NOW)).toBeNull();
    expect(eraOf([], [], MARCH_2019)).toBeNull();
    // Cold starts outside of a VPC of a later time say nothing about then.
    expect(eraOf(timed(MARCH_2019, slow), timed(NOW, fast), NOW)).toBeNull();
  });
});

const AT = Date.UTC(2026, 10, 20);

test('shares above two and ten seconds', () => {
  const found = summarize(timed(AT, [100, 1999, 2001, 12_000, -40]));
  expect(found).toMatchObject({
    preInitMs: { n: 4 },
    over2s: { value: 0.5, n: 4 },
    over10s: { value: 0.25, n: 4 },
  });
  // All in one hour: how hours differ is unknown.
  expect(found?.over2s).not.toHaveProperty('blocks');
  expect(found?.preInitMs.intervals.p50).toMatchObject({ low: null, high: null });
  expect(summarize(timed(AT, [-1]))).toBeNull();
  // An init that began with the request was waited for; at the limits themselves nothing is above them.
  expect(summarize(timed(AT, [0]))?.preInitMs.n).toBe(1);
  expect(summarize(timed(AT, [2000, 10_000]))).toMatchObject({ over2s: { value: 0.5 }, over10s: { value: 0 } });
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(summarize(timed(AT, hundred))?.preInitMs).toMatchObject({ p50: 50, p95: 95, p99: 99, n: 100 });
});

describe('intervals come from the differences between hours', () => {
  const inHours = (hours: readonly (readonly number[])[]) =>
    summarize(
      hours.flatMap((values, hour) =>
        values.map((preInitMs, minute) => ({ startMs: AT + hour * HOUR_MS + minute * MINUTE_MS, preInitMs })),
      ),
    );

  test('ten cold starts of an hour that share its speed are one observation', () => {
    const [fast, slow] = [Array.from({ length: 10 }, () => 100), Array.from({ length: 10 }, () => 3000)];
    const found = inHours([fast, fast, fast, fast, slow, slow, slow, slow]);
    // Residuals -5 and 5 give transforms of -25.6 and 0: a variance of 657 in place of 80 / 4, so 80 are worth 2.4, and with
    // Student's t of two degrees of freedom half a one. Wilson's interval of 0.253 of 0.506 is 0.5 ± 0.47.
    expect(found?.over2s).toMatchObject({ value: 0.5, n: 80, blocks: 8 });
    expect(found?.over2s.low).toBeCloseTo(0.03, 2);
    expect(found?.over2s.high).toBeCloseTo(0.97, 2);
    expect(found?.preInitMs).toMatchObject({ p50: 100, p95: 3000, n: 80 });
    expect(found?.preInitMs.intervals).toMatchObject({ p50: { low: null, high: null }, blocks: 8 });
  });

  test('hours that are alike are independent evidence', () => {
    const hour = Array.from({ length: 20 }, (_, at) => 90 + at);
    const p50 = inHours(Array.from({ length: 8 }, () => hour))?.preInitMs.intervals.p50;
    // 160 values, worth 160 (1.96 / 4.30)² = 33: a half ± 0.17, of 20 values from the 6th to the 14th, at edges of bins 2 % wide.
    expect(p50?.low).toBeGreaterThan(93);
    expect(p50?.low).toBeLessThan(97.5);
    expect(p50?.high).toBeGreaterThan(102);
    expect(p50?.high).toBeLessThan(106);
  });
});

test('the interval of placement does not reach below zero', () => {
  const side = [around(5, 20), around(100, 20), around(200, 20)];
  expect(compareByFunction([], side).placement?.low).toBe(0);
  const alike = [around(100, 20), around(101, 20), around(102, 20)];
  const { placement } = compareByFunction([], alike);
  // t of two degrees of freedom, 4.3027, × 1 / √3: ± 2.48.
  expect(placement?.value).toBeCloseTo(101, 3);
  expect(placement?.low).toBeCloseTo(98.5, 0);
  expect(placement?.high).toBeCloseTo(103.5, 0);
});

describe('the era by shares', () => {
  const SPRING_2019 = Date.UTC(2019, 3, 1);
  const waits = (slow: number, n: number) => Array.from({ length: n }, (_, at) => (at < slow ? 2001 : 150));
  const era = (own: readonly number[], outside: readonly number[]) =>
    eraOf(timed(SPRING_2019, own), timed(SPRING_2019, outside), SPRING_2019);

  test('needs thirty cold starts that were waited for on each side', () => {
    expect(era(waits(10, 30), waits(0, 30))).toBe('per-environment');
    expect(era(waits(10, 29), waits(0, 30))).toBeNull();
    expect(era(waits(10, 30), waits(0, 29))).toBeNull();
    expect(era([...waits(10, 29), -1], waits(0, 30))).toBeNull();
    expect(era([...waits(10, 29), 0], waits(0, 30))).toBe('per-environment');
  });

  test('more than two of a hundred are slow, and outside fewer than a quarter of that share', () => {
    expect(era(waits(2, 100), waits(0, 100))).toBe('shared');
    expect(era(waits(3, 100), waits(0, 100))).toBe('per-environment');
    expect(era(waits(40, 100), waits(9, 100))).toBe('per-environment');
    expect(era(waits(40, 100), waits(10, 100))).toBe('shared');
    // Two seconds are not slow.
    expect(
      era(
        waits(40, 100).map((ms) => Math.min(ms, 2000)),
        waits(0, 100),
      ),
    ).toBe('shared');
  });

  test('is that of the newest cold start', () => {
    const newer = timed(SHARED_SINCE_MS, [150]);
    const old = timed(SPRING_2019, waits(10, 30));
    expect(eraOf([...newer, ...old], timed(SPRING_2019, waits(0, 30)), SPRING_2019)).toBe('shared');
    expect(eraOf([{ ...newer[0], startMs: SHARED_SINCE_MS - 1, preInitMs: 150 }, ...old], [], SPRING_2019)).toBeNull();
  });
});
