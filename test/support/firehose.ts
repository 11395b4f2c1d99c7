/** Firehose sender for tests: sends the real headers and validates every response strictly. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect, onTestFinished } from 'vitest';
import type { TestProduct } from './product.ts';
import { ADMIN } from './product.ts';

export const gz = (value: unknown): Buffer =>
  gzipSync(typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value));
export const b64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64');
export const record = (value: unknown): { data: string } => ({ data: b64(gz(value)) });

let nextId = 0;

/** Part of ids and streams, so that tests which share a product send data of their own. 0 outside such tests. */
let scope = 0;
/** Tests that have begun on a shared product. */
let begun = 0;
const scoped = (digits: number): string => scope.toString(16).padStart(digits, '0');
/** What the shared product had counted before the test. */
let counted: Status | null = null;

/**
 * Begins a test on a product that earlier tests of the file have used, which saves its start: from now on, `invocation` and
 * `message` give data that no test before has sent, and `stored`, `status` and `reasons` answer about this test alone. Ends with
 * the test: files share this module, and the next may start a product of its own.
 */
export async function beginTest(product: TestProduct): Promise<void> {
  begun += 1;
  scope = begun;
  counted = null;
  onTestFinished(() => {
    scope = 0;
    counted = null;
  });
  const db = new Database(join(product.folder, 'telemetry.db'));
  db.exec('DELETE FROM reject');
  db.close();
  counted = await status(product);
}

export interface LogEventInput {
  id?: unknown;
  timestamp?: unknown;
  message?: unknown;
  extractedFields?: unknown;
}

/** A subscription message for a stream of one function. */
export function message(events: readonly LogEventInput[], overrides: Record<string, unknown> = {}) {
  return {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/lambda/edge',
    logStream: `2026/11/20/[$LATEST]0123456789abcdef0123456789ab${scoped(4) === '0000' ? 'cdef' : scoped(4)}`,
    subscriptionFilters: ['thermocline'],
    logEvents: events,
    ...overrides,
  };
}

/** START and REPORT of one invocation, each with its own event id. */
export function invocation(n: number, atMs = Date.UTC(2026, 10, 20, 10, 0, n)): LogEventInput[] {
  const id = requestId(n);
  return [
    {
      id: `1${scope}${String(n).padStart(54 - String(scope).length, '0')}1`,
      timestamp: atMs,
      message: `START RequestId: ${id} Version: $LATEST\n`,
    },
    {
      id: `1${scope}${String(n).padStart(54 - String(scope).length, '0')}2`,
      timestamp: atMs + 50,
      message: `REPORT RequestId: ${id}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
    },
  ];
}

/** Sends invocations number `from` to `from + n - 1` of one function in one request. */
export function sendInvocations(product: TestProduct, from: number, n = 20): Promise<Sent> {
  return send(product, [record(message(Array.from({ length: n }, (_, at) => invocation(from + at)).flat()))]);
}

export function requestId(n: number): string {
  return `${String(n).padStart(8, '0')}-${scoped(4)}-4000-8000-000000000000`;
}

export interface Sent {
  readonly status: number;
  readonly body: { requestId: string; timestamp: number; errorMessage?: string };
}

export interface SendOptions {
  readonly id?: string | null;
  readonly bodyId?: string | null;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly method?: string;
  readonly path?: string;
}

/** Sends records and validates the response as strictly as Firehose does. */
export async function send(product: TestProduct, records: unknown, options: SendOptions = {}): Promise<Sent> {
  nextId += 1;
  const id = options.id === undefined ? `request-${nextId}` : options.id;
  const bodyId = options.bodyId === undefined ? id : options.bodyId;
  const headers = new Headers({ 'content-type': 'application/json', ...options.headers });
  if (id !== null) headers.set('X-Amz-Firehose-Request-Id', id);
  const key = options.key === undefined ? ADMIN : options.key;
  headers.set('x-amz-firehose-access-key', key ?? '');
  const method = options.method ?? 'POST';
  const body =
    method === 'GET' || method === 'OPTIONS'
      ? null
      : (options.raw ??
        JSON.stringify({ ...(bodyId === null ? {} : { requestId: bodyId }), timestamp: 1578090901599, records }));
  const response = await product.app.request(options.path ?? '/ingest/firehose', { method, headers, body });
  return { status: response.status, body: await strict(response, id ?? bodyId ?? '') };
}

/**
 * Checks what Firehose requires of every response: JSON with exact length, no compression, the same request id, under
 * 8 KB, never 413.
 */
export async function strict(response: Response, id: string): Promise<Sent['body']> {
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
  expect(Buffer.byteLength(text)).toBeLessThan(8192);
  expect(response.status).not.toBe(413);
  const body = JSON.parse(text) as Sent['body'];
  expect(Object.keys(body).every((key) => ['requestId', 'timestamp', 'errorMessage'].includes(key))).toBe(true);
  expect(body.requestId).toBe(id);
  expect(Number.isInteger(body.timestamp)).toBe(true);
  return body;
}

export interface Status {
  accepted: number;
  duplicates: number;
  ignored: number;
  rejected: number;
  controlMessages: number;
  clampedTimestamps: number;
  coverage: number | null;
}

export interface Item {
  requestId: string;
  attempt: number;
  function: { name: string; account: string; region: string };
  status: string;
  coldStart: { kind: string; userFelt: boolean } | null;
  startedAt: string | null;
  endedAt: string;
  [field: string]: unknown;
}

export async function status(product: TestProduct): Promise<Status> {
  const total = await product.json<Status>('/api/v1/ingest/status');
  if (counted === null) return total;
  const since = Object.entries(counted).flatMap(([name, n]) =>
    typeof n === 'number' && name !== 'coverage' ? [[name, total[name as keyof Status] ?? 0, n] as const] : [],
  );
  return { ...total, ...Object.fromEntries(since.map(([name, after, before]) => [name, after - before])) };
}

/** Stored invocations of the last 399 days, at most 500. */
export async function stored(product: TestProduct): Promise<Item[]> {
  const { items } = await product.json<{ items: Item[] }>('/api/v1/invocations?from=now-399d&to=now&limit=500');
  return scope === 0 ? items : items.filter((item) => item.requestId.includes(`-${scoped(4)}-`));
}

export async function reasons(product: TestProduct): Promise<string[]> {
  const { items } = await product.json<{ items: { reason: string }[] }>('/api/v1/rejects?limit=500');
  return items.map((item) => item.reason);
}
