/** Counts of rollup rows by parts of a range. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { noCounts } from './aggregation.ts';
import { READ_COLUMNS } from './bucket.ts';
import { blocksOf, listsWithHits, RateBlocksBuilder, rateCountsFrom } from './rate-blocks.ts';

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

const MIDNIGHT = Date.UTC(2026, 10, 20);
const span = (hours: number, widthMs: number) => ({ fromMs: MIDNIGHT, toMs: MIDNIGHT + hours * HOUR_MS, widthMs });

test.each([
  [2, HOUR_MS / 12, HOUR_MS / 12, 24],
  [3, HOUR_MS / 12, HOUR_MS / 4, 12],
  [25, HOUR_MS, HOUR_MS, 25],
  [93, HOUR_MS, 3 * HOUR_MS, 31],
  [168, HOUR_MS, 24 * HOUR_MS, 7],
  // Three days each, counted from 1970.
  [90 * 24, 24 * HOUR_MS, 72 * HOUR_MS, 31],
])('a range of %i hours in rows of %i ms: blocks of %i ms, %i of them', (hours, rowMs, widthMs, n) => {
  expect(blocksOf(span(hours, rowMs))).toMatchObject({ widthMs, n });
});

test('blocks start at multiples of their width, and are never narrower than the rows', () => {
  const range = { fromMs: MIDNIGHT + 22 * HOUR_MS, toMs: MIDNIGHT + 190 * HOUR_MS, widthMs: HOUR_MS };
  expect(blocksOf(range)).toEqual({ fromMs: MIDNIGHT, widthMs: 24 * HOUR_MS, n: 8 });
  expect(blocksOf(span(25, HOUR_MS), 24 * HOUR_MS)).toEqual({ fromMs: MIDNIGHT, widthMs: 24 * HOUR_MS, n: 2 });
});

test('counts of rows of the same block are added', () => {
  const blocks = new RateBlocksBuilder({ fromMs: MIDNIGHT, widthMs: HOUR_MS, n: 3 });
  const row = { n: 10, placed: 8, errors: 3, coldStarts: 2, userFelt: 1 };
  blocks.addAt(MIDNIGHT, row);
  blocks.addAt(MIDNIGHT + 2 * HOUR_MS, row);
  blocks.addAt(MIDNIGHT + 3 * HOUR_MS - 1, row);
  expect(blocks.lists()).toEqual({
    n: [10, 0, 20],
    placed: [8, 0, 16],
    errors: [3, 0, 6],
    coldStarts: [2, 0, 4],
    userFelt: [1, 0, 2],
  });
});

test('more rows than blocks are added like the first ones', () => {
  const blocks = new RateBlocksBuilder({ fromMs: MIDNIGHT, widthMs: HOUR_MS, n: 2 });
  for (const block of [0, 1, 1, 0, 1]) blocks.add(block, { n: 10, placed: 8, errors: 3, coldStarts: 2, userFelt: 1 });
  const lists = { n: [20, 30], placed: [16, 24], errors: [6, 9], coldStarts: [4, 6], userFelt: [2, 3] };
  expect(blocks.lists()).toEqual(lists);
  expect(blocks.lists()).toEqual(lists);
});

test('functions without failures and without callers that waited have no lists', () => {
  const blocks = new RateBlocksBuilder({ fromMs: MIDNIGHT, widthMs: HOUR_MS, n: 1 });
  blocks.add(0, { n: 5, placed: 5, errors: 0, coldStarts: 1, userFelt: 0 });
  const counts = { ...noCounts(), n: 5, cold_provisioned: 1 };
  expect(listsWithHits(blocks, counts)).toBeNull();
  expect(listsWithHits(blocks, { ...counts, exits: 1 })?.n).toEqual([5]);
  expect(listsWithHits(blocks, { ...counts, user_felt: 1 })?.n).toEqual([5]);
});
