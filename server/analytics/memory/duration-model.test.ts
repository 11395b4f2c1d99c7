/** Curves of duration by memory, calls to other services, and which size is the current one. Worked out by hand. */
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { currentSize } from './current-size.ts';
import type { DurationModel, SizePoint } from './duration-model.ts';
import { fitDuration, innerErrors, MB_PER_VCPU, predict } from './duration-model.ts';
import { fitTraced, remoteMs } from './self-time.ts';

const CAPPED: DurationModel = { kind: 'capped', fixedMs: 40, cpuMs: 100 };
const UNCAPPED: DurationModel = { ...CAPPED, kind: 'uncapped' };
const SIZES = [256, 512, 1024, 1769, 3008];
const pointsOf = (model: DurationModel, sizes = SIZES): SizePoint[] =>
  sizes.map((memoryMb) => ({ memoryMb, durationMs: predict(model, memoryMb) }));

test('one CPU at 1,769 MB: half of it takes twice as long, and more than one helps parallel work only', () => {
  expect(MB_PER_VCPU).toBe(1769);
  expect([884.5, 1769, 3538].map((size) => predict(CAPPED, size))).toEqual([240, 140, 140]);
  expect([884.5, 1769, 3538].map((size) => predict(UNCAPPED, size))).toEqual([240, 140, 90]);
});

describe('fits', () => {
  test.each([CAPPED, UNCAPPED])('a curve without noise is found again: %j', (model) => {
    const found = fitDuration(pointsOf(model).toReversed());
    expect(found?.kind).toBe(model.kind);
    expect(found?.fixedMs).toBeCloseTo(40, 6);
    expect(found?.cpuMs).toBeCloseTo(100, 6);
    expect(found?.looError).toBeCloseTo(0, 9);
    expect(found?.looSizes).toBe(3);
    for (const error of innerErrors(pointsOf(model))) expect(error).toBeCloseTo(0, 9);
    expect(innerErrors(pointsOf(model))).toHaveLength(3);
  });

  test('three sizes have a curve, but no error to state; fewer have none', () => {
    const [a, b, c] = pointsOf(CAPPED, [512, 1024, 3008]);
    if (a === undefined || b === undefined || c === undefined) throw new Error('expected three');
    expect(fitDuration([a, b, c])).toMatchObject({ kind: 'capped', looError: null, looSizes: 1 });
    expect(fitDuration([a, b])).toBe(null);
    for (const durationMs of [0, -1, Number.NaN]) expect(fitDuration([a, b, { ...c, durationMs }])).toBe(null);
    expect(innerErrors([a, b, c])).toEqual([]);
  });

  test('neither part is negative', () => {
    // Durations that grow with memory: CPU explains nothing.
    const rising = SIZES.map((memoryMb) => ({ memoryMb, durationMs: memoryMb }));
    expect(fitDuration(rising)?.cpuMs).toBe(0);
    // Steeper than CPU allows: nothing is fixed.
    const steep = SIZES.map((memoryMb) => ({ memoryMb, durationMs: 1e9 / memoryMb ** 2 }));
    expect(fitDuration(steep)?.fixedMs).toBe(0);
  });

  test('one outlier hardly moves the curve, and shows in the stated error', () => {
    const points = pointsOf(CAPPED, [256, 512, 1024, 1769, 2048, 3008]);
    const outlier = points.map((point) =>
      point.memoryMb === 1024 ? { ...point, durationMs: 2 * point.durationMs } : point,
    );
    const found = fitDuration(outlier);
    if (found === null) throw new Error('expected a fit');
    for (const { memoryMb, durationMs } of points.filter((one) => one.memoryMb !== 1024))
      expect(Math.abs(predict(found, memoryMb) / durationMs - 1)).toBeLessThan(0.1);
    expect(found.looError).toBeGreaterThan(0.2);
  });
});

