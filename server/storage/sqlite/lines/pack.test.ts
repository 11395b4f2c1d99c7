/** Packing: no line is lost and none is there twice, in any order of deliveries, repetitions, packs and interruptions. */
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { LogEvent } from '../../../../ingest/records/log-event.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { asyncLaw } from '../../../../test/support/law.ts';
import type { LineStoreOfTest } from '../../../../test/support/line-store.ts';
import { openLineStore } from '../../../../test/support/line-store.ts';
import { memoryFolder, removeFolder } from '../../../../test/support/product.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { BLOCK_BYTES } from './pack-queries.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const root = memoryFolder();
afterAll(() => removeFolder(root));

const open = (): LineStoreOfTest => openLineStore(root);

const id = (ms: number, n: number): string => String((BigInt(ms) << 144n) + BigInt(n));
const line = (ms: number, n: number, message = `line ${n}\n`): LogEvent => ({
  id: id(ms, n),
  timestampMs: ms,
  message,
});
const text = ({ timestampMs, message }: Pick<KeptLine, 'timestampMs' | 'message'>): string =>
  `${timestampMs} ${message}`;

test('chunks become one block, in order, once they are due', async () => {
  const store = open();
  store.deliver('a', [line(AT + 2, 1), line(AT + 4, 2)], AT);
  store.deliver('b', [line(AT + 1, 3), line(AT + 3, 4)], AT);
  expect((await store.pack(AT + MINUTE_MS - 1)).rows).toBe(0);
  await store.packAll(AT + MINUTE_MS);
  expect(store.lines().packed.map(({ timestampMs }) => timestampMs - AT)).toEqual([1, 2, 3, 4]);
  expect([store.count('line_block'), store.count('raw_chunk')]).toEqual([1, 0]);
  // Later lines of the day join the small block, once they are as many.
  store.deliver('a', [line(AT, 9, 'x'.repeat(28))], AT + HOUR_MS);
  await store.packAll(AT + 2 * HOUR_MS);
  expect(store.lines().packed.map(({ timestampMs }) => timestampMs - AT)).toEqual([0, 1, 2, 3, 4]);
  expect(store.count('line_block')).toBe(1);
  // One of the next day does not, nor one that was received more than a day later.
  store.deliver('a', [line(AT + DAY_MS, 10)], AT + DAY_MS);
  store.deliver('a', [line(AT + 5, 11)], AT + 3 * DAY_MS);
  await store.packAll(AT + 4 * DAY_MS);
  expect(store.count('line_block')).toBe(3);
  store.close();
});

test('small blocks of a day are packed again with as much that is new, a few times only', async () => {
  const store = open();
  const sizes = (): unknown => store.db.prepare('SELECT lines FROM line_block ORDER BY lines').pluck().all();
  const after: unknown[] = [];
  for (let n = 0; n < 8; n += 1) {
    store.deliver('a', [line(AT + n, n, 'ten chars.')], AT + n * MINUTE_MS);
    await store.packAll(AT + (n + 1) * MINUTE_MS);
    after.push(sizes());
  }
  // As in a binary counter.
  expect(after).toEqual([[1], [2], [1, 2], [4], [1, 4], [2, 4], [1, 2, 4], [8]]);
  store.close();
});

test('a delivery that is repeated after it was packed adds nothing', async () => {
  const store = open();
  const events = [line(AT, 1), line(AT, 2), line(AT + 1, 3)];
  const untold = events.map((event) => ({ ...event, id: '' }));
  for (let round = 0; round < 3; round += 1) {
    store.deliver('a', events, AT + round);
    store.deliver('b', untold, AT + round);
    // Overlaps with both ends.
    store.deliver('a', events.slice(1), AT + round);
    await store.packAll(AT + DAY_MS / 2);
    expect(store.lines().packed).toHaveLength(6);
  }
  store.close();
});

