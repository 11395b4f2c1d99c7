/** With rules, nothing that they find is anywhere in the data folder, whichever way it came and after whatever happens to it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RedactionAnswer } from '../../server/http/contract/redaction.ts';
import { readBody } from '../../server/storage/sqlite/lines/block.ts';
import { message, record, requestId, send } from '../support/firehose.ts';
import { eventsOf } from '../support/log-events.ts';
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
  await sendAll();
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
    ...(db.prepare('SELECT body FROM line_block').pluck().all() as Buffer[]).map((bytes) => readBody(bytes)),
  ];
  db.close();
  return [...files, ...blobs.map((bytes) => bytes.toString('latin1'))].join('\n');
}

function expectNothing(): void {
  const all = stored();
  for (const secret of [MAIL, 'lovelace', SECRET, 'ORD-1234']) expect(all.includes(secret)).toBe(false);
  expect(all).toContain('[redacted:email]');
}

/** Lines, errors and dead letters with something that each rule finds. */
async function sendAll(): Promise<void> {
  const one = requestId(1);
  const lines = [
    `START RequestId: ${one} Version: $LATEST\n`,
    `mail to ${MAIL} of ORD-1234\n`,
    `{"level":"error","user":{"mail":"${MAIL}","password":"${SECRET}"}}\n`,
    `2026-11-20T10:00:00.000Z\t${one}\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"no ${MAIL}","stack":["Error: no ${MAIL}","    at f (/var/task/a.js:1:1)"]}\n`,
    `REPORT RequestId: ${one}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    `REPORT RequestId: ${one}\tBilled Duration: 50 ms\t${MAIL}\n`,
  ];
  const events = eventsOf(lines.map((text, at) => [AT + at, text]));
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
}

test('lines, errors and dead letters are stored without what the rules find', async () => {
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

test('a test shows what would be stored, by the rules of the settings or by others', async () => {
  const tested = (body: unknown): Promise<unknown> =>
    product.json('/api/v1/redaction/test', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect(await tested({ text: `${MAIL} and ORD-1` })).toEqual({
    stored: '[redacted:email] and [redacted:order]',
    findings: [
      { rule: 'email', start: 0, end: MAIL.length },
      { rule: 'order', start: MAIL.length + 5, end: MAIL.length + 10 },
    ],
    source: 'function',
    hasRules: true,
  });
  expect(await tested({ text: `${MAIL} +44 20 7946 0958`, rules: { patterns: ['phone'] } })).toMatchObject({
    stored: `${MAIL} [redacted:phone]`,
  });
  expect(await tested({ text: MAIL, rules: {} })).toMatchObject({ stored: MAIL, findings: [], hasRules: false });
  const report = `REPORT RequestId: ${requestId(1)}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;
  expect(await tested({ text: report, rules: { expressions: { digits: '[0-9]+' } } })).toMatchObject({
    stored: report,
    source: 'platform',
  });
});

test.each([
  [{ rules: { expressions: { a: '(' } } }, 'rules.expressions', 'a: missing closing ) (at character 1)'],
  [{ rules: { expressions: { '': 'x' } } }, 'rules.expressions', 'expected names of lower-case letters'],
  [{ rules: { expressions: { email: 'x' } } }, 'rules.expressions', '"email" is the name of a built-in rule'],
  [{ rules: { expressions: { a: '.*' } } }, 'rules.expressions', 'a: it matches the empty text'],
  [{ rules: { expressions: { a: '.' } } }, 'rules.expressions', 'a: it matches every character'],
  [{ rules: { keys: ['*'] } }, 'rules.keys', '"*" matches every member'],
  [{ rules: { keys: [''] } }, 'rules.keys', 'expected a name'],
  [{ rules: { patterns: ['mail'] } }, 'rules.patterns.0', ''],
  [{ text: '' }, 'text', ''],
])('%j is refused', async (body, field, sentence) => {
  const response = await product.fetch('/api/v1/redaction/test', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: 'x', ...body }),
  });
  expect(response.status).toBe(400);
  const { errors } = (await response.json()) as { errors: { field: string; message: string }[] };
  expect(errors[0]).toMatchObject({ field });
  expect(errors[0]?.message).toContain(sentence);
});

test('the rules say how often they replaced something', async () => {
  const { patterns, keys, expressions, replaced } = await product.json<RedactionAnswer>('/api/v1/redaction');
  expect(patterns.filter(({ isOn }) => isOn).map(({ name }) => name)).toEqual(['email']);
  expect([keys, expressions]).toEqual([['password'], [{ name: 'order', expression: 'ORD-[0-9]+' }]]);
  expect(replaced.map(({ rule }) => rule).toSorted()).toEqual(['email', 'key:password', 'order']);
  for (const { n } of replaced) expect(n).toBeGreaterThan(0);
});
