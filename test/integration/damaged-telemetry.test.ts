/** Impossible values in single rows of telemetry.db: each row is reported and skipped, and every page answers with the others. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import { testFolders } from '../support/folders.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const RANGE = `from=${AT - 60_000}&to=${AT + 3_600_000}`;
/** Beyond the greatest time of a Date, epoch ms. */
const BEYOND_MS = 9e15;
const folders = testFolders(memoryFolder);
const folder = folders.create();
let product: TestProduct;

const start = (): Promise<TestProduct> => startProduct({ folder, now: () => AT + 3_600_000 });

beforeAll(async () => {
  const first = await start();
  for (const [n, stream] of ['aaaa', 'bbbb', 'cccc'].entries()) {
    const logStream = `2026/11/20/[$LATEST]${stream.repeat(8)}`;
    await send(first, [record(message(invocation(n, AT + n * 1000), { logStream }))]);
  }
  // Functions with data, whose times are damaged.
  for (const [n, name] of ['first', 'last'].entries())
    await send(first, [record(message(invocation(10 + n, AT), { logGroup: `/aws/lambda/${name}` }))]);
  // Each record is a dead letter of its own.
  for (const bytes of ['{"not":"one"}', '{"not":"two"}'])
    await send(first, [{ data: Buffer.from(bytes).toString('base64') }]);
  await first.close();
  const db = new Database(join(folder, 'telemetry.db'));
  db.pragma('foreign_keys = OFF');
  const ids = db.prepare('SELECT id FROM environment WHERE id > 0 ORDER BY id LIMIT 3').pluck().all();
  expect(ids).toHaveLength(3);
  db.prepare('UPDATE environment SET last_seen_ms = ? WHERE id = ?').run(BEYOND_MS, ids[0]);
  db.prepare('UPDATE environment SET log_group_id = 4711 WHERE id = ?').run(ids[1]);
  db.prepare('UPDATE reject SET received_ms = ? WHERE id = (SELECT min(id) FROM reject)').run(BEYOND_MS);
  db.prepare(
    `INSERT INTO source (kind, name, first_seen_ms, last_seen_ms, requests, events, rejected, lag)
     SELECT kind, 'damaged', 0, ?, 0, 0, 0, lag FROM source LIMIT 1`,
  ).run(BEYOND_MS);
  db.prepare(
    "INSERT INTO function_fact (function_id, from_ms, confirmed_ms, source, facts) VALUES (1, 1, ?, 'x', '{}')",
  ).run(BEYOND_MS);
  db.prepare('UPDATE invocation SET run_ms = ? WHERE environment_id = ?').run(-BEYOND_MS, ids[2]);
  db.prepare("UPDATE kept_day SET day = -1e12 WHERE kind = 'function'").run();
  db.prepare(
    'INSERT INTO function (account, region, name, labelled, first_seen_ms, last_seen_ms) VALUES (?, ?, ?, 0, 0, ?)',
  ).run('1', 'r', 'damaged', BEYOND_MS);
  db.prepare("UPDATE function SET first_seen_ms = ? WHERE name = 'first'").run(-BEYOND_MS);
  db.prepare("UPDATE function SET last_seen_ms = ? WHERE name = 'last'").run(BEYOND_MS);
  db.exec('UPDATE rollup_5m SET n = n + 0x7000000000');
  db.close();
  // The pages differ from their checksums now.
  rmSync(join(folder, 'telemetry.db-sums'));
  product = await start();
});
afterAll(() => product.close());

test('lists leave out the row that is damaged', async () => {
  const items = async (path: string): Promise<unknown[]> => (await product.json<{ items: unknown[] }>(path)).items;
  expect(await items('/api/v1/rejects')).toHaveLength(1);
  expect(await items('/api/v1/rejects?limit=1')).toHaveLength(1);
  expect(await items('/api/v1/inventory')).toEqual([]);
  expect(await items(`/api/v1/functions?${RANGE}`)).toHaveLength(1);
  expect(await items(`/api/v1/functions/edge/environments?${RANGE}`)).toHaveLength(1);
  expect((await product.fetch(`/api/v1/functions/edge?${RANGE}`)).status).toBe(200);
});

test.each([0, 1, 2])('invocation %i is shown, without what is not known of its environment', async (n) => {
  const { attempts } = await product.json<{ attempts: { environment: unknown }[] }>(
    `/api/v1/invocations/${requestId(n)}`,
  );
  expect(attempts).toHaveLength(1);
  expect(attempts[0]?.environment === null).toBe(n < 2);
});

test('an invocation whose start leads beyond the calendar is exported without it', async () => {
  const text = await (await product.fetch(`/api/v1/export/invocations?format=ndjson&${RANGE}`)).text();
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { startedAt: unknown });
  expect(rows.map(({ startedAt }) => startedAt === null).toSorted()).toEqual([false, false, true]);
  expect((await product.fetch('/api/v1/settings')).status).toBe(200);
});

test.each(['damaged', 'first', 'last'])('function %s, whose times are impossible, is not known', async (name) => {
  expect((await product.fetch(`/api/v1/functions/${name}?${RANGE}`)).status).toBe(404);
  expect((await product.fetch(`/api/v1/functions/${name}/memory?${RANGE}`)).status).toBe(404);
});

test.each(['overview', 'invocations', 'recommendations', 'export/functions'])('%s leaves them out', async (path) => {
  const answer = await product.fetch(`/api/v1/${path}?${RANGE}`);
  expect(answer.status).toBe(200);
  expect(await answer.text()).not.toMatch(/eu-west-1:(damaged|first|last)/);
});

test('the rows are counted by table, once they were read', async () => {
  const readers = ['rejects', 'inventory', `functions?${RANGE}`, `functions/edge/environments?${RANGE}`];
  for (const path of readers) await product.fetch(`/api/v1/${path}`);
  const { sources, skippedRows } = await product.json<{
    sources: { name: string }[];
    skippedRows: { table: string }[];
  }>('/api/v1/ingest/status');
  expect(sources.map(({ name }) => name)).not.toContain('damaged');
  expect(skippedRows.map(({ table }) => table).toSorted()).toEqual([
    'environment',
    'function',
    'function_fact',
    'reject',
    'source',
  ]);
});
