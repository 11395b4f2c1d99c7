import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import { READ_AT } from '../../rollup/bucket.ts';
import type { BucketSums, SeriesQuery } from './types.ts';

const CHECKOUT = [[{ name: 'function', op: '=', value: 'checkout' }]] as const;
const query = { selectors: CHECKOUT, sketches: 'both', widthMs: 5 * MINUTE_MS, maxRows: 10_000 } as const;

test('buckets of one function add up to its totals', async () => {
  const { range, slices } = await queryBoth('series', () => ({ ...CHECKOUT_RANGE, ...query }));
  expect(range).toMatchObject({ widthMs: 5 * MINUTE_MS });
  const buckets = slices.flatMap((slice) => slice.buckets);
  expect(slices.every((slice) => slice.function === 'checkout')).toBe(true);
  expect(buckets.reduce((sum, { counts }) => sum + (counts[READ_AT.n] ?? 0), 0)).toBe(4);
  expect(Math.max(...buckets.map(({ maxMemoryMb }) => maxMemoryMb ?? 0))).toBe(84);
  // The last of the values of a histogram is their sum.
  const durations = buckets.flatMap(({ duration }) => [...(duration ?? [])].slice(0, -1));
  expect(durations.reduce((sum, n) => sum + n, 0)).toBe(4);
  expect(buckets.every(({ atMs }) => atMs % (5 * MINUTE_MS) === 0)).toBe(true);
  expect(buckets.every(({ atMs }) => atMs >= range.fromMs && atMs < range.toMs)).toBe(true);
});

test('what was before the range is summed apart', async () => {
  const later = { fromMs: CHECKOUT_RANGE.toMs + HOUR_MS, toMs: CHECKOUT_RANGE.toMs + 2 * HOUR_MS };
  const { slices } = await queryBoth('series', () => ({ ...later, ...query }));
  expect(slices.flatMap(({ buckets }) => buckets)).toEqual([]);
  expect(slices.reduce((sum, { before }) => sum + (before.counts[READ_AT.n] ?? 0), 0)).toBe(4);
});

test('causes of cold starts, in the range and before it', async () => {
  const causes = (all: readonly BucketSums[]) =>
    Object.fromEntries(
      CAUSES.map((cause, at) => [cause, all.reduce((sum, one) => sum + (one.causes?.[at] ?? 0), 0)] as const).filter(
        ([, n]) => n > 0,
      ),
    );
  const inRange = await queryBoth('series', () => ({ ...CHECKOUT_RANGE, ...query, causes: true }));
  const found = causes(inRange.slices.flatMap(({ buckets }) => buckets));
  // Two cold starts, of which the second began while the first environment was busy.
  expect(found).toMatchObject({ 'scale-out': 1 });
  expect(Object.values(found).reduce((sum, n) => sum + n, 0)).toBe(2);
  const later = { fromMs: CHECKOUT_RANGE.toMs + HOUR_MS, toMs: CHECKOUT_RANGE.toMs + 2 * HOUR_MS };
  const before = await queryBoth('series', () => ({ ...later, ...query, causes: true }));
  expect(causes(before.slices.map((slice) => slice.before))).toEqual(found);
  const without = await queryBoth('series', () => ({ ...CHECKOUT_RANGE, ...query }));
  expect(without.slices.flatMap(({ buckets }) => buckets).every((one) => one.causes === null)).toBe(true);
});

test.each<[string, Partial<SeriesQuery>]>([
  ['by the hour', { widthMs: HOUR_MS }],
  ['by the day', { widthMs: DAY_MS }],
  ['without sketches', { sketches: 'none' }],
  ['with cold starts', { sketches: 'cold' }],
  ['with durations', { sketches: 'duration' }],
  ['with causes', { causes: true }],
  ['with causes by the day', { causes: true, widthMs: DAY_MS }],
  ['that match a pattern', { selectors: [[{ name: 'function', op: '=~', value: 'plain-.+|snap-.+' }]] }],
  [
    'but some',
    { selectors: [[{ name: 'memory_mb', op: '!=', value: '128' }], [{ name: 'version', op: '=', value: '7' }]] },
  ],
])('slices %s are equal in both stores', async (_, changes) => {
  const all = { ...FLEET_RANGE, ...query, selectors: [[]], ...changes };
  const { slices } = await queryBoth('series', () => all);
  expect(slices.length).toBeGreaterThan(0);
});

test('too many rows are refused with the limit', async () => {
  await expect(queryBoth('series', () => ({ ...FLEET_RANGE, ...query, selectors: [[]], maxRows: 3 }))).rejects.toThrow(
    'series: the query reads more than 3 rollup rows',
  );
});
