/** Log lines on ClickHouse: kept as rows behind the acknowledgement, once each, and within their limits. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Random } from '../../ingest/records/random.ts';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { LogsAnswer } from '../../server/http/contract/logs.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { message, record, requestId, send } from '../support/firehose.ts';
import { eventsOf, reportLine } from '../support/log-events.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

/** ClickHouse deletes old lines by the clock of the machine. */
const AT = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 24 * HOUR_MS;
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const OTHER = '2026/11/20/[$LATEST]ffffffffffffffffffffffffffffffff';
let engine: TestClickHouse;

beforeAll(async () => {
  engine = await startClickHouse();
});
afterAll(() => engine.close());

interface Opened {
  readonly product: TestProduct;
  readonly clock: { ms: number };
  pack(laterMs?: number): Promise<void>;
  search(q: string): Promise<LogsAnswer>;
  texts(q: string): Promise<readonly string[]>;
}

const products: TestProduct[] = [];
afterEach(async () => {
  for (const product of products.splice(0)) {
    await product.close();
    removeFolder(product.folder);
  }
  for (const table of ['log_line', 'raw_fact', 'line_loss', 'line_stream'])
    await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
});

async function open(environment: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const clock = { ms: AT };
  const product = await startProduct({ now: () => clock.ms, environment: { ...engine.settings, ...environment } });
  products.push(product);
  const search = (q: string): Promise<LogsAnswer> =>
    product.json<LogsAnswer>(
      `/api/v1/logs?q=${encodeURIComponent(q)}&from=${AT - HOUR_MS}&to=${AT + 200 * HOUR_MS}&limit=200`,
    );
  return {
    product,
    clock,
    search,
    texts: async (q) => (await search(q)).items.map((item) => item.message),
    pack: async (laterMs = 2 * MINUTE_MS) => {
      clock.ms += laterMs;
      while (await product.store.lines.pack());
    },
  };
}

const rows = async (table: string): Promise<number> =>
  Number((await engine.rows<{ n: number | string }>(`SELECT count() AS n FROM ${table}`))[0]?.n);

test('a line is one row, however often it is delivered and packed, and is found throughout', async () => {
  const opened = await open();
  const { product, pack, texts } = opened;
  const lines = [
    'one needle',
    "two \u0000 needle\ttab \\ 'quoted' \u202e",
    `three needle ${'y'.repeat(1_000_000)}`,
    'four',
  ];
  const events = eventsOf(lines.map((text, at) => [AT + at, text]));
  const deliver = () => send(product, [record(message(events, { logStream: STREAM }))]);
  await deliver();
  const expected = lines
    .slice(0, 3)
    .toReversed()
    .map((text) => text.slice(0, 16_384));
  expect(await texts('needle')).toEqual(expected);
  // A function that no invocation is known of.
  const ofFunction = `/api/v1/logs?function=edge&from=${AT - HOUR_MS}&to=${AT + HOUR_MS}`;
  expect((await product.json<LogsAnswer>(ofFunction)).items).toHaveLength(4);
  expect([await rows('raw_fact'), await rows('log_line')]).toEqual([1, 0]);
  await pack();
  expect([await rows('raw_fact'), await rows('log_line FINAL')]).toEqual([0, 4]);
  expect(await texts('needle')).toEqual(expected);
  // Again, and in part: the lines of another chunk.
  await deliver();
  await send(product, [record(message(events.slice(1), { logStream: STREAM }))]);
  expect(await texts('needle')).toEqual(expected);
  await pack();
  expect([await rows('raw_fact'), await rows('log_line FINAL')]).toEqual([0, 4]);
  expect(await texts('needle')).toEqual(expected);
  expect(await texts('quoted')).toEqual([lines[1]]);
  expect(await texts('"\'quoted\'"')).toEqual([lines[1]]);
});

test('a message that cannot be read is said, and the others are packed', async () => {
  const opened = await open();
  const { product, pack, search } = opened;
  await send(product, [
    record(message(eventsOf([[AT, 'whole']]), { logStream: STREAM })),
    record(message(eventsOf([[AT, 'torn']]), { logStream: OTHER })),
  ]);
  await engine.client.command({
    query: `ALTER TABLE raw_fact UPDATE gzip = 'torn' WHERE stream_id IN (SELECT stream_id FROM line_stream WHERE log_stream = '${OTHER}')
      SETTINGS mutations_sync = 2`,
  });
  await pack();
  await pack();
  expect([await rows('raw_fact'), await rows('log_line')]).toEqual([1, 1]);
  const found = await search('');
  expect(found.items.map((item) => item.message)).toEqual(['whole']);
  expect(found.search.damagedBlocks).toBe(1);
});

