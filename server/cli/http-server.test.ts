/** Clients that do not read what they asked for, or ask for more before they have read it. */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { httpServer } from './http-server.ts';
import { MAX_PIPELINED } from './one-at-a-time.ts';

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
  await expect.poll(openConnections).toBe(0);
  // The stream is told after the connection is gone.
  await expect.poll(() => hasEnded).toBe(true);
  // What the kernel buffers on both sides.
  expect(produced * 65_536).toBeLessThan(64 * 1_048_576);
});

test('a client that does not read the end of an answer is closed too', async () => {
  const socket = await ask(() => new Response(new Uint8Array(64 * 1_048_576)));
  await nextText(socket);
  socket.pause();
  await expect.poll(openConnections).toBe(0);
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

const GET = (path: number): string => `GET /${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const paths = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

test('requests that are sent ahead are answered in order, one at a time', async () => {
  let inProgress = 0;
  let most = 0;
  const socket = await ask(async () => {
    inProgress += 1;
    most = Math.max(most, inProgress);
    await new Promise((resolve) => setImmediate(resolve));
    inProgress -= 1;
    return new Response(`answer ${++answered};`);
  });
  let answered = 0;
  let text = '';
  socket.on('data', (data) => (text += data.toString('latin1')));
  // The one of `ask` and as many as may wait.
  socket.write(paths(MAX_PIPELINED).map(GET).join(''));
  const all = [0, ...paths(MAX_PIPELINED)].map((at) => `answer ${at + 1};`);
  await expect.poll(() => text.match(/answer \d+;/g)).toEqual(all);
  expect(most).toBe(1);
});

test('a connection with more requests ahead than may wait is closed, and they are not begun', async () => {
  let begun = 0;
  const socket = await ask(() => {
    begun += 1;
    return new Promise<Response>(() => undefined);
  });
  socket.resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(
    paths(MAX_PIPELINED + 1)
      .map(GET)
      .join(''),
  );
  await closed;
  expect(begun).toBe(1);
});

test('what a client does not read of one answer delays the next ones', async () => {
  let begun = 0;
  const socket = await ask(() => {
    begun += 1;
    return new Response(new Uint8Array(64 * 1_048_576));
  });
  socket.write(paths(4).map(GET).join(''));
  await nextText(socket);
  socket.pause();
  await expect.poll(openConnections).toBe(0);
  expect(begun).toBe(1);
});
