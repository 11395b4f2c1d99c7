/** Firehose requests and Lambda events that bring nothing to store, to one product: keys, ids, methods, headers and bodies. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { gz, invocation, message, record, send, stored } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

async function expectRows(n: number): Promise<void> {
  expect((await stored(product)).length).toBe(n);
}

test('request ids missing or different', async () => {
  expect((await send(product, [], { id: null, bodyId: 'from-body' })).status).toBe(400);
  expect((await send(product, [], { id: 'header', bodyId: null })).status).toBe(400);
  expect((await send(product, [], { id: 'header', bodyId: 'other' })).status).toBe(400);
});

test('wrong, missing, partial, long and foreign keys', async () => {
  for (const key of [
    'wrong',
    '',
    ADMIN.slice(0, -1),
    `${ADMIN}x`,
    'k'.repeat(4096),
    'k'.repeat(4097),
    'schlüssel',
    null,
  ]) {
    expect((await send(product, [record(message(invocation(1)))], { key })).status).toBe(401);
  }
  await expectRows(0);
  const long = await startProduct({ environment: { THERMOCLINE_ADMIN_TOKEN: 'L'.repeat(4096) } });
  expect((await send(long, [], { key: 'L'.repeat(4096) })).status).toBe(200);
  await long.close();
  removeFolder(long.folder);
});

test('a read token may not ingest, and the body is not read before the key is checked', async () => {
  const { token } = await product.json<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"r","scope":"read"}',
  });
  expect((await send(product, [], { key: token })).status).toBe(403);
  let pulled = 0;
  const raw = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(new Uint8Array(1_048_576));
      if (pulled > 64) controller.close();
    },
  });
  const response = await product.app.request(
    new Request('http://localhost/ingest/firehose', {
      method: 'POST',
      headers: { 'x-amz-firehose-access-key': 'wrong' },
      body: raw,
      duplex: 'half',
    } as RequestInit),
  );
  expect(response.status).toBe(401);
  expect(pulled).toBeLessThanOrEqual(2);
});

test('ingest always requires a key', async () => {
  expect((await send(product, [], { key: '' })).status).toBe(401);
});

test.each([
  ['2.0', 400],
  ['1.0', 200],
])('protocol version %s', async (version, expected) => {
  expect((await send(product, [], { headers: { 'x-amz-firehose-protocol-version': version } })).status).toBe(expected);
});

test('gzip announced, but plain or truncated bytes sent', async () => {
  const headers = { 'content-encoding': 'gzip' };
  expect((await send(product, [], { headers })).status).toBe(400);
  expect(
    (await send(product, null, { raw: new Uint8Array(gz({ requestId: 'x', records: [] }).subarray(0, 20)), headers }))
      .status,
  ).toBe(400);
});

test.each(['{', '{ test: ', '', 'null', '[]', '"x"', '5', '\ufeff'])('body %j', async (raw) => {
  expect((await send(product, null, { raw })).status).toBe(400);
});

test('a sender that disconnects leaves no resources behind', async () => {
  const raw = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"requestId":"r","records":['));
      controller.error(new Error('gone'));
    },
  });
  const response = await product.app.request(
    new Request('http://localhost/ingest/firehose', {
      method: 'POST',
      headers: { 'x-amz-firehose-access-key': ADMIN, 'x-amz-firehose-request-id': 'r' },
      body: raw,
      duplex: 'half',
    } as RequestInit),
  );
  expect(response.status).toBe(400);
  await expectRows(0);
});

test.each([
  ['GET', '/ingest/firehose', 200],
  ['PUT', '/ingest/firehose', 405],
  ['OPTIONS', '/ingest/firehose', 405],
  ['POST', '/ingest/firehose/', 404],
  ['POST', '/ingest/other', 404],
  ['DELETE', '/ingest/logs', 405],
])('%s %s', async (method, path, expected) => {
  expect((await send(product, [], { method, path })).status).toBe(expected);
});

test('header names in any case; a repeated key header is rejected', async () => {
  const response = await product.app.request('/ingest/firehose', {
    method: 'POST',
    headers: { 'X-AMZ-FIREHOSE-ACCESS-KEY': ADMIN, 'x-AMZ-firehose-request-ID': 'c' },
    body: '{"requestId":"c","records":[]}',
  });
  expect(response.status).toBe(200);
  expect((await send(product, [], { key: `${ADMIN}, ${ADMIN}` })).status).toBe(401);
});

async function lambda(body: string): Promise<Response> {
  return product.ask('/ingest/lambda', { method: 'POST', body });
}

test.each(['{}', 'x', '[]', '', '{"Records":[{"s3":{}}]}'])('%s', async (body) => {
  const response = await lambda(body);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { errorMessage: string }).errorMessage).toMatch(/awslogs|body/);
});

test('nothing was stored', () => expectRows(0));
