import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { asyncLaw } from '../../../../test/support/law.ts';
import type { LineStoreOfTest } from '../../../../test/support/line-store.ts';
import { openLineStore } from '../../../../test/support/line-store.ts';
import { memoryFolder, removeFolder } from '../../../../test/support/product.ts';
import type { LineScope } from '../../ports/lines.ts';
import { LineBlocks } from '../write/line-blocks.ts';
import { cutLines } from './delete-lines.ts';
import { lineDeletionOver } from './line-deletion.ts';

const root = memoryFolder();
afterAll(() => removeFolder(root));

const AT = Date.UTC(2026, 10, 20, 10);
const [ONE, TWO] = ['3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c', '4d4d1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c'];

const event = (atMs: number, n: number, message: string) => ({
  id: String((BigInt(atMs) << 144n) + BigInt(n)),
  timestampMs: atMs,
  message,
});

function attempt(request: string, atMs: number, texts: readonly string[]) {
  return [
    event(atMs, 0, `START RequestId: ${request} Version: $LATEST\n`),
    ...texts.map((text, at) => event(atMs + 1, at, text)),
    event(
      atMs + 50,
      0,
      `REPORT RequestId: ${request}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    ),
  ];
}

function deletionOf(store: LineStoreOfTest) {
  const blocks = new LineBlocks(store.db);
  return lineDeletionOver(
    { cutLines: (query) => cutLines(store.databases, query) },
    { cut: async (cut) => store.db.transaction(() => blocks.cut(cut))(), emptyLog: async () => true },
  );
}

const texts = (store: LineStoreOfTest): readonly string[] => {
  const { packed, waiting } = store.lines();
  return [...packed, ...waiting].map(({ message }) => message).toSorted();
};

const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';

test.each([true, false])(
  'lines of a request are those that name it, and those of its attempt (packed: %s)',
  async (isPacked) => {
    const store = openLineStore(root);
    store.deliver(
      STREAM,
      attempt(ONE, AT, ['of one, without an id', `2026-11-20T10:00:00.001Z\t${TWO}\tINFO\tof two in between`]),
      AT,
    );
    store.deliver(STREAM, attempt(TWO, AT + 100, ['of two']), AT);
    store.deliver(
      'other',
      [event(AT, 1, `called by ${ONE.toUpperCase()}`), event(AT, 2, 'of another stream')],
      AT,
      'g',
    );
    // The index of request ids is behind the rows.
    if (isPacked) await store.packAll(AT + 2 * MINUTE_MS);
    const deletion = deletionOf(store);
    const scope = { requestId: ONE };
    const found = await deletion.preview(scope);
    expect(found).toMatchObject({ lines: 4, firstMs: AT, lastMs: AT + 50, damaged: 0 });
    expect(await deletion.run(scope)).toEqual(found);
    const left = texts(store);
    expect(left.some((text) => text.toLowerCase().includes(ONE))).toBe(false);
    expect(left).toContain('of another stream');
    expect(left).toContain('of two');
    expect(left).toContain(`2026-11-20T10:00:00.001Z\t${TWO}\tINFO\tof two in between`);
    expect(left).not.toContain('of one, without an id');
    expect(await deletion.preview(scope)).toMatchObject({ lines: 0, firstMs: null });
    store.close();
  },
);

test('what is deleted is what is counted, whatever was packed, and nothing else', async () => {
  const scope: fc.Arbitrary<LineScope> = fc.record(
    {
      functionId: fc.constantFrom(1, 2),
      fromMs: fc.integer({ min: 0, max: 40 }).map((n) => AT + n),
      toMs: fc.integer({ min: 0, max: 40 }).map((n) => AT + n),
    },
    { requiredKeys: [] },
  );
  const delivery = fc.record({ name: fc.constantFrom('f', 'g'), at: fc.nat(40), n: fc.integer({ min: 1, max: 5 }) });
  await asyncLaw(
    fc.asyncProperty(
      fc.array(delivery, { minLength: 1, maxLength: 8 }),
      fc.nat(8),
      scope,
      async (deliveries, packedAt, wanted) => {
        const store = openLineStore(root);
        for (const [at, { name, at: offset, n }] of deliveries.entries()) {
          const events = Array.from({ length: n }, (_, k) =>
            event(AT + offset + k, at * 100 + k, `${name} ${offset + k} ${at}-${k}`),
          );
          store.deliver(STREAM, events, AT, name);
          if (at === packedAt) await store.packAll(AT + 2 * MINUTE_MS);
        }
        const before = texts(store);
        const functions = new Map(
          (store.db.prepare('SELECT id, name FROM function').all() as { id: number; name: string }[]).map(
            ({ id, name }) => [name, id],
          ),
        );
        const isWanted = (text: string): boolean => {
          const [name = '', offset] = text.split(' ');
          const ms = AT + Number(offset);
          return (
            (wanted.functionId === undefined || functions.get(name) === wanted.functionId) &&
            ms >= (wanted.fromMs ?? ms) &&
            ms < (wanted.toMs ?? ms + 1)
          );
        };
        const deletion = deletionOf(store);
        const { lines } = await deletion.preview(wanted);
        expect(lines).toBe(before.filter(isWanted).length);
        expect(texts(store)).toEqual(before);
        expect((await deletion.run(wanted)).lines).toBe(lines);
        expect(texts(store)).toEqual(before.filter((text) => !isWanted(text)));
        // What is left is packed as it was.
        await store.packAll(AT + 4 * MINUTE_MS);
        expect(texts(store)).toEqual(before.filter((text) => !isWanted(text)));
        store.close();
      },
    ),
    { numRuns: 15 },
  );
});

test('lines that are packed while they are deleted do not come back', async () => {
  const store = openLineStore(root);
  store.deliver(STREAM, [event(AT, 1, 'a'), event(AT + 5, 2, 'b')], AT);
  const packed = await store.pack(AT + 2 * MINUTE_MS, { commit: false });
  expect((await deletionOf(store).run({ toMs: AT + 1 })).lines).toBe(1);
  expect(store.replace(packed)).toBe(0);
  expect(texts(store)).toEqual(['b']);
  // And the other way round: the blocks are read after the chunks.
  store.deliver(STREAM, [event(AT, 3, 'c'), event(AT + 6, 4, 'd')], AT);
  const blocks = new LineBlocks(store.db);
  let isPacked = false;
  const deletion = lineDeletionOver(
    { cutLines: (query) => cutLines(store.databases, query) },
    {
      cut: async (cut) => {
        if (!isPacked) await store.packAll(AT + 4 * MINUTE_MS);
        isPacked = true;
        return store.db.transaction(() => blocks.cut(cut))();
      },
      emptyLog: async () => true,
    },
  );
  expect((await deletion.run({ toMs: AT + 1 })).lines).toBe(1);
  expect(texts(store)).toEqual(['b', 'd']);
  store.close();
});

test('a part that cannot be read stays and is counted, unless all of it is in the scope', async () => {
  const store = openLineStore(root);
  store.deliver(STREAM, [event(AT, 1, 'a'), event(AT + 5, 2, 'b')], AT);
  await store.packAll(AT + 2 * MINUTE_MS);
  store.db.prepare("UPDATE line_block SET body = x'00'").run();
  store.deliver(STREAM, [event(AT + DAY_MS, 3, 'c')], AT);
  store.db.prepare("UPDATE raw_chunk SET gzip = x'00'").run();
  const deletion = deletionOf(store);
  expect(await deletion.run({ toMs: AT + 1 })).toMatchObject({ lines: 0, damaged: 1 });
  // A chunk of one line, at AT + DAY_MS.
  for (const scope of [{ toMs: AT + DAY_MS }, { fromMs: AT + DAY_MS + 1 }])
    expect(await deletion.preview(scope)).toMatchObject({ damaged: 0 });
  const request = { requestId: ONE, fromMs: AT + DAY_MS };
  expect(await deletion.run(request)).toMatchObject({ lines: 0, damaged: 1 });
  const whole = { lines: 1, rawBytes: 0, firstMs: AT + DAY_MS, lastMs: AT + DAY_MS, damaged: 0 };
  expect(await deletion.preview({ fromMs: AT + DAY_MS })).toEqual(whole);
  expect(store.count('raw_chunk')).toBe(1);
  expect(await deletion.run({ fromMs: AT + DAY_MS, toMs: AT + DAY_MS + 1 })).toEqual(whole);
  expect([store.count('raw_chunk'), store.count('line_block')]).toEqual([0, 1]);
  expect(await deletion.run({ functionId: 1, toMs: AT + 6 })).toMatchObject({ lines: 2, damaged: 0 });
  expect(store.count('line_block')).toBe(0);
  store.close();
});

test('a request is found in the blocks that name it, and in those of its attempt, and no others are read', async () => {
  const store = openLineStore(root);
  store.deliver(STREAM, attempt(ONE, AT, ['no id here']), AT);
  store.deliver(STREAM, attempt(TWO, AT + DAY_MS, ['nor here']), AT);
  store.deliver('other', [event(AT + 2 * DAY_MS, 1, `asked by ${ONE}`)], AT, 'g');
  await store.packAll(AT + 2 * MINUTE_MS);
  // Text that would be an error if it was read: of the second block, which the filter excludes.
  store.db.prepare("UPDATE line_block SET body = x'00' WHERE first_ms = ?").run(AT + DAY_MS);
  const deletion = deletionOf(store);
  expect(await deletion.run({ requestId: ONE })).toMatchObject({
    lines: 4,
    firstMs: AT,
    lastMs: AT + 2 * DAY_MS,
    damaged: 0,
  });
  expect(store.count('line_block')).toBe(1);
  store.close();
});

test('the bytes of what is deleted are those of UTF-8; a request and its time are both asked for', async () => {
  const store = openLineStore(root);
  store.deliver(STREAM, [event(AT, 1, `${ONE} é€`), event(AT + 10, 2, `${ONE} x`), event(AT + 10, 3, 'x')], AT);
  const deletion = deletionOf(store);
  // 36 of the id, a blank, 2 and 3.
  const first = { lines: 1, rawBytes: 42, firstMs: AT, lastMs: AT, damaged: 0 };
  expect(await deletion.preview({ requestId: ONE, toMs: AT + 10 })).toEqual(first);
  await store.packAll(AT + 2 * MINUTE_MS);
  expect(await deletion.run({ requestId: ONE, toMs: AT + 10 })).toEqual(first);
  expect(await deletion.run({ requestId: ONE, fromMs: AT + 10, functionId: 2 })).toMatchObject({ lines: 0 });
  expect(await deletion.run({ requestId: ONE, fromMs: AT + 10, functionId: 1 })).toMatchObject({
    lines: 1,
    rawBytes: 38,
  });
  expect(texts(store)).toEqual(['x']);
  store.close();
});

test('what is left of a block has its receipt, so that it is not kept for longer', async () => {
  const store = openLineStore(root);
  store.deliver(STREAM, [event(AT, 1, 'a'), event(AT + 5, 2, 'b')], AT);
  await store.packAll(AT + 2 * MINUTE_MS);
  const received = () => store.db.prepare('SELECT received_ms FROM line_block').pluck().all();
  expect(received()).toEqual([AT]);
  await deletionOf(store).run({ toMs: AT + 1 });
  expect([received(), texts(store)]).toEqual([[AT], ['b']]);
  store.close();
});

test('many chunks are read in steps, and each step is written', async () => {
  const store = openLineStore(root);
  store.db.transaction(() => {
    store.deliver(STREAM, [event(AT, 0, 'first')], AT);
    const copy = store.db.prepare(
      `INSERT INTO raw_chunk (environment_id, received_ms, first_ms, last_ms, events, digest, gzip)
       SELECT environment_id, received_ms, first_ms, last_ms, events, ?, gzip FROM raw_chunk WHERE id = 1`,
    );
    for (let n = 1; n <= 5000; n += 1) copy.run(Buffer.from(`digest ${n}`));
  })();
  const cuts: number[] = [];
  const blocks = new LineBlocks(store.db);
  const cursors: (string | null)[] = [];
  const deletion = lineDeletionOver(
    {
      cutLines: (query) => {
        cursors.push(query.cursor);
        return cutLines(store.databases, query);
      },
    },
    {
      cut: async (cut) => {
        cuts.push(cut.chunks.length);
        return store.db.transaction(() => blocks.cut(cut))();
      },
      emptyLog: async () => true,
    },
  );
  expect(await deletion.run({ functionId: 1 })).toMatchObject({ lines: 5001, rawBytes: 25_005 });
  expect(cuts).toEqual([5000, 1]);
  expect([cursors.length, cursors[0], store.count('raw_chunk')]).toEqual([3, null, 0]);
  store.close();
});

test('the log is emptied after the last part, again while a reader needs it, and not by a preview', async () => {
  let [tries, cuts] = [0, 0];
  const part = { rawBytes: 5, firstMs: 3, lastMs: 4, damaged: 1, chunks: [], blocks: [] };
  const parts = [
    { ...part, lines: 2, nextCursor: 'next' },
    { ...part, lines: 0, firstMs: null, lastMs: null, nextCursor: 'last' },
    { ...part, lines: 1, firstMs: 1, lastMs: 9, nextCursor: null },
  ];
  const asked: unknown[] = [];
  const deletion = lineDeletionOver(
    {
      cutLines: async (query) => {
        asked.push(query);
        return parts[(asked.length - 1) % 3] as Awaited<ReturnType<typeof cutLines>>;
      },
    },
    {
      cut: async () => {
        cuts += 1;
        return 1;
      },
      emptyLog: async () => {
        tries += 1;
        return tries === 3;
      },
    },
  );
  const scope = { functionId: 7 };
  const found = { lines: 3, rawBytes: 15, firstMs: 1, lastMs: 9, damaged: 3 };
  expect(await deletion.preview(scope)).toEqual(found);
  expect([tries, cuts]).toEqual([0, 0]);
  expect(asked).toEqual([null, 'next', 'last'].map((cursor) => ({ scope, cursor, isPreview: true })));
  // Nothing was found to be cut.
  expect(await deletion.run(scope)).toEqual({ ...found, lines: 0 });
  expect([tries, cuts]).toEqual([3, 0]);
  expect(asked.slice(3)).toEqual([null, 'next', 'last'].map((cursor) => ({ scope, cursor, isPreview: false })));
});
