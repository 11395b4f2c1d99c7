/** Counts of a SQLite store, by hand: from the numbers of blocks, from their heads, from their text, and from what waits. */
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LogEvent } from '../../../../ingest/records/log-event.ts';
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { LineStoreOfTest } from '../../../../test/support/line-store.ts';
import { openLineStore } from '../../../../test/support/line-store.ts';
import { memoryFolder, removeFolder } from '../../../../test/support/product.ts';
import { logHistogram } from './sqlite.ts';
import type { LogHistogramQuery } from './types.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const STREAM = '2026/11/20/[1]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const REQUEST = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';
const root = memoryFolder();
afterAll(() => removeFolder(root));

/** Of function 1, in four seconds: an error, a warning, a fatal line beside a plain one, and one of the platform. */
const LINES: readonly (readonly [number, string])[] = [
  [0, '{"level":"ERROR","order":42}'],
  [1000, `2026-11-20T10:00:01.000Z\t${REQUEST}\tWARN\tslow card\n`],
  [2000, '{"level":"FATAL"}'],
  [2000, 'a plain card'],
  [3000, `START RequestId: ${REQUEST} Version: 1\n`],
];
const events = (lines: typeof LINES): LogEvent[] =>
  lines.map(([ms, message], n) => ({
    id: String((BigInt(AT + ms) << 144n) + BigInt(n)),
    timestampMs: AT + ms,
    message,
  }));
const BYTES = LINES.reduce((sum, [, message]) => sum + message.length, 0);

let store: LineStoreOfTest;
const deliver = (): void => {
  store.deliver(STREAM, events(LINES), AT, 'checkout');
  store.deliver(STREAM, events([[500, 'another plain one']]), AT, 'payment');
};
beforeEach(() => {
  store = openLineStore(root);
  deliver();
});
afterEach(() => store.close());

/** Errors, warnings and others of each bin. */
async function bins(text: string, change: Partial<LogHistogramQuery> = {}) {
  const found = await logHistogram(store.databases, { fromMs: AT, toMs: AT + 4000, text, bins: 4, ...change });
  return found.bins.map((bin) => (bin === null ? null : [bin.errors, bin.warnings, bin.others]));
}
const NONE = [0, 0, 0];

describe.each(['as received', 'packed', 'packed and received again'])('lines %s', (state) => {
  beforeEach(async () => {
    if (state !== 'as received') await store.packAll(AT + 2 * MINUTE_MS);
    if (state === 'packed and received again') deliver();
  });

  test.each<[string, readonly (readonly number[])[]]>([
    [
      '',
      [
        [1, 0, 1],
        [0, 1, 0],
        [1, 0, 1],
        [0, 0, 1],
      ],
    ],
    [
      'function:checkout',
      [
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 1],
        [0, 0, 1],
      ],
    ],
    ['function:pay*', [[0, 0, 1], NONE, NONE, NONE]],
    ['level:error', [[1, 0, 0], NONE, NONE, NONE]],
    ['level:>=warn', [[1, 0, 0], [0, 1, 0], [1, 0, 0], NONE]],
    ['-level:*', [[0, 0, 1], NONE, [0, 0, 1], [0, 0, 1]]],
    ['level:error OR function:payment', [[1, 0, 1], NONE, NONE, NONE]],
    ['source:platform', [NONE, NONE, NONE, [0, 0, 1]]],
    ['-source:platform -level:*', [[0, 0, 1], NONE, [0, 0, 1], NONE]],
    ['card', [NONE, [0, 1, 0], [0, 0, 1], NONE]],
    [`request:${REQUEST}`, [NONE, [0, 1, 0], NONE, [0, 0, 1]]],
    ['order:>=42', [[1, 0, 0], NONE, NONE, NONE]],
    ['nothing', [NONE, NONE, NONE, NONE]],
  ])('%j', async (text, expected) => {
    expect(await bins(text)).toEqual(expected);
    // One bin is the sum of all.
    expect(await bins(text, { bins: 1, fromMs: AT - 20_000, toMs: AT + 20_000 })).toEqual([
      expected.reduce((sum, one) => sum.map((n, at) => n + (one[at] ?? 0)), NONE),
    ]);
  });

  test('of one function, of several, and of a part of the range', async () => {
    expect(await bins('', { functionId: 2 })).toEqual([[0, 0, 1], NONE, NONE, NONE]);
    expect(await bins('', { selected: [2] })).toEqual([[0, 0, 1], NONE, NONE, NONE]);
    expect(await bins('', { selected: [] })).toEqual([NONE, NONE, NONE, NONE]);
    expect(await bins('', { fromMs: AT + 1000, toMs: AT + 2000, bins: 1 })).toEqual([[0, 1, 0]]);
    expect(await bins('', { fromMs: AT + 1001, toMs: AT + 3001, bins: 3 })).toEqual([NONE, [1, 0, 1], [0, 0, 1]]);
  });
});

test('how many lines and bytes the range holds', async () => {
  const stored = async (change: Partial<LogHistogramQuery> = {}) =>
    (await logHistogram(store.databases, { fromMs: AT, toMs: AT + 4000, text: 'none', bins: 4, ...change })).stored;
  const all = { lines: 6, bytes: BYTES + 17 };
  expect([await stored(), await stored({ functionId: 1 })]).toEqual([all, { lines: 5, bytes: BYTES }]);
  expect(await stored({ fromMs: AT + 2500 })).toEqual({ lines: 1, bytes: LINES[4]?.[1].length });
  await store.packAll(AT + 2 * MINUTE_MS);
  expect([await stored(), await stored({ functionId: 1 })]).toEqual([all, { lines: 5, bytes: BYTES }]);
  expect(await stored({ fromMs: AT + 5000, toMs: AT + 9000 })).toEqual({ lines: 0, bytes: 0 });
});

test('levels and sources are counted without heads and text, streams from the heads alone, and words from the text', async () => {
  await store.packAll(AT + 2 * MINUTE_MS);
  const read = async (text: string) =>
    (await logHistogram(store.databases, { fromMs: AT, toMs: AT + 20_000, text, bins: 1, functionId: 1 })).readBytes;
  const ofFilter = await read('level:error');
  expect(await read('source:platform')).toBe(ofFilter);
  // Four bytes a line.
  expect((await read('stream:other')) - ofFilter).toBe(20);
  // The text, with the end of each line.
  expect((await read('card')) - ofFilter).toBe(BYTES + 5);
});

test('what cannot be read is not counted, and the rest is', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  await store.packAll(AT + 2 * MINUTE_MS);
  store.db.exec("UPDATE line_block SET body = x'00' WHERE function_id = 1");
  expect(await bins('plain')).toEqual([[0, 0, 1], NONE, NONE, NONE]);
  store.deliver(STREAM, events([[3500, 'plain too']]), AT, 'late');
  store.db.exec("UPDATE raw_chunk SET gzip = x'00'");
  expect(await bins('plain')).toEqual([[0, 0, 1], NONE, NONE, NONE]);
});