type Step =
  | {
      readonly do: 'deliver';
      readonly stream: string;
      readonly from: number;
      readonly n: number;
      readonly ids: boolean;
    }
  | { readonly do: 'pack'; readonly commit: boolean };

test('in any order of deliveries, packs and interruptions, every line is there once', async () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({
      do: fc.constant('deliver' as const),
      stream: fc.constantFrom('a', 'b', ''),
      from: fc.nat(12),
      n: fc.integer({ min: 1, max: 6 }),
      ids: fc.constantFrom(true, true, false),
    }),
    fc.record({ do: fc.constant('pack' as const), commit: fc.boolean() }),
  );
  // Several lines of one time, of two days.
  const timeOf = (n: number): number => AT + Math.floor(n / 4) + (n > 9 ? DAY_MS : 0);
  await asyncLaw(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const store = open();
      const delivered = new Set<string>();
      let nowMs = AT;
      for (const one of steps) {
        nowMs += MINUTE_MS;
        if (one.do === 'pack') {
          await store.pack(nowMs, { commit: one.commit });
          continue;
        }
        const events = Array.from({ length: one.n }, (_, at) => line(timeOf(one.from + at), one.from + at));
        store.deliver(one.stream, one.ids ? events : events.map((event) => ({ ...event, id: '' })), nowMs);
        for (const event of events) delivered.add(`${one.stream} ${one.ids} ${text(event)}`);
      }
      const before = store.lines();
      const known = new Set([...before.packed, ...before.waiting].map(text));
      expect(known).toEqual(new Set([...delivered].map((key) => key.replace(/^\S* \S+ /, ''))));
      await store.packAll(nowMs + MINUTE_MS);
      const { packed, waiting } = store.lines();
      expect(waiting).toEqual([]);
      expect(packed).toHaveLength(delivered.size);
      store.close();
    }),
    { numRuns: 30 },
  );
});

test('what was packed from data that has changed since is not stored', async () => {
  const store = open();
  store.deliver('a', [line(AT, 1)], AT);
  const packed = await store.pack(AT + MINUTE_MS, { commit: false });
  store.db.exec('DELETE FROM raw_chunk');
  // The next chunk has the number of the deleted one.
  store.deliver('a', [line(AT, 2)], AT);
  expect(store.replace(packed)).toBe(0);
  expect(store.lines()).toMatchObject({ packed: [], waiting: [{ message: 'line 2\n' }] });
  await store.packAll(AT + MINUTE_MS);
  store.deliver('a', [line(AT + 1, 3)], AT);
  const more = await store.pack(AT + MINUTE_MS, { commit: false });
  expect(more.functions[0]?.replaced).toHaveLength(1);
  store.db.exec('DELETE FROM line_block');
  expect(store.replace(more)).toBe(0);
  expect(store.count('raw_chunk')).toBe(1);
  store.close();
});

test('many lines are cut into blocks of about half a megabyte', async () => {
  const store = open();
  // 4,000 lines of 400 characters: 1.6 MB.
  for (let part = 0; part < 4; part += 1)
    store.deliver(
      'a',
      Array.from({ length: 1000 }, (_, at) => line(AT + part * 1000 + at, at, `${part} ${at} `.padEnd(400, 'x'))),
      AT,
    );
  await store.packAll(AT + MINUTE_MS);
  const sizes = store.db.prepare('SELECT raw_bytes FROM line_block ORDER BY id').pluck().all() as number[];
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBe(1_600_000);
  expect(Math.max(...sizes)).toBeLessThan(BLOCK_BYTES + 400);
  expect(sizes).toHaveLength(4);
  // Blocks that are full are not packed again: what they hold is left out of later packs.
  for (const from of [0, 500]) {
    store.deliver(
      'a',
      Array.from({ length: 500 }, (_, at) => line(AT + from + at, from + at, `0 ${from + at} `.padEnd(400, 'x'))),
      AT + HOUR_MS,
    );
  }
  await store.packAll(AT + 2 * HOUR_MS);
  expect(store.lines().packed).toHaveLength(4000);
  store.close();
});

