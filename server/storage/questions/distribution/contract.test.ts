import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { CHECKOUT_RANGE, FLEET_RANGE } from '../../../../test/support/contract-fixture.ts';
import { binsIn } from '../../../analytics/sketch/columns.ts';
import type { Distribution } from './types.ts';

/** Blocks with their own values: they share lists. */
const byBlock = (found: Distribution) => ({
  ...found,
  blocks: found.blocks.map((block) => ({
    ...block,
    ...{ durationMs: binsIn(block.durationMs), initMs: binsIn(block.initMs) },
  })),
});

test('values of one period', async () => {
  const found = await queryBoth(
    'distribution',
    ({ checkout }) => ({ ...CHECKOUT_RANGE, functionId: checkout, blockMs: 300_000 }),
    byBlock,
  );
  expect(found.counts.n).toBe(4);
  expect(found.durationMs.reduce((sum, [, n]) => sum + n, 0)).toBe(4);
  expect(found.initMs.reduce((sum, [, n]) => sum + n, 0)).toBe(2);
  expect(found.blocks.reduce((sum, { n }) => sum + n, 0)).toBe(4);
  expect(found.blocks.map(({ atMs }) => atMs % 300_000)).toEqual(found.blocks.map(() => 0));
});

test('a fleet below a filter', async () => {
  const found = await queryBoth(
    'distribution',
    ({ plain }) => ({ ...FLEET_RANGE, functionId: plain, version: '$LATEST', blockMs: HOUR_MS }),
    byBlock,
  );
  expect(found.usage.length).toBeGreaterThan(0);
});

test('blocks of several rows have the values of all of them', async () => {
  const [fine, daily] = await Promise.all(
    [300_000, DAY_MS].map((blockMs) =>
      queryBoth('distribution', ({ plain }) => ({ ...FLEET_RANGE, functionId: plain, blockMs }), byBlock),
    ),
  );
  expect(daily?.blocks.length).toBeLessThan(fine?.blocks.length ?? 0);
  const { blocks: _blocks, blockMs: _blockMs, ...whole } = fine ?? {};
  expect(daily).toMatchObject(whole);
});
