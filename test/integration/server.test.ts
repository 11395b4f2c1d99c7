/** Behaviour on real sockets: header limits, endless bodies, shutdown under load, retention of raw lines. */
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StoreError } from '../../server/storage/ports.ts';
import { invocation, message, record } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';

let server: RunningServer;
const folder = memoryFolder();
beforeAll(async () => {
  server = await startServer(folder, {
    // A pod beside a Service, with the variables of a client.
    ...{ THERMOCLINE_SERVICE_HOST: '10.0.0.1', THERMOCLINE_PORT_80_TCP: 'tcp://10.0.0.1:80' },
    ...{ THERMOCLINE_URL: 'https://thermocline.example.com', THERMOCLINE_TOKEN: 'x' },
  });
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

const headers = { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': 'r' };

test('variables of Kubernetes are ignored with a warning, those of clients without one', () => {
  const warnings = server.output().match(/"msg":"ignored [^"]*"/g);
  expect(warnings).toEqual([
    '"msg":"ignored THERMOCLINE_SERVICE_HOST and 1 more: Kubernetes sets them for a Service named thermocline, and they are no settings. enableServiceLinks: false in the pod keeps them out"',
  ]);
});

test('pages and assets carry a security policy and are validated by their content', async () => {
  const page = await fetch(`${server.url}/functions`);
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  );
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'cache-control': 'no-cache',
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  const known = { 'if-none-match': page.headers.get('etag') ?? '' };
  const again = await fetch(`${server.url}/`, { headers: known });
  expect([again.status, await again.text(), again.headers.get('cache-control')]).toEqual([304, '', 'no-cache']);
  const script = /\/assets\/[^"]+\.js/.exec(html)?.[0] ?? '';
  const asset = await fetch(`${server.url}${script}`, { headers: known });
  expect(asset.status).toBe(200);
  expect((await asset.text()).length).toBeGreaterThan(0);
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(asset.headers.get('etag')).not.toBe(page.headers.get('etag'));
});

test('an address that is no page is a page for browsers, and a problem for others', async () => {
  const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
  const index = await (await fetch(server.url)).text();
  for (const path of ['/functionss', '/functions/a/b/c', '/assets/none.js']) {
    const page = await fetch(`${server.url}${path}`, { headers: browser });
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toBe(index);
    const other = await fetch(`${server.url}${path}`);
    expect([other.status, other.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  }
  const api = await fetch(`${server.url}/api/v1/nothing`, { headers: browser });
  expect([api.status, api.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
});

test('no address leads out of the folder of the web client', async () => {
  for (const path of [
    '/assets/../../main.js',
    '/assets/%2e%2e/%2e%2e/main.js',
    '/assets/..%2f..%2fmain.js',
    '/..\\..\\package.json',
    '/%2e%2e%5cmain.js',
    '//etc/passwd',
    '/assets/',
    '/assets',
  ]) {
    const status = await new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port: new URL(server.url).port, path }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
    expect([400, 404], path).toContain(status);
  }
});

test('answers of the API, of ingest and of errors cannot be read as another type', async () => {
  for (const [path, status] of [
    ['/api/v1/overview', 401],
    ['/api/v1/nothing', 404],
    ['/openapi.json', 200],
    ['/ingest/nothing', 404],
    ['/healthz', 200],
  ] as const) {
    const { headers: found, ...answer } = await fetch(`${server.url}${path}`).then((response) => ({
      headers: response.headers,
      status: response.status,
    }));
    expect([path, answer.status]).toEqual([path, status]);
    expect(found.get('x-content-type-options'), path).toBe('nosniff');
    expect(found.get('referrer-policy'), path).toBe('no-referrer');
    expect(found.get('strict-transport-security'), path).toBeNull();
  }
});

test('64 KB of common attributes are accepted', async () => {
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`.padEnd(256, 'k'), 'v'.repeat(1024)]));
  const response = await fetch(`${server.url}/ingest/firehose`, {
    method: 'POST',
    headers: { ...headers, 'x-amz-firehose-common-attributes': JSON.stringify({ commonAttributes: many }) },
    body: JSON.stringify({ requestId: 'r', records: [record(message(invocation(1)))] }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('content-length')).not.toBeNull();
});

test('responses to senders are never compressed, whatever Accept-Encoding says', async () => {
  const response = await fetch(`${server.url}/ingest/firehose`, {
    method: 'POST',
    headers: { ...headers, 'accept-encoding': 'gzip, br' },
    body: '{"requestId":"r","records":[]}',
  });
  expect(response.headers.get('content-encoding')).toBeNull();
});

test('an endless body is rejected at the size limit, and not with 413', async () => {
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = request(`${server.url}/ingest/firehose`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    const chunk = Buffer.alloc(4 * 1_048_576, 32);
    let sent = 0;
    const more = (): void => {
      if (sent > 160 * 1_048_576 || outgoing.destroyed) return;
      sent += chunk.length;
      if (outgoing.write(chunk)) setImmediate(more);
      else outgoing.once('drain', more);
    };
    more();
  }).catch(() => 400);
  expect(status).toBe(400);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

test('SIGTERM under load: every acknowledged event is stored and the process exits cleanly', async () => {
  const other = memoryFolder();
  const victim = await startServer(other);
  const acked: number[] = [];
  let n = 0;
  const sender = async (): Promise<void> => {
    for (;;) {
      n += 1;
      const mine = n;
      const body = JSON.stringify({
        requestId: 'r',
        records: [record(message(invocation(mine, Date.UTC(2026, 10, 20) + mine * 100)))],
      });
      const response = await fetch(`${victim.url}/ingest/firehose`, { method: 'POST', headers, body }).catch(
        () => null,
      );
      if (response === null) return;
      if (response.status === 200) acked.push(mine);
    }
  };
  const senders = [sender(), sender(), sender(), sender()];
  await expect.poll(() => acked.length).toBeGreaterThan(10);
  expect(await victim.stop('SIGTERM')).toBe(0);
  await Promise.all(senders);
  const db = new Database(`${other}/telemetry.db`, { readonly: true });
  const stored = db.prepare('SELECT count(*) FROM invocation').pluck().get() as number;
  db.close();
  expect(stored).toBeGreaterThanOrEqual(acked.length);
  removeFolder(other);
});

test('raw lines are deleted after their retention; the rows remain', async () => {
  const other = memoryFolder();
  const brief = await startServer(other, { THERMOCLINE_RAW_RETENTION_DAYS: '0' });
  const body = JSON.stringify({ requestId: 'r', records: [record(message(invocation(1)))] });
  await fetch(`${brief.url}/ingest/firehose`, { method: 'POST', headers, body });
  const db = new Database(`${other}/telemetry.db`, { readonly: true });
  const count = (table: string): unknown => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  await expect.poll(() => count('raw_chunk')).toBe(0);
  expect(count('invocation')).toBe(1);
  db.close();
  await brief.stop();
  removeFolder(other);
});

test('closing the store settles running queries at once and leaves no thread behind', async () => {
  const product = await startProduct({ environment: { THERMOCLINE_READ_DEADLINE_MS: '300000' } });
  const { read } = product.store;
  const asked = Array.from({ length: 20 }, () =>
    read.functions({ fromMs: 0, toMs: 8.64e12 }).then(
      () => 'answered',
      (error: StoreError) => error.code,
    ),
  );
  // In the same turn, so that no answer of a thread can have arrived: all 20 are settled by the closing.
  const closing = product.store.close();
  expect(await Promise.all(asked)).toEqual(new Array(20).fill('unavailable'));
  await closing;
  await product.close();
  expect(await read.functions({ fromMs: 0, toMs: 1 }).catch((error: StoreError) => error.code)).toBe('unavailable');
  // A replacement thread started after closing would keep the process alive.
  const threads = (): number => readdirSync('/proc/self/task').length;
  const before = threads();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(threads()).toBeLessThanOrEqual(before);
  removeFolder(product.folder);
});
