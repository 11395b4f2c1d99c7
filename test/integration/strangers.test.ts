/** What clients without a credential can occupy: bodies, connections, and nothing of others. */

import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpServer } from '../../server/cli/http-server.ts';
import { ingestRoutes } from '../../server/http/contract/ingest-routes.ts';
import { otlpRoutes } from '../../server/http/contract/otlp.ts';
import { routeTable } from '../../server/http/routes/table.generated.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

const SIGN_IN = '/api/v1/session';
let product: TestProduct;
let server: Server;
let port = 0;
let sockets: Socket[] = [];

async function listen(options: Partial<Parameters<typeof httpServer>[0]> = {}): Promise<void> {
  server = httpServer({ fetch: product.app.fetch, config: { trustProxy: false }, ...options });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  port = (server.address() as AddressInfo).port;
}

beforeEach(async () => {
  product = await startProduct();
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  if (server?.listening) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await product.close();
  removeFolder(product.folder);
});

interface Raw {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

/** Opens a connection from a loopback address and sends the text. */
function raw(text: string, localAddress = '127.0.0.1'): Promise<Raw> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress }, () => {
      socket.write(text);
      resolve(found);
    });
    const found: Raw = { socket, text: '', closed: false };
    sockets.push(socket);
    socket.on('data', (data) => (found.text += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      found.closed = true;
      resolve(found);
    });
  });
}

const json = 'Host: localhost\r\nContent-Type: application/json\r\n';
/** A sign-in that announces more than it sends. */
const half = (sent: number, announced: number): string =>
  `POST ${SIGN_IN} HTTP/1.1\r\n${json}Content-Length: ${announced}\r\n\r\n${'{"secret":"'.padEnd(sent, 'x')}`;
const whole = (): string => {
  const body = JSON.stringify({ token: ADMIN });
  return `POST ${SIGN_IN} HTTP/1.1\r\n${json}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};
const statusOf = async (connection: Raw): Promise<string> => {
  await expect.poll(() => connection.text).toMatch(/^HTTP\/1\.1 \d/);
  return connection.text.slice(9, 12);
};

test('half-sent sign-ins of one address occupy a few places for seconds, and others sign in meanwhile', async () => {
  await listen();
  const halves = await Promise.all(Array.from({ length: 400 }, () => raw(half(4000, 8000))));
  const other = await raw(whole(), '127.0.0.2');
  expect(await statusOf(other)).toBe('200');
  await expect.poll(() => halves.filter(({ text }) => text.includes(' 503 ')).length).toBe(396);
  // The four places are free again after the deadline.
  await expect.poll(() => halves.filter(({ text }) => text.includes('sent too slowly')).length).toBe(4);
  expect(await statusOf(await raw(whole()))).toBe('200');
});

test('more than eight sign-ins of one address at once are refused before they reach the server', async () => {
  let begun = 0;
  await listen({
    fetch: () => {
      begun += 1;
      return new Promise<Response>(() => undefined);
    },
  });
  const many = await Promise.all(Array.from({ length: 20 }, () => raw(whole())));
  await expect.poll(() => many.filter(({ text }) => text.includes(' 429 ')).length).toBe(12);
  expect(begun).toBe(8);
  // Others, and other requests of the address, are answered.
  await raw(whole(), '127.0.0.2');
  await raw('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await expect.poll(() => begun).toBe(10);
});

test.each([
  ['a long body that is announced', half(100, 9000)],
  ['a mebibyte that is announced', half(100, 1_048_576)],
  [
    'chunks without end',
    `POST ${SIGN_IN} HTTP/1.1\r\n${json}Transfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(3)}`,
  ],
])('%s is refused before it has arrived', async (_name, text) => {
  await listen();
  expect(await statusOf(await raw(text))).toBe('413');
});

test('no body is read before the credential is checked, on any declared route', async () => {
  const routes = [...routeTable, ...Object.values(ingestRoutes), ...Object.values(otlpRoutes)].filter(
    ({ method, scope }) => scope !== 'public' && method !== 'get',
  );
  expect(routes.length).toBeGreaterThan(30);
  for (const { method, path } of routes) {
    for (const credential of [{}, { authorization: 'Bearer tc_admin_wrong' }, { cookie: 'thermocline_session=x' }]) {
      let read = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          pull: (controller) => {
            read += 1;
            controller.enqueue(new Uint8Array(1024));
          },
        },
        { highWaterMark: 0 },
      );
      const headers = { 'content-type': 'application/json', ...credential };
      const init = { method: method.toUpperCase(), headers, body, duplex: 'half' } as RequestInit;
      const { status } = await product.app.request(path.replaceAll(/:\w+/g, 'x'), init);
      expect([path, status, read]).toEqual([path, 401, 0]);
    }
  }
});

test('thousands of connections that trickle shut out nobody, not even their own address', async () => {
  await listen({ maxConnections: 200, maxPerAddress: 50 });
  const trickles = [
    'GET /healthz HTTP/1.1\r\nHost: loc',
    'POST /ingest/firehose HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nx',
    `POST ${SIGN_IN} HTTP/1.1\r\n${json}Content-Length: 4000\r\n\r\n{`,
    '',
    'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ];
  for (let n = 0; n < 1000; n += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, at) => raw(trickles[(n + at) % trickles.length] ?? '')));
  }
  const health = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  for (const address of ['127.0.0.1', '127.0.0.2', '127.0.0.3'])
    expect(await statusOf(await raw(health, address))).toBe('200');
  const connections = () => new Promise<number>((resolve) => server.getConnections((_, n) => resolve(n)));
  await expect.poll(connections).toBeLessThanOrEqual(55);
});

test('behind a trusted proxy, requests in progress are limited by the forwarded address', async () => {
  await listen({ config: { trustProxy: true }, maxPerAddress: 5 });
  const live = (from: string): string =>
    `GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 198.51.100.1, ${from}\r\nAuthorization: Bearer ${ADMIN}\r\n\r\n`;
  const greedy = await Promise.all(Array.from({ length: 8 }, () => raw(live('203.0.113.7'))));
  const statuses = await Promise.all(greedy.map(statusOf));
  expect(statuses.filter((status) => status === '429')).toHaveLength(3);
  expect(await statusOf(await raw(live('203.0.113.8')))).toBe('200');
  for (const { socket } of greedy) socket.destroy();
  await expect.poll(async () => statusOf(await raw(live('203.0.113.7')))).toBe('200');
  product.endStreams();
});
