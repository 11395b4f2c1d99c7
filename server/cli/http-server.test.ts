/** Clients that do not read what they asked for. */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { httpServer } from './http-server.ts';

const STALLED_MS = 100;
let server: Server;
let client: Socket;

afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Asks a server that answers so, and returns the connection. */
async function ask(answer: () => Response | Promise<Response>): Promise<Socket> {
  server = httpServer({ fetch: answer, config: { trustProxy: false }, stalledMs: STALLED_MS });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return client;
}

const openConnections = (): Promise<number> =>
  new Promise((resolve) => server.getConnections((_, count) => resolve(count)));

/** What arrives next. @throws if the connection is closed instead */
const nextText = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once('data', (data) => resolve(data.toString('latin1')));
  });

test('a client that stops reading a stream is closed, and what produces the stream ends', async () => {
  let produced = 0;
  let hasEnded = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      produced += 1;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel: () => {
      hasEnded = true;
    },
  });
  const socket = await ask(() => new Response(stream));
  await nextText(socket);
  socket.pause();
  await expect.poll(openConnections, { timeout: 20_000 }).toBe(0);
  // The stream is told after the connection is gone.
  await expect.poll(() => hasEnded, { timeout: 20_000 }).toBe(true);
  // What the kernel buffers on both sides.
  expect(produced * 65_536).toBeLessThan(64 * 1_048_576);
});

test('a client that does not read the end of an answer is closed too', async () => {
  const socket = await ask(() => new Response(new Uint8Array(64 * 1_048_576)));
  await nextText(socket);
  socket.pause();
  await expect.poll(openConnections, { timeout: 20_000 }).toBe(0);
});

test('a client that waits for an answer, or between two, is not closed', async () => {
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const socket = await ask(async () => {
    await begun;
    return new Response('first');
  });
  const first = nextText(socket);
  await new Promise((resolve) => setTimeout(resolve, 5 * STALLED_MS));
  begin();
  expect(await first).toContain('200 OK');
  await new Promise((resolve) => setTimeout(resolve, 5 * STALLED_MS));
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await nextText(socket)).toContain('200 OK');
});
