/** Firehose requests and Lambda events that bring nothing to store, to one product: keys, ids, methods, headers and bodies. */
import { expect, test } from 'vitest';
import { gz, invocation, message, record, send as sendTo } from '../support/firehose.ts';
import { useFirehoseProduct } from '../support/firehose-product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

const firehose = useFirehoseProduct({ separate: false });
const { expectRows, send, sendLambdaEvent } = firehose;

test('request ids missing or different', async () => {
  expect((await send([], { id: null, bodyId: 'from-body' })).status).toBe(400);
  expect((await send([], { id: 'header', bodyId: null })).status).toBe(400);
  expect((await send([], { id: 'header', bodyId: 'other' })).status).toBe(400);
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
    expect((await send([record(message(invocation(1)))], { key })).status).toBe(401);
  }
  await expectRows(0);
  const long = await startProduct({ environment: { THERMOCLINE_ADMIN_TOKEN: 'L'.repeat(4096) } });
  expect((await sendTo(long, [], { key: 'L'.repeat(4096) })).status).toBe(200);
  await long.close();
  removeFolder(long.folder);
});

test('a read token may not ingest, and the body is not read before the key is checked', async () => {
  const { token } = await firehose.product.json<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"r","scope":"read"}',
  });
  expect((await send([], { key: token })).status).toBe(403);
  let pulled = 0;
  const raw = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(new Uint8Array(1_048_576));
      if (pulled > 64) controller.close();
    },
  });
  const response = await firehose.product.app.request(
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
  expect((await send([], { key: '' })).status).toBe(401);
});

test.each([
  ['2.0', 400],
  ['1.0', 200],
])('protocol version %s', async (version, expected) => {
  expect((await send([], { headers: { 'x-amz-firehose-protocol-version': version } })).status).toBe(expected);
});

test('gzip announced, but plain or truncated bytes sent', async () => {
  const headers = { 'content-encoding': 'gzip' };
  expect((await send([], { headers })).status).toBe(400);
  expect(
    (await send(null, { raw: new Uint8Array(gz({ requestId: 'x', records: [] }).subarray(0, 20)), headers })).status,
  ).toBe(400);
});

test.each(['{', '{ test: ', '', 'null', '[]', '"x"', '5', '\ufeff'])('body %j', async (raw) => {
  expect((await send(null, { raw })).status).toBe(400);
});

test('a sender that disconnects leaves no resources behind', async () => {
  const raw = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      controller.enqueue(new TextEncoder().encode('{"requestId":"r","records":['));
      controller.error(new Error('gone'));
    },
  });
  const response = await firehose.product.app.request(
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
  expect((await send([], { method, path })).status).toBe(expected);
});

test('header names in any case; a repeated key header is rejected', async () => {
  const response = await firehose.product.app.request('/ingest/firehose', {
    method: 'POST',
    headers: { 'X-AMZ-FIREHOSE-ACCESS-KEY': ADMIN, 'x-AMZ-firehose-request-ID': 'c' },
    body: '{"requestId":"c","records":[]}',
  });
  expect(response.status).toBe(200);
  expect((await send([], { key: `${ADMIN}, ${ADMIN}` })).status).toBe(401);
});

test.each(['{}', 'x', '[]', '', '{"Records":[{"s3":{}}]}'])('%s', async (body) => {
  const response = await sendLambdaEvent(body);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { errorMessage: string }).errorMessage).toMatch(/awslogs|body/);
});

test('nothing was stored', () => expectRows(0));
