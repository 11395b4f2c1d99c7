/** A page that points its own name at this server (DNS rebinding) reads nothing. */
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpServer } from '../../server/cli/http-server.ts';
import { routeTable } from '../../server/http/routes/table.generated.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

let product: TestProduct;

beforeEach(async () => {
  product = await startProduct({
    environment: {
      THERMOCLINE_PUBLIC_URL: 'https://thermocline.example.com',
      THERMOCLINE_HOST_NAMES: 'thermocline, Lambda.Internal',
    },
  });
});
afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

const get = async (path: string, host: string): Promise<Response> =>
  product.app.request(path, { headers: { host, authorization: `Bearer ${ADMIN}` } });

test('every path that answers without a token refuses foreign names, and so do the others', async () => {
  const paths = ['/metrics', '/healthz', '/readyz', '/openapi.json', '/', '/sign-in', '/nothing', '/%6detrics'];
  for (const path of [...paths, ...routeTable.map(({ path }) => path)]) {
    for (const host of [
      'evil.example',
      'evil.example:8020',
      'thermocline.example.com.evil.example',
      '127.0.0.1.nip.io',
    ]) {
      const response = await get(path, host);
      expect([path, host, response.status]).toEqual([path, host, 421]);
      expect(await response.json()).toMatchObject({ code: 'misdirected' });
    }
  }
});

test('addresses, loopback names and the configured names are served', async () => {
  for (const host of [
    'localhost:8020',
    '127.0.0.1:8020',
    '[::1]:8020',
    '10.2.3.4',
    'thermocline.example.com',
    'THERMOCLINE.example.com:443',
    'thermocline:8020',
    'lambda.internal',
  ])
    expect([host, (await get('/metrics', host)).status]).toEqual([host, 200]);
});

test('senders may use any name: ingest needs a key', async () => {
  const send = (host: string, key: string) =>
    product.app.request('/ingest/logs?logGroup=/aws/lambda/x&logStream=s', {
      method: 'POST',
      headers: { host, authorization: `Bearer ${key}` },
      body: '',
    });
  expect((await send('forwarder.internal', ADMIN)).status).toBe(200);
  expect((await send('forwarder.internal', 'x')).status).toBe(401);
  // GET /ingest is a page.
  expect((await get('/ingest', 'evil.example')).status).toBe(421);
});

test('what is not a host name is a bad request, over a socket too', async () => {
  const server = httpServer({ fetch: product.app.fetch, config: { trustProxy: false } });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const statusOf = (target: string, host: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      );
      socket.once('data', (data) => resolve(data.toString().slice(9, 12)));
      socket.once('close', () => resolve('closed'));
    });
  try {
    for (const host of ['localhost:99999', 'a@localhost', 'localhost/x', '[::1', '%', 'a b', '', '\u00e4'])
      for (const target of ['/metrics', '/api/v1/session', '/ingest/firehose', '/'])
        expect([host, target, await statusOf(target, host)]).toEqual([host, target, '400']);
    // URL of Node 24 takes labels that are no Punycode: they are names then, of another server.
    for (const host of ['xn--', 'xn--:8020'])
      for (const target of ['/metrics', '/api/v1/session', '/'])
        expect([host, await statusOf(target, host)]).toEqual([host, URL.canParse(`http://${host}/`) ? '421' : '400']);
    // The host of an absolute target counts too (RFC 9112, 3.2.2).
    expect(await statusOf('http://evil.example/metrics', 'localhost')).toBe('421');
    expect(await statusOf('http://localhost/metrics', 'evil.example')).toBe('421');
    expect(await statusOf('http://localhost/metrics', 'localhost')).toBe('200');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
