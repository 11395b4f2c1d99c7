/** Deletion of log lines through the API: of a deleted line nothing is left in any file of the data folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LinesInScopeAnswer } from '../../server/http/contract/deletion.ts';
import { readBody } from '../../server/storage/sqlite/lines/block.ts';
import { message, record, requestId, send } from '../support/firehose.ts';
import { eventId } from '../support/log-events.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const clock = { ms: AT };
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({ now: () => clock.ms });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

let sent = 0;
async function deliver(name: string, texts: readonly string[], atMs = AT): Promise<void> {
  const events = texts.map((text, at) => {
    sent += 1;
    const timestamp = atMs + at;
    return { id: eventId(timestamp, sent), timestamp, message: text };
  });
  await send(product, [record(message(events, { logGroup: `/aws/lambda/${name}`, logStream: STREAM }))]);
}

const DELETION = '/api/v1/logs/deletion';
const found = (query: string): Promise<LinesInScopeAnswer> => product.json(`${DELETION}?${query}`);
const removed = (query: string): Promise<LinesInScopeAnswer> =>
  product.json(`/api/v1/logs?${query}`, { method: 'DELETE' });
const files = (): readonly Buffer[] =>
  readdirSync(product.folder).flatMap((name) => {
    try {
      return [readFileSync(join(product.folder, name))];
    } catch {
      return [];
    }
  });

/** Compressed texts of blocks and chunks. */
function stored(): readonly Buffer[] {
  const db = new Database(join(product.folder, 'telemetry.db'), { readonly: true });
  const all = db.prepare('SELECT body FROM line_block UNION ALL SELECT gzip FROM raw_chunk').pluck().all() as Buffer[];
  db.close();
  return all;
}

async function packAll(): Promise<void> {
  clock.ms += 120_000;
  while (await product.store.lines.pack());
}

test('a line that was deleted is in no file, neither as it waited nor as it was packed', async () => {
  // No gzip and no Brotli of lines that are all different can be found by its text: by its bytes.
  const noise = (n: number): string =>
    Array.from({ length: 40 }, (_, at) => ((n + 1) * (at + 7) * 2654435761) % 4294967291).join(' ');
  await deliver(
    'f',
    Array.from({ length: 400 }, (_, at) => `line ${at} ${noise(at)}`),
  );
  const chunks = stored();
  await packAll();
  const blocks = stored();
  const pieces = [...chunks, ...blocks].map((bytes) => bytes.subarray(bytes.length >> 1, (bytes.length >> 1) + 48));
  expect(pieces.length).toBeGreaterThan(1);
  const left = (): number => pieces.filter((piece) => files().some((file) => file.includes(piece))).length;
  expect(left()).toBeGreaterThan(0);
  expect(await found('function=f')).toMatchObject({
    lines: 400,
    firstAt: '2026-11-20T10:00:00.000Z',
    damagedBlocks: 0,
  });
  expect(await removed('function=f')).toMatchObject({ lines: 400 });
  expect(left()).toBe(0);
  expect(await found('function=f')).toEqual({ lines: 0, bytes: 0, firstAt: null, lastAt: null, damagedBlocks: 0 });
});

test('by request, function and time; searches no longer find what is deleted, and figures stay', async () => {
  const one = requestId(7);
  await deliver('g', [
    `START RequestId: ${one} Version: $LATEST\n`,
    'secret of the attempt',
    `REPORT RequestId: ${one}\tDuration: 2.00 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    'after it',
  ]);
  await deliver('h', ['one', 'two', 'three']);
  await packAll();
  const search = async (text: string): Promise<number> => {
    const { items } = await product.json<{ items: unknown[] }>(
      `/api/v1/logs?from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z&q=${text}`,
    );
    return items.length;
  };
  expect(await search('secret')).toBe(1);
  expect(await removed(`request=${one}`)).toMatchObject({ lines: 3 });
  expect([await search('secret'), await search('after')]).toEqual([0, 1]);
  expect((await product.fetch(`/api/v1/invocations/${one}`)).status).toBe(200);
  const range = 'from=2026-11-20T10:00:00.001Z&to=2026-11-20T10:00:00.002Z';
  expect(await found(`function=h&${range}`)).toMatchObject({ lines: 1, bytes: 3 });
  expect(await removed(`function=h&${range}`)).toMatchObject({ lines: 1, bytes: 3 });
  expect([await search('one'), await search('two'), await search('three')]).toEqual([1, 0, 1]);
  const { items } = await product.json<{ items: { method: string; path: string; status: number }[] }>('/api/v1/audit');
  expect(items).toContainEqual(
    expect.objectContaining({ method: 'DELETE', path: `/api/v1/logs?request=${one}`, status: 200 }),
  );
  const body = readFileSync(join(product.folder, 'telemetry.db'));
  expect(body.includes('secret of the attempt')).toBe(false);
  for (const block of stored()) expect(readBody(block).includes('secret')).toBe(false);
});

test.each([
  ['', 'function'],
  ['request=x', 'request'],
  ['from=yesterday', 'from'],
  ['from=2026-11-21&to=2026-11-20', 'from'],
  ['request=%25%25%25%25%25%25%25%25', 'request'],
])('?%s is refused', async (query, field) => {
  for (const [path, method] of [
    [DELETION, 'GET'],
    ['/api/v1/logs', 'DELETE'],
  ] as const) {
    const response = await product.fetch(`${path}?${query}`, { method });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { errors: { field: string }[] }).errors[0]?.field).toBe(field);
  }
});

test('an unknown function is not found, and scope admin is needed', async () => {
  expect((await product.fetch('/api/v1/logs?function=nobody', { method: 'DELETE' })).status).toBe(404);
  const { token } = await product.json<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'reader', scope: 'read' }),
  });
  const headers = { authorization: `Bearer ${token}` };
  expect((await product.fetch('/api/v1/logs?function=g', { method: 'DELETE', headers })).status).toBe(403);
  expect((await product.fetch(`${DELETION}?function=g`, { headers })).status).toBe(403);
});
