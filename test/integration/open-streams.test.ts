/** Live streams and exports end with the credential that opened them, and with nothing else. */

import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpServer } from '../../server/cli/http-server.ts';
import { MOST_STREAMS } from '../../server/http/access/open-streams.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LIVE = '/api/v1/live';
let nowMs = 0;
let product: TestProduct;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 21, 12);
  product = await startProduct({ now: () => nowMs });
});
afterEach(async () => {
  product.endStreams();
  await product.close();
  removeFolder(product.folder);
});

const json = { 'content-type': 'application/json' };
const post = (path: string, body: object, method = 'POST') =>
  product.json<Record<string, string>>(path, { method, headers: json, body: JSON.stringify(body) });
const newToken = async (more: object = {}): Promise<{ id: string; token: string }> => {
  const { id = '', token = '' } = await post('/api/v1/tokens', { name: 'screen', scope: 'read', ...more });
  return { id, token };
};
const ask = (path: string, headers: Record<string, string>, method = 'GET'): Promise<Response> =>
  Promise.resolve(product.app.request(path, { method, headers }));
const withToken = (token: string) => ({ authorization: `Bearer ${token}` });

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Opens a live stream and reads its first bytes. */
async function open(headers: Record<string, string>): Promise<Reader> {
  const response = await ask(LIVE, headers);
  expect(response.status).toBe(200);
  const reader = response.body?.getReader() as Reader;
  await reader.read();
  return reader;
}

/** Whether the stream ends within what a check of credentials takes; a live one is idle. */
async function ends(reader: Reader): Promise<boolean> {
  const idle = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 2500));
  return Promise.race([reader.read().then(({ done }) => done), idle]);
}