test('a chunk that cannot be read stays, and delays no other', async () => {
  const store = open();
  store.deliver('a', [line(AT, 1)], AT);
  store.db.exec("UPDATE raw_chunk SET gzip = x'1f8b00'");
  store.deliver('a', [line(AT, 2)], AT);
  await store.packAll(AT + MINUTE_MS);
  expect(store.count('raw_chunk')).toBe(1);
  expect(store.lines.bind(store)).toThrow();
  store.db.exec('DELETE FROM raw_chunk');
  expect(store.lines().packed.map(({ message }) => message)).toEqual(['line 2\n']);
  store.close();
});

test('a damaged block is left as it is, and later lines go into others', async () => {
  const store = open();
  store.deliver('a', [line(AT, 1)], AT);
  await store.packAll(AT + MINUTE_MS);
  store.db.exec("UPDATE line_block SET head = x'0011223344556677', bytes = bytes + 1");
  store.deliver('a', [line(AT, 2)], AT);
  await store.packAll(AT + MINUTE_MS);
  expect(store.count('line_block')).toBe(2);
  expect(store.count('raw_chunk')).toBe(0);
  store.close();
});

test('filters that are missing or damaged are rebuilt, except those of damaged blocks', async () => {
  const store = open();
  for (let day = 0; day < 4; day += 1) store.deliver('a', [line(AT + day * DAY_MS, day, `word${day}`)], AT + day);
  await store.packAll(AT + MINUTE_MS + 4);
  const filters = (): unknown => store.db.prepare('SELECT filter FROM line_block ORDER BY id').pluck().all();
  const [first, second, third, fourth] = filters() as Uint8Array[];
  store.db.exec('UPDATE line_block SET filter = NULL WHERE id = 1');
  store.db.exec("UPDATE line_block SET filter = x'001122334455667788' WHERE id = 2");
  store.db.exec('UPDATE line_block SET filter = NULL, body = zeroblob(9) WHERE id = 3');
  await store.packAll(AT + MINUTE_MS + 4);
  expect(filters()).toEqual([first, second, null, fourth]);
  expect(third).toBeDefined();
  store.close();
});

test('around failures, lines of a failed attempt and of its environment before it are kept', async () => {
  const store = open();
  const attempt = (n: number, startMs: number, status: string): LogEvent[] => {
    const request = `00000000-0000-4000-8000-00000000000${n}`;
    return [
      line(startMs, 10 * n, `START RequestId: ${request} Version: $LATEST\n`),
      line(startMs + 500, 10 * n + 1, `working on ${n}\n`),
      line(
        startMs + 1000,
        10 * n + 2,
        `REPORT RequestId: ${request}\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t${status}\n`,
      ),
    ];
  };
  const failed = 'Status: error\tError Type: Runtime.ExitError\t';
  store.deliver(
    '2026/11/20/[$LATEST]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    [...attempt(1, AT, ''), ...attempt(2, AT + 120_000, ''), ...attempt(3, AT + 150_000, failed)],
    AT,
  );
  store.deliver('2026/11/20/[$LATEST]bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', attempt(4, AT + 150_000, ''), AT);
  // The outcome of an attempt that is still running is not known yet.
  expect((await store.pack(AT + 20 * MINUTE_MS, { errorsOnly: true })).rows).toBe(0);
  await store.packAll(AT + 22 * MINUTE_MS, true);
  const { packed, waiting } = store.lines();
  expect(waiting).toEqual([]);
  expect(packed.filter(({ message }) => message.startsWith('working')).map(({ message }) => message)).toEqual([
    'working on 2\n',
    'working on 3\n',
  ]);
  expect(packed.filter(({ message }) => message.startsWith('REPORT'))).toHaveLength(4);
  store.close();
});