test('errors: application lines of failed attempts, and of their environment in the minute before', async () => {
  const opened = await open({ THERMOCLINE_RAW_LINES: 'errors' });
  const { product, clock, pack, texts } = opened;
  const [good, bad] = [requestId(1), requestId(2)];
  const at = AT + 30 * MINUTE_MS;
  clock.ms = at;
  await send(product, [
    record(
      message(
        eventsOf([
          [AT, `START RequestId: ${good} Version: 1\n`],
          [AT + 10, 'long before'],
          [AT + 50, reportLine(good)],
          [at - 59_000, 'just before'],
          [at, `START RequestId: ${bad} Version: 1\n`],
          [at + 10, 'while it fails'],
          [at + 50, reportLine(bad, 'Status: timeout')],
        ]),
        { logStream: STREAM },
      ),
    ),
    record(message(eventsOf([[at + 10, 'of another environment']]), { logStream: OTHER })),
  ]);
  await product.store.attribution.classifyPending();
  // Until every attempt has ended, all lines are there.
  await pack();
  expect(await texts('source:function')).toHaveLength(4);
  await pack(22 * MINUTE_MS);
  expect(await texts('source:function')).toEqual(['while it fails', 'just before']);
  expect(await texts('source:platform')).toHaveLength(4);
});

test('the oldest receipts go first: beyond the budget, then beyond their age, and what is gone is said', async () => {
  // A mebibyte, and a bit.
  const opened = await open({ THERMOCLINE_RAW_BUDGET_GB: '0.001', THERMOCLINE_RAW_RETENTION_DAYS: '2' });
  const { product, clock, pack, search } = opened;
  const random = new Random(7);
  const deliver = async (n: number): Promise<void> => {
    const texts = Array.from({ length: 4 }, (_, at): [number, string] => [
      AT + n * 10 + at,
      `day${n} ${random.hex(150_000)}`,
    ]);
    await send(product, [record(message(eventsOf(texts), { logStream: STREAM }))]);
    await pack();
  };
  await deliver(0);
  const first = clock.ms;
  await pack();
  // What is random for gzip takes about as much on the disk.
  const [one] = await engine.rows<{ n: number | string }>(
    "SELECT sum(bytes_on_disk) AS n FROM system.parts WHERE active AND table = 'log_line'",
  );
  const perDay = Number(one?.n);
  expect(perDay).toBeGreaterThan(100_000);
  const days = Math.ceil((0.001 * 1_073_741_824) / perDay) + 1;
  expect(days).toBeLessThan(12);
  for (let n = 1; n < days; n += 1) {
    clock.ms += 3 * HOUR_MS;
    await deliver(n);
  }
  await pack();
  const found = await search('');
  expect(found.items.some((item) => item.message.startsWith(`day${days - 1} `))).toBe(true);
  expect(found.items.some((item) => item.message.startsWith('day0 '))).toBe(false);
  const [loss] = found.kept.deleted;
  expect(found.kept.deleted).toHaveLength(1);
  expect(loss).toMatchObject({ reason: 'budget' });
  expect(loss?.lines).toBe(days * 4 - found.items.length);
  expect(Date.parse(loss?.until ?? '')).toBeGreaterThanOrEqual(first - 2 * MINUTE_MS);
  const left = found.items.length;
  // Rows stay until ClickHouse merges; they are not shown.
  await pack(50 * HOUR_MS);
  const after = await search('');
  expect(after.items).toEqual([]);
  expect(after.kept.deleted).toMatchObject([{ reason: 'age', lines: left }, loss]);
});

test('a function is deleted with its rows', async () => {
  const opened = await open();
  const { product, pack, texts } = opened;
  await send(product, [
    record(
      message(
        eventsOf([
          [AT, `START RequestId: ${requestId(1)} Version: 1\n`],
          [AT + 50, reportLine(requestId(1))],
        ]),
        { logStream: STREAM },
      ),
    ),
    record(message(eventsOf([[AT, 'stays']]), { logGroup: '/aws/lambda/other', logStream: STREAM })),
  ]);
  await product.store.attribution.classifyPending();
  await pack();
  const [edge] = await product.store.read.resolveFunction({ name: 'edge' });
  await product.store.deleteTelemetry({ functionIds: [edge?.functionId ?? 0] });
  expect(await rows('log_line')).toBe(1);
  expect(await texts('')).toEqual(['stays']);
});

test('a followed search sends what is new, as on SQLite', async () => {
  const product = await startProduct({ environment: engine.settings });
  products.push(product);
  const text = (n: number) =>
    record(message([{ id: String(n), timestamp: Date.now() - 1000, message: `line ${n} followed` }]));
  await send(product, [text(1)]);
  const reader = (await product.fetch('/api/v1/logs/live?q=followed')).body?.getReader();
  await send(product, [text(2)]);
  let seen = '';
  while (!seen.includes('event: line')) seen += Buffer.from((await reader?.read())?.value ?? []).toString('utf8');
  expect(seen).toContain('line 2 followed');
  expect(seen).not.toContain('line 1 followed');
  product.endStreams();
});
