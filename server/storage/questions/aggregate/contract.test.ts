import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';
import { coldStartsOf, errorsOf } from '../../../analytics/metrics/counts.ts';
import type { Aggregate } from './types.ts';

test('one group', async () => {
  const { groups } = await queryBoth('aggregate', () => ({
    ...CHECKOUT_RANGE,
    filters: [],
    groupBy: ['function'],
    widthMs: null,
    sketch: 'duration',
    quantiles: [0, 1],
  }));
  expect(groups).toHaveLength(1);
  const [point] = groups[0]?.points ?? [];
  expect(point).toMatchObject({ counts: { n: 4 }, maxMemoryMb: 84, n: 4 });
  // Sketches are exact to one per cent.
  expect(Math.abs((point?.quantiles[1] ?? 0) - 3000)).toBeLessThanOrEqual(30);
});

test.each([
  ['check*', false, 4],
  ['*:check*', false, 4],
  ['check', false, undefined],
  ['check*', true, undefined],
])('functions like %s, or not: %s', async (pattern, not, n) => {
  const filters = [{ field: 'function', values: ['no-*', pattern], not, isGlob: true }] as const;
  const query = {
    ...CHECKOUT_RANGE,
    filters,
    groupBy: ['function'],
    widthMs: null,
    sketch: null,
    quantiles: [],
  } as const;
  const { groups } = await queryBoth('aggregate', () => query);
  expect(groups[0]?.points[0]?.counts.n).toBe(n);
});

test('groups over time, with a filter', async () => {
  const { groups } = await queryBoth(
    'aggregate',
    () => ({
      ...FLEET_RANGE,
      filters: [{ field: 'memoryMb', values: [128], not: true }],
      groupBy: ['architecture', 'vpc'],
      widthMs: 900_000,
      sketch: 'coldStartTotal',
      quantiles: [0.5, 0.99],
    }),
    (answer) => ({ ...answer, groups: answer.groups.toSorted((a, b) => (String(a.group) < String(b.group) ? -1 : 1)) }),
  );
  expect(groups.length).toBeGreaterThan(1);
});

test('counts of rates in parts of the range, which add up to the totals', async () => {
  const query = { ...FLEET_RANGE, filters: [], groupBy: ['vpc'], widthMs: null, sketch: null, quantiles: [] } as const;
  const inOrder = (answer: Aggregate) => ({
    ...answer,
    groups: answer.groups.toSorted((a, b) => (String(a.group) < String(b.group) ? -1 : 1)),
  });
  const { groups } = await queryBoth('aggregate', () => ({ ...query, rates: true }), inOrder);
  expect(groups.length).toBeGreaterThan(1);
  const sum = (counts: readonly number[] = []) => counts.reduce((total, one) => total + one, 0);
  for (const { points, blocks } of groups) {
    const counts = points[0]?.counts;
    expect(blocks?.n.filter((n) => n > 0).length).toBeGreaterThan(1);
    expect(sum(blocks?.n)).toBe(counts?.n);
    expect(sum(blocks?.errors)).toBe(counts === undefined ? 0 : errorsOf(counts));
    expect(sum(blocks?.coldStarts)).toBe(counts === undefined ? 0 : coldStartsOf(counts));
    expect(sum(blocks?.userFelt)).toBe(counts?.user_felt);
    expect(sum(blocks?.placed)).toBe((counts?.n ?? 0) - (counts?.unplaced ?? 0));
  }
  const without = await queryBoth('aggregate', () => query, inOrder);
  expect(without.groups.map(({ blocks }) => blocks)).toEqual(groups.map(() => null));
});
