/** Intervals of rates: from blocks of time where they add up to what was counted, else as of independent invocations. */
import { expect, test } from 'vitest';
import { clusteredRate } from '../statistics/blocks.ts';
import { wilson } from '../statistics/rate.ts';
import { rateByBlocks, rateOf } from './counted-rate.ts';

const BLOCKS = [40, 10, 10, 0].map((hits) => ({ hits, n: 100 }));

test('blocks that add up to the counts give the interval', () => {
  const rate = rateByBlocks({ hits: 60, n: 400 }, BLOCKS);
  expect(rate).toMatchObject({ value: 0.15, n: 400, blocks: 4 });
  expect(rate).toEqual(clusteredRate(BLOCKS));
});

test.each([
  ['fewer invocations, of which the same share are hits', { hits: 120, n: 800 }],
  ['as many invocations, of which others are hits', { hits: 80, n: 400 }],
])('blocks with %s do not', (_, total) => {
  expect(rateByBlocks(total, BLOCKS)).toEqual(wilson(total.hits, total.n));
});

test('the share of hits among what is asked for, all invocations by default', () => {
  const counts = { n: 200, cold: 50, errors: 10 };
  expect(rateOf(counts, [], (one) => one.errors).value).toBe(0.05);
  expect(
    rateOf(
      counts,
      [],
      (one) => one.errors,
      (one) => one.cold,
    ).value,
  ).toBe(0.2);
});

test('blocks are counted as the whole is', () => {
  const blocks = BLOCKS.map(({ hits, n }) => ({ n: 2 * n, cold: n, errors: hits }));
  const total = { n: 800, cold: 400, errors: 60 };
  const rate = rateOf(
    total,
    blocks,
    (one) => one.errors,
    (one) => one.cold,
  );
  expect(rate).toEqual(clusteredRate(BLOCKS));
  expect(rateOf(total, blocks, (one) => one.errors)).toEqual(
    clusteredRate(BLOCKS.map(({ hits, n }) => ({ hits, n: 2 * n }))),
  );
});
