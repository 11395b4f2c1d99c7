/** A page holds the newest matching lines, whatever the order in which they are offered: worked out by hand. */
import { expect, test } from 'vitest';
import type { KeptLine } from '../../lines/kept-line.ts';
import { LineSearch, MOST_READ_BYTES, originOf } from './result.ts';
import type { LogQuery } from './types.ts';

const FROM = { function: { name: 'checkout', account: '1', region: 'eu-west-1' }, logGroup: '/aws/lambda/checkout' };
const STREAM = originOf({ ...FROM, logStream: 's' });
const search = (change: Partial<LogQuery> = {}): LineSearch =>
  new LineSearch({ text: '', fromMs: 0, toMs: 1000, limit: 2, ...change });
const kept = (timestampMs: number, sequence: number): Omit<KeptLine, 'message'> => ({
  ...{ environmentId: 1, timestampMs, sequence, rank: 0, occurrence: 0 },
});
const offer = (of: LineSearch, ms: number, message = `at ${ms}`, sequence = ms, origin = STREAM): void =>
  of.offer(message, origin, () => kept(ms, sequence));
const shown = (of: LineSearch): readonly number[] => of.page([]).lines.map(({ timestampMs }) => timestampMs);

test('the newest lines in order, each once, with a cursor where there are more', () => {
  const one = search();
  for (const ms of [5, 9, 5, 7, 9]) offer(one, ms);
  const page = one.page([{ reason: 'age', untilMs: 3, lines: 4 }]);
  expect(page.lines.map(({ timestampMs }) => timestampMs)).toEqual([9, 7]);
  expect(page).toMatchObject({ rows: 2, endedAtMs: null, damaged: 0, rebuilding: 0, readBytes: 0 });
  expect(page.gone).toEqual([{ reason: 'age', untilMs: 3, lines: 4 }]);
  const next = search({ cursor: page.nextCursor ?? '' });
  for (const ms of [5, 9, 5, 7, 9]) offer(next, ms);
  expect([shown(next), next.page([]).nextCursor]).toEqual([[5], null]);
  // Exactly a page is the last one.
  const full = search();
  for (const ms of [5, 9]) offer(full, ms);
  expect(full.page([]).nextCursor).toBeNull();
});

test('a range ends before its end, and a cursor before its line; fractions of milliseconds are none', () => {
  expect(search({ toMs: 10 }).upToMs).toBe(9);
  expect(search({ toMs: 10.5 }).upToMs).toBe(10);
  const one = search({ fromMs: 5, toMs: 10 });
  expect([4, 5, 9, 10].map((ms) => one.wants(ms))).toEqual([false, true, true, false]);
  const first = search({ limit: 1 });
  for (const ms of [3, 8]) offer(first, ms);
  expect(search({ cursor: first.page([]).nextCursor ?? '' }).upToMs).toBe(8);
});

test('a page ends before its characters exceed the most, after one line at least, in any order of offers', () => {
  // Newest first: 9 has 6 characters, 8 has 3, 7 has 4, 6 has 20, 5 has 1.
  const lines = new Map([
    [9, 'abcdef'],
    [8, 'abc'],
    [7, 'abcd'],
    [6, 'a'.repeat(20)],
    [5, 'a'],
  ]);
  const pagesOf = (order: readonly number[]): readonly (readonly number[])[] => {
    const pages: (readonly number[])[] = [];
    let cursor: string | undefined;
    do {
      const one = search({ limit: 3, mostChars: 9, cursor });
      for (const ms of order) if (one.wants(ms)) offer(one, ms, lines.get(ms));
      pages.push(shown(one));
      cursor = one.page([]).nextCursor ?? undefined;
    } while (cursor !== undefined);
    return pages;
  };
  const wanted = [[9, 8], [7], [6], [5]];
  expect(pagesOf([9, 8, 7, 6, 5])).toEqual(wanted);
  expect(pagesOf([5, 6, 7, 8, 9])).toEqual(wanted);
  expect(pagesOf([6, 9, 6, 5, 8, 9, 7])).toEqual(wanted);
});

test('what cannot be on a page that is full by its characters is not wanted any more', () => {
  const one = search({ limit: 50, mostChars: 10 });
  for (let ms = 1; ms <= 40; ms += 1) offer(one, ms, 'four');
  expect([shown(one), one.wants(38), one.wants(37)]).toEqual([[40, 39], true, false]);
});

test('lines of one time are ordered by stream, then by event, on every page the same', () => {
  const other = originOf({ ...FROM, logStream: 't' });
  const lines = [STREAM, other].flatMap((origin, stream) =>
    [3, 1, 2].map((sequence) => ({ origin, sequence, environmentId: stream })),
  );
  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const page = search({ limit: 1, cursor });
    for (const { origin, sequence, environmentId } of lines)
      page.offer(`${environmentId}-${sequence}`, origin, () => ({ ...kept(7, sequence), environmentId }));
    const { lines: found, nextCursor } = page.page([]);
    pages.push(...found.map(({ message }) => message));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  const [later, earlier] = STREAM.order > other.order ? [0, 1] : [1, 0];
  expect(pages).toEqual([...[3, 2, 1].map((n) => `${later}-${n}`), ...[3, 2, 1].map((n) => `${earlier}-${n}`)]);
});