async function sessionOf(token: string): Promise<Record<string, string>> {
  const signed = await product.app.request('/api/v1/session', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ token }),
  });
  return { cookie: signed.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

test('rotation without grace ends the stream at once, and with grace when the grace is over', async () => {
  const [now, later] = [await newToken(), await newToken()];
  const [first, second] = [await open(withToken(now.token)), await open(withToken(later.token))];
  await post(`/api/v1/tokens/${now.id}/rotate`, { graceHours: 0 });
  expect((await first.read()).done).toBe(true);
  await post(`/api/v1/tokens/${later.id}/rotate`, { graceHours: 2 });
  nowMs += 2 * HOUR - 1;
  const pending = second.read();
  await new Promise((resolve) => setTimeout(resolve, 1200));
  nowMs += 1;
  expect((await pending).done).toBe(true);
});

test('a stream of a session of a rotated token ends too', async () => {
  const made = await newToken();
  const reader = await open(await sessionOf(made.token));
  await post(`/api/v1/tokens/${made.id}/rotate`, { graceHours: 0 });
  expect((await reader.read()).done).toBe(true);
});

test('expiry of a token and idleness of a session end their streams', async () => {
  const made = await newToken({ expiresInDays: 2 });
  const byToken = await open(withToken(made.token));
  const bySession = await open(await sessionOf(made.token));
  nowMs += DAY + 1;
  expect((await bySession.read()).done).toBe(true);
  nowMs += DAY;
  expect((await byToken.read()).done).toBe(true);
});

test('revocation and sign-out end the streams of that credential alone', async () => {
  const [one, two] = [await newToken(), await newToken()];
  const [mine, other] = [await sessionOf(two.token), await sessionOf(two.token)];
  const readers = {
    revoked: await open(withToken(one.token)),
    signedOut: await open(mine),
    session: await open(other),
    token: await open(withToken(two.token)),
    admin: await open(withToken(ADMIN)),
  };
  await product.fetch(`/api/v1/tokens/${one.id}`, { method: 'DELETE' });
  expect((await readers.revoked.read()).done).toBe(true);
  expect((await ask('/api/v1/session', mine, 'DELETE')).status).toBe(200);
  expect((await readers.signedOut.read()).done).toBe(true);
  expect(await Promise.all([ends(readers.session), ends(readers.token), ends(readers.admin)])).toEqual([
    false,
    false,
    false,
  ]);
});

test("a stranger's sign-out ends nobody's streams and writes nothing", async () => {
  const reader = await open(withToken(ADMIN));
  const before = product.auth.credentials;
  const cookies = ['x', '', 'a'.repeat(4000), '../../', '%00', `x; thermocline_session=${'b'.repeat(43)}`];
  for (const value of cookies) {
    const refused = await ask('/api/v1/session', { cookie: `thermocline_session=${value}` }, 'DELETE');
    expect(refused.status).toBe(200);
  }
  expect(await ends(reader)).toBe(false);
  // The same object: nothing was read again, because nothing was written.
  expect(product.auth.credentials).toBe(before);
});

test('an export that is running when its token is revoked breaks off', async () => {
  const made = await newToken();
  for (const [path, accept] of [
    ['/api/v1/export/invocations', 'text/csv'],
    ['/api/v1/export/functions', 'text/csv'],
    ['/api/v1/export/cold-starts', 'application/x-ndjson'],
  ] as const) {
    const { id, token } = path.endsWith('invocations') ? made : await newToken();
    const response = await ask(path, { ...withToken(token), accept });
    expect(response.status).toBe(200);
    await product.fetch(`/api/v1/tokens/${id}`, { method: 'DELETE' });
    await expect(response.text()).rejects.toThrow('credential');
  }
});

test('HEAD opens no stream, on any route that streams', async () => {
  const made = await newToken();
  for (let n = 0; n < MOST_STREAMS.events.total + 10; n += 1) {
    for (const path of [LIVE, '/api/v1/export/functions']) {
      const response = await ask(path, withToken(made.token), 'HEAD');
      expect([response.status, response.body]).toEqual([200, null]);
    }
  }
  const reader = await open(withToken(made.token));
  await reader.cancel();
});

test('a hundred streams of one token leave room for others, and closed ones are given back', async () => {
  const [greedy, modest] = [await newToken(), await newToken()];
  const readers: Reader[] = [];
  let refused: Response | undefined;
  for (let n = 0; n < 100; n += 1) {
    const response = await ask(LIVE, withToken(greedy.token));
    if (response.status === 200) readers.push(response.body?.getReader() as Reader);
    else refused = response;
  }
  expect(readers).toHaveLength(MOST_STREAMS.events.token);
  expect([refused?.status, refused?.headers.get('retry-after')]).toEqual([429, '5']);
  // Its sessions do not add places.
  expect((await ask(LIVE, await sessionOf(greedy.token))).status).toBe(429);
  await (await open(withToken(modest.token))).cancel();
  await Promise.all(readers.map((reader) => reader.cancel()));
  await (await open(withToken(greedy.token))).cancel();
});

test('connections that disappear give their places back', async () => {
  const made = await newToken();
  const server = httpServer({ fetch: product.app.fetch, config: { trustProxy: false } });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const request = `GET ${LIVE} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${made.token}\r\n\r\n`;
  try {
    for (let round = 0; round < 3; round += 1) {
      const sockets = await Promise.all(
        Array.from(
          { length: MOST_STREAMS.events.token },
          () =>
            new Promise<{ socket: ReturnType<typeof connect>; head: string }>((resolve) => {
              const socket = connect(port, '127.0.0.1', () => socket.write(request));
              socket.once('data', (data) => resolve({ socket, head: data.toString().slice(0, 12) }));
            }),
        ),
      );
      expect(new Set(sockets.map(({ head }) => head))).toEqual(new Set(['HTTP/1.1 200']));
      for (const { socket } of sockets) socket.destroy();
      // All of their places, not only one.
      await expect
        .poll(async () => {
          const opened = await Promise.all(sockets.map(() => ask(LIVE, withToken(made.token))));
          await Promise.all(opened.map(({ body }) => body?.cancel()));
          return new Set(opened.map(({ status }) => status));
        })
        .toEqual(new Set([200]));
    }
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
