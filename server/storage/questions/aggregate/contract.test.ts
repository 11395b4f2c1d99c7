import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';

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
