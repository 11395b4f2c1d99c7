/** Expected dollars by hand, at the list price of us-east-1: $0.0000166667 a GB-second on x86_64, $0.0000133334 on arm64. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { SizeHour, UnusedInit } from './unused-inits.ts';
import { groupUnused, unusedUsd } from './unused-inits.ts';

const AT = Date.UTC(2026, 10, 10, 12);
const OWNER = { region: 'us-east-1', runtime: 'nodejs22.x', packageType: 'Zip' };
const TERMS = { plans: [], tier: 1 } as const;

const hour = (bucket: number, memoryMb: number, version = '$LATEST', n = 10): SizeHour => ({
  bucket,
  memoryMb,
  version,
  n,
});
const init = (atMs: number, given: Partial<UnusedInit> = {}): UnusedInit => ({
  atMs,
  version: '$LATEST',
  memoryMb: null,
  initMs: 2000,
  ...given,
});
const x86 = () => 'x86_64';
const usdOf = (inits: readonly UnusedInit[], hours: readonly SizeHour[], given: Partial<typeof OWNER> = {}) =>
  unusedUsd({ ...OWNER, ...given }, groupUnused(inits, hours, x86), [], TERMS);

test('each init is priced at the size of its own time, not at the newest', () => {
  const hours = [hour(AT - HOUR_MS, 512), hour(AT + 20 * HOUR_MS, 2048)];
  // 0.5 GB × 2 s before the change, 2 GB × 2 s after it.
  expect(usdOf([init(AT)], hours).usd).toBeCloseTo(1 * 1.66667e-5, 12);
  expect(usdOf([init(AT + 19 * HOUR_MS)], hours).usd).toBeCloseTo(4 * 1.66667e-5, 12);
  expect(usdOf([init(AT), init(AT + 19 * HOUR_MS)], hours)).toEqual({
    usd: expect.closeTo(5 * 1.66667e-5, 12),
    unpriced: 0,
  });
});

test('the size of the environment itself comes first; that of another version does not count', () => {
  expect(usdOf([init(AT, { memoryMb: 1024 })], [hour(AT, 512)]).usd).toBeCloseTo(2 * 1.66667e-5, 12);
  const hours = [hour(AT, 512, '3'), hour(AT - 5 * HOUR_MS, 1024, '4')];
  expect(usdOf([init(AT + 1, { version: '4' })], hours).usd).toBeCloseTo(2 * 1.66667e-5, 12);
  expect(usdOf([init(AT, { version: '9' })], hours)).toEqual({ usd: null, unpriced: 1 });
  expect(usdOf([init(AT, { version: null })], hours).usd).toBeCloseTo(1 * 1.66667e-5, 12);
});

test('within one hour the size with the most invocations counts; the earlier of two equally near hours', () => {
  const both = [hour(AT, 512, '$LATEST', 3), hour(AT, 1024, '$LATEST', 9)];
  expect(usdOf([init(AT + 60_000)], both).usd).toBeCloseTo(2 * 1.66667e-5, 12);
  const around = [hour(AT + HOUR_MS, 1024), hour(AT - HOUR_MS, 512)];
  for (const some of [around, around.toReversed()]) expect(usdOf([init(AT)], some).usd).toBeCloseTo(1 * 1.66667e-5, 12);
  // Of as many invocations the one that is listed first.
  const same = [hour(AT, 512), hour(AT, 1024)];
  expect(usdOf([init(AT)], same).usd).toBeCloseTo(1 * 1.66667e-5, 12);
});

test('inits of one hour, size and architecture are one group; groups are in that order', () => {
  const inits = [
    init(AT + HOUR_MS, { memoryMb: 128, version: '2' }),
    init(AT + 59 * 60_000, { memoryMb: 512, version: '2' }),
    init(AT, { memoryMb: 512, version: '1', initMs: null }),
    init(AT + 1, { memoryMb: 512, version: '1' }),
    init(AT, { memoryMb: 256, version: '2' }),
    init(AT, { version: '2' }),
  ];
  const architectureOf = (version: string | null) => (version === '1' ? 'arm64' : 'x86_64');
  const group = { hourMs: AT, memoryMb: 512, architecture: 'x86_64', n: 1, initMs: 2000, untimed: 0 };
  const expected = [
    { ...group, memoryMb: null },
    { ...group, memoryMb: 256 },
    { ...group, architecture: 'arm64', n: 2, untimed: 1 },
    group,
    { ...group, hourMs: AT + HOUR_MS, memoryMb: 128 },
  ];
  for (const some of [inits, inits.toReversed()]) expect(groupUnused(some, [], architectureOf)).toEqual(expected);
});

test('a function that nothing ran has the size that the inventory stated for the time', () => {
  const state = (fromMs: number, memoryMb: number) => ({
    fromMs,
    facts: { lastModifiedMs: null, ephemeralStorageMb: null, provisionedConcurrency: 1, memoryMb, architecture: null },
  });
  const history = [state(AT - DAY_MS, 1024), state(AT + DAY_MS, 4096)];
  const groups = groupUnused([init(AT)], [], x86);
  expect(unusedUsd(OWNER, groups, history, TERMS).usd).toBeCloseTo(2 * 1.66667e-5, 12);
  expect(unusedUsd(OWNER, groups, [], TERMS)).toEqual({ usd: null, unpriced: 1 });
});

test('architecture and savings plan are those of the time', () => {
  const moved = (_: string | null, atMs: number) => (atMs < AT ? 'x86_64' : 'arm64');
  const groups = groupUnused([init(AT - 1), init(AT)], [hour(AT - HOUR_MS, 1024)], moved);
  expect(unusedUsd(OWNER, groups, [], TERMS).usd).toBeCloseTo(2 * 1.66667e-5 + 2 * 1.33334e-5, 12);
  const plans = [{ share: 0.12, fromMs: AT, toMs: Number.POSITIVE_INFINITY }];
  expect(unusedUsd(OWNER, groups, [], { plans, tier: 1 }).usd).toBeCloseTo(2 * 1.66667e-5 + 2 * 1.33334e-5 * 0.88, 12);
});

test('an init without a time is not free, and is counted', () => {
  const hours = [hour(AT, 1024)];
  expect(usdOf([init(AT), init(AT, { initMs: null })], hours)).toEqual({
    usd: expect.closeTo(2 * 1.66667e-5, 12),
    unpriced: 1,
  });
  expect(usdOf([init(AT, { initMs: null })], hours)).toEqual({ usd: null, unpriced: 1 });
});

test('before August 2025 inits of managed runtimes from .zip were free, of images and custom runtimes billed', () => {
  const before = Date.UTC(2025, 6, 31, 23);
  const hours = [hour(before, 1024)];
  expect(usdOf([init(before)], hours)).toEqual({ usd: 0, unpriced: 0 });
  expect(usdOf([init(before)], hours, { packageType: 'Image' }).usd).toBeCloseTo(2 * 1.66667e-5, 12);
  expect(usdOf([init(before)], hours, { runtime: 'provided.al2023' }).usd).toBeCloseTo(2 * 1.66667e-5, 12);
  expect(unusedUsd({ ...OWNER, packageType: null }, groupUnused([init(before)], hours, x86), [], TERMS)).toEqual({
    usd: null,
    unpriced: 1,
  });
  expect(usdOf([init(before + HOUR_MS)], [hour(before, 1024)]).usd).toBeCloseTo(2 * 1.66667e-5, 12);
});
