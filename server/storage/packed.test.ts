import { expect, test } from 'vitest';
import { pageFactsOf } from './packed.ts';

test('only a page that is not the last has a cursor, and only a page that says so has a number of rows', () => {
  expect(pageFactsOf({ items: [], nextCursor: 'here' })).toEqual({ nextCursor: 'here', rows: null });
  expect(pageFactsOf({ columns: {}, rows: 3, nextCursor: null })).toEqual({ nextCursor: null, rows: 3 });
  for (const answer of [{ range: {} }, { nextCursor: 7, rows: '3' }, null, 7, undefined])
    expect(pageFactsOf(answer)).toEqual({ nextCursor: null, rows: null });
});
