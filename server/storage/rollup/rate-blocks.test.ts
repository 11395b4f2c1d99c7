/** Counts of rollup rows by parts of a range. */
import { expect, test } from 'vitest';
import { READ_COLUMNS } from './bucket.ts';
import { BLOCKS, blockOf, RateBlocksBuilder, rateCountsFrom } from './rate-blocks.ts';

/** A different power of two for each column, so that a sum tells its columns. */
const ROW = Float64Array.from(READ_COLUMNS, (_, at) => 2 ** at);
const sumOf = (...names: (typeof READ_COLUMNS)[number][]): number =>
  names.reduce((sum, name) => sum + 2 ** READ_COLUMNS.indexOf(name), 0);

test('what rates are made of, by the columns of a row', () => {
  expect(rateCountsFrom(ROW)).toEqual({
    n: sumOf('n'),
    placed: sumOf('n') - sumOf('unplaced'),
    errors: sumOf('timeouts', 'errors', 'ooms', 'exits'),
    coldStarts: sumOf(
      'cold_on_demand',
      'cold_provisioned',
      'cold_snap_start',
      'cold_suppressed',
      'cold_managed_instance',
    ),
    userFelt: sumOf('user_felt'),
  });
});

test('a row belongs to the part of the range in which it starts', () => {
  const of = blockOf({ fromMs: 1000, toMs: 25_000 });
  expect([1000, 1999, 2000, 24_000, 24_999].map(of)).toEqual([0, 0, 1, 23, 23]);
});

test('counts of rows of the same part are added', () => {
  const blocks = new RateBlocksBuilder();
  const row = { n: 10, placed: 8, errors: 3, coldStarts: 2, userFelt: 1 };
  blocks.add(0, row);
  blocks.add(23, row);
  blocks.add(23, row);
  const others = new Array<number>(BLOCKS - 2).fill(0);
  expect(blocks.lists()).toEqual({
    n: [10, ...others, 20],
    placed: [8, ...others, 16],
    errors: [3, ...others, 6],
    coldStarts: [2, ...others, 4],
    userFelt: [1, ...others, 2],
  });
});
