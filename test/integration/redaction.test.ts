/** With rules, nothing that they find is anywhere in the data folder, whichever way it came and after whatever happens to it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const clock = { ms: AT };
const MAIL = 'ada.lovelace@example.com';
const SECRET = 'hunter2-and-more';
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({
    now: () => clock.ms,
    environment: {
      THERMOCLINE_REDACT: 'email',
      THERMOCLINE_REDACT_KEYS: 'password',
      THERMOCLINE_REDACT_EXPRESSIONS: '{"order":"ORD-[0-9]+"}',
    },
  });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

/** Bytes of all files, and of all values of the database inflated. */
function stored(): string {
  const files = readdirSync(product.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'));
  const db = new Database(join(product.folder, 'telemetry.db'), { readonly: true });
  const blobs = [
    ...(db.prepare('SELECT gzip FROM raw_chunk').pluck().all() as Buffer[]).map((bytes) => gunzipSync(bytes)),
    ...(db.prepare('SELECT body FROM line_block').pluck().all() as Buffer[]).map((bytes) =>
      brotliDecompressSync(bytes.subarray(4)),
    ),
  ];
  db.close();
  return [...files, ...blobs.map((bytes) => bytes.toString('latin1'))].join('\n');
}

function expectNothing(): void {
  const all = stored();
  for (const secret of [MAIL, 'lovelace', SECRET, 'ORD-1234']) expect(all.includes(secret)).toBe(false);
  expect(all).toContain('[redacted:email]');
}

test('lines, errors and dead letters are stored without what the rules find', async () => {
  const one = requestId(1);
  const lines = [
    `START RequestId: ${one} Version: $LATEST\n`,
    `mail to ${MAIL} of ORD-1234\n`,
    `{"level":"error","user":{"mail":"${MAIL}","password":"${SECRET}"}}\n`,
    `2026-11-20T10:00:00.000Z\t${one}\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"no ${MAIL}","stack":["Error: no ${MAIL}","    at f (/var/task/a.js:1:1)"]}\n`,
    `REPORT RequestId: ${one}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    `REPORT RequestId: ${one}\tBilled Duration: 50 ms\t${MAIL}\n`,
  ];
  const events = lines.map((text, at) => ({
    id: String((BigInt(AT) << 144n) + BigInt(at)),
    timestamp: AT + at,
    message: text,
  }));
  await send(product, [
    record(message(events)),
    { data: Buffer.from(`no message, but ${MAIL}`).toString('base64') },
    { data: Buffer.from(`{"messageType":"DATA_MESSAGE","password":"${SECRET}`).toString('base64') },
  ]);
  const response = await product.fetch('/ingest/logs?function=f&account=111122223333&region=eu-west-1', {
    method: 'POST',
    body: `2026-11-20T10:00:01.000Z imported ${MAIL}\n\u0000\u0001 ${MAIL}\n`,
  });
  expect(response.status).toBe(200);
  expectNothing();
  const { items } = await product.json<{ items: { id: string }[] }>('/api/v1/rejects');
  expect(items).toHaveLength(3);
  for (const { id } of items) await product.fetch(`/api/v1/rejects/${id}/replay`, { method: 'POST', body: '{}' });
  clock.ms += 120_000;
  while (await product.store.lines.pack());
  expectNothing();
});

test('answers say what was replaced, and figures are as they were', async () => {
  const range = 'from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z';
  const logs = await product.json<{ items: { message: string }[] }>(`/api/v1/logs?${range}&q=redacted`);
  expect(logs.items.map((line) => line.message)).toContain('mail to [redacted:email] of [redacted:order]\n');
  const { attempts } = await product.json<{ attempts: { durationMs: number; outcome: string; error: unknown }[] }>(
    `/api/v1/invocations/${requestId(1)}`,
  );
  expect(attempts).toMatchObject([{ durationMs: 50 }]);
  expect(JSON.stringify(attempts)).toContain('no [redacted:email]');
});
