/** Deletion of log lines on ClickHouse: rows, and messages that are not packed yet. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { LinesInScopeAnswer } from '../../server/http/contract/deletion.ts';
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
const clock = { ms: AT };
let engine: TestClickHouse;
let product: TestProduct;

beforeAll(async () => {
  engine = await startClickHouse();
  product = await startProduct({ now: () => clock.ms, environment: engine.settings });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
  await engine.close();
});

const [ONE, TWO] = [requestId(1), requestId(2)];
const deliver = (name: string, logStream: string, lines: readonly (readonly [number, string])[]) =>
  send(product, [record(message(eventsOf(lines), { logGroup: `/aws/lambda/${name}`, logStream }))]);
const attempt = (request: string, atMs: number): readonly (readonly [number, string])[] => [
  [atMs, `START RequestId: ${request} Version: 1\n`],
  [atMs + 10, `card number of ${atMs}`],
  [atMs + 20, `seen by ${requestId(9)} RequestId: ${requestId(9)}`],
  [atMs + 50, reportLine(request)],
];
const texts = async (): Promise<readonly string[]> => {
  const { items } = await product.json<LogsAnswer>(
    `/api/v1/logs?q=source:function&from=${AT - HOUR_MS}&to=${AT + HOUR_MS}&limit=200`,
  );
  return items.map((item) => item.message).toReversed();
};
const count = (query: string): Promise<LinesInScopeAnswer> => product.json(`/api/v1/logs/deletion?${query}`);
const remove = (query: string): Promise<LinesInScopeAnswer> =>
  product.json(`/api/v1/logs?${query}`, { method: 'DELETE' });
async function packAll(): Promise<void> {
  clock.ms += 2 * MINUTE_MS;
  while (await product.store.lines.pack());
}
/** Everything that ClickHouse holds of lines, whether it is shown or not. */
const held = async (text: string): Promise<number> => {
  const rows = await engine.rows<{ n: number | string }>(
    `SELECT count() AS n FROM log_line WHERE message LIKE '%${text}%'`,
  );
  return Number(rows[0]?.n);
};

test.each([
  ['rows', packAll],
  ['messages that are not packed', () => Promise.resolve()],
])('%s: by request, by function and time; other lines stay', async (_, pack) => {
  for (const table of ['log_line', 'raw_fact']) await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
  clock.ms = AT + 30 * MINUTE_MS;
  await deliver('shop', STREAM, [
    ...attempt(ONE, AT),
    [AT + 60, 'after it'],
    [AT + 70, `later about ${ONE.toUpperCase()}`],
  ]);
  await deliver('shop', OTHER, [[AT + 10, 'another environment']]);
  await deliver('till', STREAM, [...attempt(TWO, AT), [AT + 3000, `asked by ${ONE}`]]);
  await product.store.attribution.classifyPending();
  await pack();
  const before = await texts();
  expect(before).toHaveLength(8);
  // START, REPORT and the line between them; two lines elsewhere name it. The line that names another request stays.
  const scope = `request=${ONE}`;
  const expected = {
    lines: 5,
    firstAt: new Date(AT).toISOString(),
    lastAt: new Date(AT + 3000).toISOString(),
    damagedBlocks: 0,
  };
  const start = `START RequestId: ${ONE} Version: 1\n`;
  const bytes = [start, `card number of ${AT}`, reportLine(ONE), `later about ${ONE}`, `asked by ${ONE}`].join(
    '',
  ).length;
  expect(await count(scope)).toEqual({ ...expected, bytes });
  expect(await texts()).toEqual(before);
  expect(await remove(scope)).toEqual({ ...expected, bytes });
  const seen = `seen by ${requestId(9)} RequestId: ${requestId(9)}`;
  const ofTwo = `card number of ${AT}`;
  expect((await texts()).toSorted()).toEqual([seen, seen, 'after it', 'another environment', ofTwo].toSorted());
  expect(await count(scope)).toEqual({ lines: 0, bytes: 0, firstAt: null, lastAt: null, damagedBlocks: 0 });
  expect((await product.fetch(`/api/v1/invocations/${ONE}`)).status).toBe(200);

  const range = `function=shop&from=${AT + 60}&to=${AT + 61}`;
  expect(await remove(range)).toMatchObject({ lines: 1, bytes: 'after it'.length });
  expect(await texts()).not.toContain('after it');
  expect(await texts()).toContain('another environment');
  expect(await remove('function=shop')).toMatchObject({ lines: 2 });
  expect((await texts()).toSorted()).toEqual([seen, ofTwo].toSorted());
  await packAll();
  expect((await texts()).toSorted()).toEqual([seen, ofTwo].toSorted());
  expect([await held(ONE), await held('after it'), await held(seen)]).toEqual([0, 0, 1]);
});

test('a line that was deleted and is delivered again is stored again', async () => {
  clock.ms += MINUTE_MS;
  await deliver('again', STREAM, [[AT, 'twice']]);
  await packAll();
  expect(await remove('function=again')).toMatchObject({ lines: 1 });
  await deliver('again', STREAM, [[AT, 'twice']]);
  expect(await count('function=again')).toMatchObject({ lines: 1, bytes: 5 });
});

test('an underscore in a request id stands for itself', async () => {
  await deliver('names', STREAM, [
    [AT, 'of request_1a'],
    [AT + 1, 'of requestX1a'],
  ]);
  await packAll();
  expect(await remove('request=request_1a')).toMatchObject({ lines: 1 });
  expect(await texts()).toContain('of requestX1a');
});

test('a message that cannot be read goes if all of its time and function are deleted, and is counted otherwise', async () => {
  for (const table of ['log_line', 'raw_fact']) await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
  await deliver('torn', STREAM, [
    [AT, 'one'],
    [AT + 5, 'two'],
  ]);
  await product.store.attribution.classifyPending();
  await engine.client.command({
    query: `ALTER TABLE raw_fact UPDATE gzip = 'torn' WHERE 1 SETTINGS mutations_sync = 1`,
  });
  const part = { lines: 0, damagedBlocks: 1 };
  expect(await remove(`function=torn&from=${AT + 5}`)).toMatchObject(part);
  expect(await remove(`function=torn&request=${ONE}`)).toMatchObject(part);
  const whole = {
    ...{ lines: 2, bytes: 0, damagedBlocks: 0 },
    ...{ firstAt: new Date(AT).toISOString(), lastAt: new Date(AT + 5).toISOString() },
  };
  const range = `function=torn&from=${AT}&to=${AT + 6}`;
  expect(await count(range)).toEqual(whole);
  expect(await remove(range)).toEqual(whole);
  expect(await count('function=torn')).toMatchObject({ lines: 0, damagedBlocks: 0 });
});