test('once the page is full, older lines and parts are not wanted, and lines of its last time are', () => {
  const one = search({ limit: 2 });
  for (const ms of [9, 8, 7]) offer(one, ms);
  // Two, and one more that tells of others.
  expect([one.endsBefore(7), one.endsBefore(6)]).toEqual([false, true]);
  expect([6, 7, 8].map((ms) => one.wants(ms))).toEqual([false, true, true]);
  const few = search({ limit: 2 });
  for (const ms of [9, 8]) offer(few, ms);
  expect([few.endsBefore(0), few.wants(0)]).toEqual([false, true]);
});

test('a search that read 512 MB ends before the next older part, says so, and goes on there', () => {
  expect(MOST_READ_BYTES).toBe(536_870_912);
  const one = search({ limit: 5, toMs: 100 });
  offer(one, 60);
  one.reads(MOST_READ_BYTES - 1);
  expect(one.endsBefore(50)).toBe(false);
  one.reads(1);
  // The newest part is read in any case: each page comes to an end.
  expect(one.endsBefore(99)).toBe(false);
  expect(one.endsBefore(50)).toBe(true);
  offer(one, 50);
  offer(one, 40);
  const page = one.page([]);
  expect([page.lines.map(({ timestampMs }) => timestampMs), page.endedAtMs, page.readBytes]).toEqual([
    [60],
    50,
    MOST_READ_BYTES,
  ]);
  const next = search({ limit: 5, toMs: 100, cursor: page.nextCursor ?? '' });
  expect(next.upToMs).toBe(50);
  for (const ms of [60, 50, 40]) offer(next, ms);
  expect(shown(next)).toEqual([50, 40]);
});

test('a full page of a search that ended early goes on after its last line', () => {
  const one = search({ limit: 1, toMs: 100 });
  offer(one, 60);
  one.reads(MOST_READ_BYTES);
  expect(one.endsBefore(52)).toBe(true);
  // Of a part that was being read.
  offer(one, 55);
  const page = one.page([]);
  expect([page.lines.length, page.endedAtMs]).toEqual([1, null]);
  const next = search({ limit: 1, toMs: 100, cursor: page.nextCursor ?? '' });
  for (const ms of [60, 55]) offer(next, ms);
  expect(shown(next)).toEqual([55]);
});

test('thousands of lines of one page keep only its own', () => {
  const one = search({ limit: 3 });
  for (let ms = 0; ms < 500; ms += 1) offer(one, (ms * 7) % 500);
  expect(shown(one)).toEqual([499, 498, 497]);
});

test('what a line is said to be: its level, ids and place; and only if it matches', () => {
  const request = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';
  const one = search({ text: 'level:error request:*', limit: 5 });
  offer(one, 1, `2026-11-20T10:00:00.001Z\t${request}\tERROR\tfailed\n`);
  offer(one, 2, `2026-11-20T10:00:00.001Z\t${request}\tINFO\tfine\n`);
  offer(one, 3, `START RequestId: ${request} Version: 1\n`);
  expect(one.page([]).lines).toEqual([
    {
      ...{
        timestampMs: 1,
        message: `2026-11-20T10:00:00.001Z\t${request}\tERROR\tfailed\n`,
        level: 'error',
        isPlatform: false,
      },
      ...{ ...FROM, logStream: 's', requestId: request, traceId: null },
    },
  ]);
  // What the store knows already is not read again.
  const known = search({ text: 'level:warn', limit: 5 });
  known.offer('{"level":"ERROR"}', STREAM, () => kept(1, 1), { level: 'warn', isPlatform: false });
  expect(known.page([]).lines[0]?.level).toBe('warn');
  const platform = search({ text: 'source:platform', limit: 5 });
  platform.offer('x', STREAM, () => kept(1, 1), { level: null, isPlatform: true });
  expect(platform.page([]).lines[0]?.isPlatform).toBe(true);
});

test('without event ids, equal texts of one time stay apart, and repeated ones are one', () => {
  const one = search({ limit: 9 });
  const without = (message: string, occurrence: number, rank: number): void =>
    one.offer(message, STREAM, () => ({ ...kept(5, -1), occurrence, rank }));
  for (const [message, occurrence, rank] of [
    ['a', 0, 0],
    ['a', 1, 1],
    ['b', 0, 2],
    ['a', 0, 9],
  ] as const)
    without(message, occurrence, rank);
  expect(
    one
      .page([])
      .lines.map(({ message }) => message)
      .toSorted(),
  ).toEqual(['a', 'a', 'b']);
});

test.each([
  'x',
  '',
  Buffer.from('[1]').toString('base64url'),
  Buffer.from('[1.5,"a"]').toString('base64url'),
  Buffer.from(JSON.stringify([1, 'a'.repeat(81)])).toString('base64url'),
  Buffer.from('{').toString('base64url'),
])('the cursor %j is refused', (cursor) => {
  expect(() => search({ cursor })).toThrow(
    'cursor: not a cursor of this version of the server; start again with the first page',
  );
});

test('the order of streams depends on all that names them', () => {
  const names = { ...FROM, logStream: 's' };
  const orders = [
    names,
    { ...names, logStream: 't' },
    { ...names, logGroup: '/x' },
    { ...names, function: { ...FROM.function, account: '2' } },
    { ...names, function: { ...FROM.function, region: 'us-east-1' } },
  ].map((one) => originOf(one).order);
  expect(new Set(orders).size).toBe(5);
  for (const order of orders) expect(order).toMatch(/^[0-9a-f]{12}$/);
  expect(originOf(names)).toEqual({ ...names, order: orders[0] });
});
