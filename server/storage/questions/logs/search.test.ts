/** Searches of a SQLite store give what reading every line gives, page by page. */
import fc from 'fast-check';
import { afterAll, expect, test, vi } from 'vitest';
import type { LogEvent } from '../../../../ingest/records/log-event.ts';
import { DAY_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { asyncLaw } from '../../../../test/support/law.ts';
import { openLineStore } from '../../../../test/support/line-store.ts';
import { memoryFolder, removeFolder } from '../../../../test/support/product.ts';
import { logs } from './sqlite.ts';
import type { FoundLine, LogQuery } from './types.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const root = memoryFolder();
afterAll(() => removeFolder(root));

const event = (ms: number, n: number, message: string): LogEvent => ({
  id: String((BigInt(ms) << 144n) + BigInt(n)),
  timestampMs: ms,
  message,
});
const RANGE = { fromMs: AT - DAY_MS, toMs: AT + DAY_MS };
const STREAMS = ['2026/11/20/[1]aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '2026/11/20/[1]bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'];

async function allPages(
  databases: Parameters<typeof logs>[0],
  query: Omit<LogQuery, 'cursor'>,
): Promise<readonly FoundLine[]> {
  const found: FoundLine[] = [];
  let cursor: string | undefined;
  do {
    const page = await logs(databases, { ...query, cursor });
    expect(page.lines.length).toBeLessThanOrEqual(query.limit);
    if (page.nextCursor !== null) expect(page.lines).toHaveLength(query.limit);
    found.push(...page.lines);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

test('pages hold every line once, newest first, wherever lines are stored and however many have one time', async () => {
  const text = fc.constantFrom('alpha', 'beta', '{"level":"ERROR","x":1}', '[INFO]\talpha beta', '');
  const delivery = fc.record({
    name: fc.constantFrom('f', 'g'),
    stream: fc.constantFrom(...STREAMS, ''),
    lines: fc.array(fc.record({ at: fc.nat(3), text }), { minLength: 1, maxLength: 8 }),
    packs: fc.boolean(),
    hasIds: fc.boolean(),
  });
  await asyncLaw(
    fc.asyncProperty(
      fc.array(delivery, { maxLength: 8 }),
      fc.constantFrom(1, 2, 3, 7, 200),
      fc.constantFrom('', 'alpha', '-alpha', 'level:error', 'alpha OR x:1', '/^.?alpha/', 'function:g beta'),
      async (deliveries, limit, query) => {
        const store = openLineStore(root);
        let [n, nowMs] = [0, AT];
        for (const { name, stream, lines, packs, hasIds } of deliveries) {
          nowMs += MINUTE_MS;
          const events = lines.map(({ at, text: message }) => event(AT + at, n++, message));
          const sent = hasIds ? events : events.map((one) => ({ ...one, id: '' }));
          store.deliver(stream, sent, nowMs, name);
          if (packs) await store.packAll(nowMs + MINUTE_MS);
          // A delivery that is repeated is in chunks and in blocks.
          if (n % 3 === 0) store.deliver(stream, sent, nowMs, name);
        }
        const whole = await logs(store.databases, { ...RANGE, text: query, limit: 1000 });
        expect(whole).toMatchObject({ nextCursor: null, damaged: 0, rebuilding: 0, endedAtMs: null });
        const times = whole.lines.map(({ timestampMs }) => timestampMs);
        expect(times.toSorted((a, b) => b - a)).toEqual(times);
        expect(await allPages(store.databases, { ...RANGE, text: query, limit })).toEqual(whole.lines);
        // Packing changes nothing.
        await store.packAll(nowMs + DAY_MS / 2);
        expect((await logs(store.databases, { ...RANGE, text: query, limit: 1000 })).lines).toEqual(whole.lines);
        if (query === '') {
          const kept = new Set(
            store
              .lines()
              .packed.map(({ environmentId, timestampMs, message }) => `${environmentId} ${timestampMs} ${message}`),
          );
          const shown = new Set(
            whole.lines.map(
              ({ logGroup, logStream, timestampMs, message }) => `${logGroup} ${logStream} ${timestampMs} ${message}`,
            ),
          );
          expect(shown.size).toBe(kept.size);
        }
        store.close();
      },
    ),
    { numRuns: 40 },
  );
});

test('finds lines by words, level, function, ids, time and JSON, and says where they come from', async () => {
  const store = openLineStore(root);
  const request = '00000000-0000-4000-8000-00000000000a';
  const [stream = ''] = STREAMS;
  store.deliver(
    stream,
    [
      event(AT, 1, `START RequestId: ${request} Version: 1\n`),
      event(AT + 1, 2, `2026-11-20T10:00:00.001Z\t${request}\tERROR\tcard declined\n`),
      event(AT + 2, 3, '{"level":"INFO","order":{"id":42},"xray_trace_id":"1-671664ff-69b0ec7624423e04544c023f"}\n'),
      event(
        AT + 3,
        4,
        `REPORT RequestId: ${request}\tDuration: 3.00 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
      ),
    ],
    AT,
    'checkout',
  );
  store.deliver(stream, [event(AT + 4, 5, 'card accepted')], AT, 'payment');
  for (const isPacked of [false, true]) {
    if (isPacked) await store.packAll(AT + MINUTE_MS);
    const found = async (text: string, more: Partial<LogQuery> = {}): Promise<readonly number[]> =>
      (await logs(store.databases, { ...RANGE, text, limit: 10, ...more })).lines.map(
        ({ timestampMs }) => timestampMs - AT,
      );
    expect(await found('')).toEqual([4, 3, 2, 1, 0]);
    expect(await found('card')).toEqual([4, 1]);
    expect(await found('card -accepted')).toEqual([1]);
    expect(await found('level:error')).toEqual([1]);
    expect(await found('function:checkout source:function')).toEqual([2, 1]);
    expect(await found('source:platform')).toEqual([3, 0]);
    expect(await found(`request:${request}`)).toEqual([3, 1, 0]);
    expect(await found('trace:1-671664ff-69b0ec7624423e04544c023f')).toEqual([2]);
    expect(await found('order.id:[40 TO 50]')).toEqual([2]);
    expect(await found('', { fromMs: AT + 1, toMs: AT + 3 })).toEqual([2, 1]);
    expect(await found('card', { functionId: 2 })).toEqual([4]);
    expect(await found('nothing')).toEqual([]);
    const page = await logs(store.databases, { ...RANGE, text: 'declined', limit: 1 });
    expect(page.lines).toEqual([
      {
        timestampMs: AT + 1,
        message: `2026-11-20T10:00:00.001Z\t${request}\tERROR\tcard declined\n`,
        level: 'error',
        isPlatform: false,
        function: { name: 'checkout', account: '1', region: 'eu-west-1' },
        logGroup: '/aws/lambda/checkout',
        logStream: stream,
        requestId: request,
        traceId: null,
      },
    ]);
  }
  await expect(logs(store.databases, { ...RANGE, text: '(a', limit: 1 })).rejects.toThrow(
    'q: expected a ")" for this "(" (at character 1)',
  );
  await expect(logs(store.databases, { ...RANGE, text: '/(?=a)/', limit: 1 })).rejects.toThrow(
    'q: regular expression: ',
  );
  await expect(logs(store.databases, { ...RANGE, text: '', limit: 1, cursor: 'x' })).rejects.toThrow('cursor: ');
  store.close();
});

test('what is damaged or gone is said, and the rest is found', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const store = openLineStore(root);
  for (const day of [0, 1, 2]) {
    store.deliver('s', [event(AT - day * DAY_MS, day, `day ${day}`)], AT);
    await store.packAll(AT + MINUTE_MS);
  }
  store.db.exec("UPDATE line_block SET filter = x'00' WHERE id = 1");
  store.db.exec('UPDATE line_block SET filter = NULL, body = zeroblob(9) WHERE id = 2');
  store.db.exec("INSERT INTO line_loss VALUES ('age', 5, 7, 100), ('budget', 6, 8, 100)");
  const page = await logs(store.databases, { fromMs: 0, toMs: AT + DAY_MS, text: 'day', limit: 10 });
  expect(page.lines.map(({ message }) => message)).toEqual(['day 0', 'day 2']);
  expect(page).toMatchObject({
    damaged: 1,
    rebuilding: 2,
    gone: [
      { reason: 'age', untilMs: 5, lines: 7 },
      { reason: 'budget', untilMs: 6, lines: 8 },
    ],
  });
  store.close();
});
