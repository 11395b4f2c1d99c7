/** The server's own log holds one JSON document per line and no secrets. Its static files are the web client and nothing else. */
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invocation, message, record } from '../support/firehose.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const CANARY = 'c4n4ry5ecret';
const folder = temporaryFolder();
let server: RunningServer;
const json = { 'content-type': 'application/json' };
beforeAll(async () => {
  server = await startServer(folder, {
    THERMOCLINE_LOG_LEVEL: 'debug',
    THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8',
    THERMOCLINE_OUTBOUND_HTTP: 'on',
  });
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

const admin = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: { ...json, authorization: `Bearer ${ADMIN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** Sends the raw path; `fetch` would normalize it. */
function raw(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

test('secrets in headers, URLs, bodies and log lines never reach the log; every line is one JSON document', async () => {
  const wrong = `tc_ingest_${CANARY}`;
  await raw('/api/v1/functions', { authorization: `Bearer ${CANARY}`, cookie: `thermocline_session=${CANARY}` });
  await raw(`/api/v1/functions?token=${CANARY}`, { authorization: `Bearer ${ADMIN}` });
  await raw(`/%1b%5b31m%0d%0a${CANARY}`);
  await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ secret: CANARY }),
  });
  for (const body of ['{', JSON.stringify({ records: [{ data: CANARY }, record(message(invocation(1)))] })]) {
    await fetch(`${server.url}/ingest/firehose`, {
      method: 'POST',
      headers: { 'x-amz-firehose-access-key': wrong },
      body,
    });
    await fetch(`${server.url}/ingest/firehose`, {
      method: 'POST',
      headers: { 'x-amz-firehose-access-key': ADMIN },
      body,
    });
  }
  await admin('PUT', '/api/v1/password', { password: `${CANARY}-and-more-of-it` });
  await admin('PUT', '/api/v1/alerts/receivers/hook', {
    id: 'hook',
    name: 'hook',
    url: `http://127.0.0.1:9/${CANARY}`,
    headers: { 'x-key': CANARY },
  });
  await admin('POST', '/api/v1/alerts/receivers/hook/test', {});
  await admin('PUT', '/api/v1/alerts/receivers/bad', { id: 'bad', url: `https://u:${CANARY}@example.com/` });
  await admin('POST', '/api/v1/tokens', { name: '\u001b[31mred\r\nline', scope: 'read' });
  await server.stop();
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  expect(server.output()).not.toContain(CANARY);
  expect(server.output()).not.toContain(ADMIN);
  expect(server.output()).not.toContain('\u001b');
  server = await startServer(folder);
});

test.each([
  '/../package.json',
  '/..%2fpackage.json',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/assets/../../telemetry.db',
  '/..\\..\\telemetry.db',
  '/telemetry.db',
  '/control.db-wal',
  '/server.json',
  '/.env',
  '/.git/config',
  '/icon.svg%00.png',
  '/icon.svg.map',
  '/main.js',
  '/workers/writer.cjs',
  '//etc/passwd',
])('%s is not served', async (path) => {
  const { status, body } = await raw(path);
  expect([400, 401, 404]).toContain(status);
  expect(body).not.toMatch(/SQLite format|root:|"dependencies"|better-sqlite3/);
});

test('serves its static files but not source maps', async () => {
  const page = await raw('/');
  expect(page.status).toBe(200);
  const scripts = [...page.body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) {
    expect((await raw(script)).status).toBe(200);
    expect((await raw(`${script}.map`)).status).toBe(404);
  }
});
