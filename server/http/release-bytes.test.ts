/** When the bytes of an answer are freed. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { releaseWhenSent } from './release-bytes.ts';

/** More than the socket buffers of both ends take. */
const LARGE = 32 * 1024 * 1024;

test('bytes are freed when all of them are sent, not while a client is slow to read', async () => {
  const bytes = new Uint8Array(LARGE).fill(7);
  const sent = Buffer.from(bytes);
  const server = createServer((_, outgoing) => {
    releaseWhenSent(bytes, outgoing);
    outgoing.end(bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
  const asked = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const [, outgoing] = await request;
  const finished = once(outgoing, 'finish');
  expect(bytes.byteLength).toBe(LARGE);
  expect((await buffer(answer)).equals(sent)).toBe(true);
  await finished;
  expect(bytes.byteLength).toBe(0);
  server.close();
});

test('bytes that no server sends are kept', () => {
  const bytes = Uint8Array.of(1, 2);
  releaseWhenSent(bytes, undefined);
  expect(bytes).toEqual(Uint8Array.of(1, 2));
});
