import { request } from 'node:http';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../config/environment.ts';
import type { Front } from './front.ts';
import { openFront } from './front.ts';
import { startMaintenanceMode } from './maintenance-mode.ts';

let front: Front;
let port = 0;

beforeAll(async () => {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const config = readConfig({ THERMOCLINE_PORT: '0', THERMOCLINE_PUBLIC_URL: 'https://thermocline.example.com' });
  front = await openFront(config);
  port = Number(new URL(front.url).port);
  startMaintenanceMode(front, 'damaged', pino({ level: 'silent' })).leave();
  out.mockRestore();
  err.mockRestore();
});
afterAll(() => front.close());

/** Status of a request with this Host header. */
const ask = (path: string, host: string, method = 'GET'): Promise<number> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', path, method, headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });

test.each(['/healthz', '/readyz', '/metrics', '/', '/api/v1/overview', '/ingest', '/%69ngest/logs'])(
  '%s refuses foreign names',
  async (path) => {
    for (const host of ['evil.example', 'thermocline.example.com.evil.example', '127.0.0.1.nip.io:8020'])
      expect([host, await ask(path, host)]).toEqual([host, 421]);
    for (const host of ['[::1', 'a/b', 'a b']) expect([host, await ask(path, host)]).toEqual([host, 400]);
    for (const host of ['127.0.0.1', 'localhost:8020', 'thermocline.example.com', '[::1]:8020'])
      expect([host, await ask(path, host)]).toEqual([host, path === '/healthz' ? 200 : 503]);
  },
);

test('senders get 503 under any name, and foreign request targets are refused', async () => {
  expect(await ask('/ingest/firehose', 'ingest.internal', 'POST')).toBe(503);
  expect(await ask('http://evil.example/metrics', 'localhost')).toBe(421);
});
