/** Times in the query of a URL. Expected times were worked out by hand. */
import { expect, test } from 'vitest';
import * as z from 'zod';
import { MAX_LISTED_FUNCTIONS } from '../../../ingest/records/function-facts.ts';
import { parseTime } from '../../../ingest/records/time.ts';
import { nameOf, rangeQuery } from './common.ts';
import { inventoryRoutes } from './inventory.ts';

const query = z.object(rangeQuery);
const NOON = Date.UTC(2026, 10, 21, 12);

test.each([
  ['from=2026-11-21T12:00:00Z', NOON],
  ['from=2026-11-21t12:00:00.000000z', NOON],
  ['from=2026-11-21T13:00:00%2B01:00', NOON],
  // Without escaping, the + of the zone is a blank.
  ['from=2026-11-21T13:00:00+01:00', NOON],
  ['from=2026-11-21T13:00:00+0100', NOON],
  ['from=2026-11-21T07:00-05:00', NOON],
  ['from=2026-11-21+12:00:00', NOON],
  ['from=now+1h', NOON + 3600 * 1000],
  ['from=now-1h', NOON - 3600 * 1000],
  ['from=1795262400000', NOON],
  ['', NOON - 24 * 3600 * 1000],
])('%s is a time', (text, ms) => {
  expect(parseTime(query.parse(Object.fromEntries(new URLSearchParams(text))).from, NOON)).toBe(ms);
});

test.each([
  '2026-02-30',
  '2026-11-21T25:00Z',
  'yesterday',
  '2026-11-21T12:00:00 UTC',
  '21 Nov 2026',
  '',
  'now 1',
  '1e3',
])('%j is no time, and the answer says what is', (from) => {
  expect(query.safeParse({ from }).error?.issues).toMatchObject([
    { path: ['from'], message: 'expected epoch milliseconds, ISO 8601, or now-24h (s, m, h, d, w)' },
  ]);
});

test('the list of functions has the same limit where small and where large bodies are read', () => {
  const list = (entries: number) => ({ Functions: Array.from({ length: entries }, () => ({})) });
  const { body } = inventoryRoutes.updateInventory;
  expect(body.safeParse(list(MAX_LISTED_FUNCTIONS)).success).toBe(true);
  expect(body.safeParse(list(MAX_LISTED_FUNCTIONS + 1)).success).toBe(false);
});

test.each([
  ['Slow starts of checkout', true],
  ['Grüße, 東京, שלום', true],
  ['ab', true],
  ['abc', false],
  ['', false],
  ['   ', false],
  ['a\u001b[2Jb', false],
  ['a\nb', false],
  ['a\tb', false],
  ['a\u0000b', false],
  ['a\u0085b', false],
  ['pay\u202etxt', false],
  ['a\u200bb', false],
  ['a\u{e0041}b', false],
])('%j can be a name: %s', (text, can) => {
  expect(nameOf(text === 'abc' ? 2 : 30).safeParse(text).success).toBe(can);
});

test('the error of a name that cannot be seen says what was expected; blanks around a name are not part of it', () => {
  expect(nameOf(5).safeParse('a\u001bb').error?.issues[0]?.message).toBe(
    'expected no control, direction or invisible characters',
  );
  expect(nameOf(5).parse(' a b\n')).toBe('a b');
});