describe('calls to other services', () => {
  const call = (startMs: number, endMs: number | null, namespace: string | null = 'aws') => ({
    startNs: BigInt(startMs) * 1_000_000n,
    endNs: endMs === null ? null : BigInt(endMs) * 1_000_000n,
    namespace,
  });

  test.each([
    ['none', [], 0],
    ['one after the other', [call(0, 10), call(20, 25)], 15],
    ['in any order', [call(20, 25), call(0, 10)], 15],
    ['at once', [call(0, 10), call(5, 12)], 12],
    ['one within another', [call(0, 10), call(2, 4), call(3, 11)], 11],
    ['parts of the function itself', [call(0, 10, null), call(20, 25, 'remote')], 5],
    ['without an end, or with one before its start', [call(0, null), call(10, 10), call(9, 8), call(20, 21)], 1],
  ])('%s', (_, calls, ms) => {
    expect(remoteMs(calls)).toBe(ms);
  });

  test('are taken out of the curve, and added back as they are on average', () => {
    const remote = (n: number) => SIZES.map((_, at) => ({ meanMs: 10 * (at + 1), n }));
    const points = pointsOf(CAPPED).map((point, at) => ({
      memoryMb: point.memoryMb,
      durationMs: point.durationMs + 10 * (at + 1),
      remote: remote(20)[at] ?? null,
    }));
    // 10, 20, … 50 ms: 30 on average.
    const found = fitTraced(points);
    expect(found?.remoteMs).toBeCloseTo(30, 9);
    expect(found?.fixedMs).toBeCloseTo(70, 6);
    expect(found?.cpuMs).toBeCloseTo(100, 6);
    // Weighted by the number of traces: (40 × 10 + 20 × (20 + 30 + 40 + 50)) / 120.
    const heavier = points.map((point, at) => (at === 0 ? { ...point, remote: { meanMs: 10, n: 40 } } : point));
    expect(fitTraced(heavier)?.remoteMs).toBeCloseTo(3200 / 120, 9);
    for (const change of [null, { meanMs: 10, n: 19 }]) {
      const some = points.map((point, at) => (at === 2 ? { ...point, remote: change } : point));
      expect(fitTraced(some)?.remoteMs).toBe(null);
    }
    expect(fitTraced(points.slice(0, 2))).toBe(null);
  });
});

describe('the current size', () => {
  const size = (memoryMb: number, versions: readonly string[], hours: readonly number[]) => ({
    memoryMb,
    versions,
    environments: [{ hours: hours.map((hour) => ({ startMs: hour * HOUR_MS, n: 1, billedMs: 1 })) }] as never,
  });

  test.each([
    ['the newest, without any split', 512, null, [size(512, ['2'], [10, 11, 12]), size(256, ['1'], [1, 2, 3])], 512],
    ['the newest, if it is not among them', 1024, 512, [size(512, ['2'], [10])], 1024],
    ['nothing known', null, null, [size(512, ['2'], [10])], null],
    ['split: the configured one', 512, 256, [size(512, ['2'], [10, 11]), size(256, ['1'], [10, 11])], 256],
    [
      'split: else that of the newest version',
      256,
      null,
      [size(512, ['10'], [10, 11]), size(256, ['9'], [10, 11])],
      512,
    ],
    [
      'split: a configured size that did not run',
      256,
      1024,
      [size(512, ['10'], [10, 11]), size(256, ['$LATEST', '9'], [10, 11])],
      512,
    ],
    ['half of the hours are a split', 512, 256, [size(512, ['2'], [9, 10, 11, 12]), size(256, ['1'], [11, 12])], 256],
    ['less than half are not', 512, 256, [size(512, ['2'], [8, 9, 10, 11, 12]), size(256, ['1'], [11, 12])], 512],
    ['one hour is a change of size', 512, 256, [size(512, ['2'], [11, 12]), size(256, ['1'], [10, 11])], 512],
  ])('%s', (_, newestMb, configuredMb, sizes, expected) => {
    expect(currentSize(newestMb, configuredMb, sizes)).toBe(expected);
  });

  test('only the last day counts', () => {
    const day = DAY_MS / HOUR_MS;
    const before = [1, 2, 3];
    const sizes = [size(512, ['2'], [...before, 3 + day, 4 + day]), size(256, ['1'], before)];
    expect(currentSize(512, 256, sizes)).toBe(512);
    expect(currentSize(512, 256, [size(512, ['2'], [...before, 4, 5]), size(256, ['1'], before)])).toBe(256);
  });
});
