import { expect, test } from 'vitest';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE, SCATTERED_RANGE } from '../../../../test/support/contract-fixture.ts';

test('kinds, durations and examples', async () => {
  const found = await queryBoth('coldStarts', ({ checkout }) => ({
    ...CHECKOUT_RANGE,
    functionId: checkout,
    examples: 5,
  }));
  expect(found.counts).toMatchObject({ n: 4, cold_on_demand: 2, user_felt: 2, felt_init_us: 450_000 });
  expect(found.byKind).toMatchObject([{ kind: 'on-demand', n: 2 }]);
  expect(found.examples).toHaveLength(2);
  expect(found.durationMs).toMatchObject({ n: 4, intervals: { p99: { low: null, high: null, effectiveN: null } } });
});

test.each(['plain', 'json', 'fails', 'snap'] as const)('cold starts of %s', async (name) => {
  const found = await queryBoth('coldStarts', (ids) => ({ ...FLEET_RANGE, functionId: ids[name], examples: 5 }));
  expect(found.byKind.length).toBeGreaterThan(0);
  expect(found.durationMs.intervals.blocks).toBe(found.buckets.length);
  for (const { initMs, totalMs } of found.byKind) {
    expect(totalMs.intervals.blocks).toBeGreaterThan(0);
    expect(initMs.intervals.blocks).toBeLessThanOrEqual(totalMs.intervals.blocks);
  }
});

test('invocations without a log stream are counted apart', async () => {
  const query = { ...SCATTERED_RANGE, examples: 5 };
  const found = await queryBoth('coldStarts', ({ scattered }) => ({ ...query, functionId: scattered }));
  expect(found.counts).toMatchObject({ n: 3, cold_on_demand: 1, user_felt: 0, unplaced: 2, unplaced_cold: 1 });
});
