/** Ways in that lose nothing: content encodings, poison records, and dead letters, on every ingest route. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { b64, beginTest, gz, invocation, message, reasons, record, send, status } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../fixtures/field/delivery', name));

let product: TestProduct;
beforeAll(async () => {
  product = await startProduct();
});
beforeEach(() => beginTest(product));
async function restarted(): Promise<void> {
  await product.close();
  removeFolder(product.folder);
  product = await startProduct();
  await beginTest(product);
}
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  product.fetch(path, { method: 'POST', body, headers });
const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => Uint8Array.from(buffer);

test.each([
  ['{"traceIds":[],"traceId":"x"}', 'traceId: unknown field'],
  ['{"traceIds":[],"__proto__":{}}', '__proto__: unknown field'],
  ['{"traceIds":["1-00000000-000000000000000000000000"],"traceIds":[]}', 'traceIds: appears twice'],
  ['{"traceIds":', 'body: expected JSON'],
])('a report of missing traces is refused by the name of its field: %s', async (body, errorMessage) => {
  const response = await post('/ingest/traces/missed', body);
  expect([response.status, await response.json()]).toMatchObject([400, { errorMessage }]);
});

describe('content encodings', () => {
  const line = `2026-11-26T10:00:00.012Z REPORT RequestId: 00000001-0002-4000-8000-000000000002\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\t\n`;
  const subscription = JSON.stringify(message(invocation(1)));
  /** A body that each route accepts when it is not encoded. */
  const routes: Readonly<Record<string, string>> = {
    '/ingest/logs?function=f': line,
    '/ingest/lambda': subscription,
    '/ingest/load-test?tool=hey&function=f': 'x',
    '/ingest/pull': '{}',
    '/ingest/traces/missed': '{"traceIds":[]}',
    '/ingest/firehose': '{"requestId":"r","records":[]}',
  };

  test.each(Object.entries(routes))('%s answers 415 with the accepted ones', async (path, body) => {
    for (const encoding of ['snappy', 'compress', 'lz4', 'aws-chunked', 'SNAPPY', 'gzip, snappy', 'x']) {
      const response = await post(path, body, {
        'content-encoding': encoding,
        'x-amz-firehose-request-id': 'r',
      });
      const { errorMessage } = (await response.json()) as { errorMessage: string };
      expect([encoding, response.status]).toEqual([encoding, 415]);
      expect(errorMessage).toMatch(/Content-Encoding: expected gzip, deflate, br(, zstd)? or none, got/);
      expect(response.headers.get('accept-encoding')).toContain('gzip, deflate, br');
    }
    expect(await reasons(product)).toEqual([]);
  });

  // Each is sent for a function of its own, so that none is a duplicate.
  let decoded = 0;
  test.each([
    ['gzip', gz(line)],
    ['x-gzip', gz(line)],
    ['GZIP', gz(line)],
    ['deflate', zlib.deflateSync(line)],
    ['deflate', zlib.deflateRawSync(line)],
    ['br', zlib.brotliCompressSync(line)],
    ['gzip, br', zlib.brotliCompressSync(gz(line))],
    ['identity', Buffer.from(line)],
    ['', Buffer.from(line)],
    [' , identity', Buffer.from(line)],
    ['gzip, identity', gz(line)],
  ])('%j is decoded', async (encoding, body) => {
    decoded += 1;
    const response = await post(`/ingest/logs?function=f${decoded}`, bytes(body), { 'content-encoding': encoding });
    expect(await response.json()).toEqual({ accepted: 1, duplicates: 0, ignored: 0, rejected: 0 });
  });

  test('a body that is not in its announced encoding is refused, and nothing is stored', async () => {
    for (const [encoding, body] of [
      ['gzip', Buffer.from(line)],
      ['gzip', gz(line).subarray(0, 40)],
      ['br', gz(line)],
      ['deflate', Buffer.from(line)],
      ['gzip, gzip', gz(line)],
    ] as const) {
      const response = await post('/ingest/logs?function=f', bytes(body), { 'content-encoding': encoding });
      expect([encoding, response.status]).toEqual([encoding, 400]);
      expect(((await response.json()) as { errorMessage: string }).errorMessage).toContain('Content-Encoding');
    }
    expect((await status(product)).rejected).toBe(0);
  });

  test('Zstandard: decoded where Node can, otherwise 415; without the header the format is named', async () => {
    const body = bytes(fixture('02.body.zst'));
    const announced = await post('/ingest/logs?function=f', body, { 'content-encoding': 'zstd' });
    const isDecoded = 'zstdDecompressSync' in zlib;
    expect(announced.status).toBe(isDecoded ? 200 : 415);
    const silent = await post('/ingest/logs?function=f', body);
    expect(silent.status).toBe(400);
    expect(await silent.json()).toMatchObject({
      errorMessage: 'body: Zstandard data. Expected text or JSON, plain or compressed with gzip',
    });
    expect(await reasons(product)).toEqual([]);
    const plain = await post('/ingest/logs?function=f', bytes(fixture('02.ndarray.json')));
    const counts = isDecoded ? { accepted: 0, duplicates: 2 } : { accepted: 2, duplicates: 0 };
    expect(await plain.json()).toMatchObject({ ...counts, rejected: 0 });
  });
});

describe('a poison record becomes a dead letter with its reason and acknowledged', () => {
  const good = b64(gz(message(invocation(1))));
  /** Payloads that no retry will ever make readable. */
  const poison: readonly (readonly [data: unknown, reason: string])[] = [
    ['This is Bauva', 'record-not-base64'],
    [5, 'record-without-data'],
    [null, 'record-without-data'],
    [gz('x').subarray(0, 12).toString('base64'), 'gzip-truncated'],
    [b64('hello'), 'not-a-subscription-message'],
    [b64(gz('{"messageType":"OTHER"}')), 'unknown-message-type'],
  ];

  test.each(poison)('forwarder, from CloudWatch Logs: %j', async (data, reason) => {
    const response = await post('/ingest/lambda', JSON.stringify({ awslogs: { data } }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ accepted: 0, duplicates: 0, ignored: 0, rejected: 1 });
    expect(await reasons(product)).toEqual([reason]);
  });

  test('forwarder, from Kinesis: the other records of the batch are stored', async () => {
    const Records = [...poison.map(([data]) => data), good].map((data) => ({ kinesis: { data } }));
    const response = await post('/ingest/lambda', JSON.stringify({ Records }));
    expect(await response.json()).toEqual({ accepted: 2, duplicates: 0, ignored: 0, rejected: poison.length });
    expect((await reasons(product)).toSorted()).toEqual(poison.map(([, reason]) => reason).toSorted());
  });

  test('Firehose: the other records of the delivery are stored', async () => {
    const records = [...poison.map(([data]) => ({ data })), record(message(invocation(1)))];
    expect((await send(product, records)).status).toBe(200);
    expect(await status(product)).toMatchObject({ accepted: 2, rejected: poison.length });
  });
});

describe('dead letters of the forwarder are read on its own route and by import', () => {
  const event = JSON.parse(fixture('13.event.json').toString()) as { awslogs: { data: string } };
  const onFailure = JSON.parse(fixture('13.on-failure.json').toString()) as object;
  const queued = (inner: unknown) => ({ Messages: [{ MessageId: '1', Body: JSON.stringify(inner) }] });
  const forms: readonly (readonly [name: string, letter: unknown])[] = [
    ['bare event', event],
    ['Kinesis event', { Records: [{ kinesis: { data: event.awslogs.data } }] }],
    ['on-failure record', onFailure],
    ['receive-message', JSON.parse(fixture('13.sqs-receive-message.json').toString())],
    ['receive-message of an on-failure record', queued(onFailure)],
    ['one message of a queue', { MessageId: '1', Body: JSON.stringify(event) }],
    ['SQS event', { Records: [{ messageId: '1', body: JSON.stringify(event), eventSource: 'aws:sqs' }] }],
    ['SNS event', { Records: [{ EventSource: 'aws:sns', Sns: { Message: JSON.stringify(onFailure) } }] }],
    [
      'queue behind a topic',
      queued({ Type: 'Notification', TopicArn: 'arn:aws:sns:x', Message: JSON.stringify(event) }),
    ],
    ['EventBridge', { 'detail-type': 'Lambda Function Invocation Result - Failure', detail: onFailure }],
    ['list of events', [event]],
  ];

  test.each(forms)('%s', async (_name, letter) => {
    // All forms hold the same events.
    await restarted();
    // The message holds START, END and REPORT of one invocation; END is ignored.
    const first = await post('/ingest/lambda', JSON.stringify(letter));
    expect(await first.json()).toMatchObject({
      accepted: 2,
      duplicates: 0,
      ignored: 1,
      rejected: 0,
      ignoredReasons: { end: 1 },
    });
    const second = await post('/ingest/logs', JSON.stringify(letter));
    expect(await second.json()).toMatchObject({ accepted: 0, duplicates: 2, ignored: 1, rejected: 0 });
  });

  test('several dead letters in one body, one per line', async () => {
    await restarted();
    // The two are of different invocations.
    const body = `${JSON.stringify(event)}\n${JSON.stringify(queued(onFailure))}\n`;
    expect(await (await post('/ingest/lambda', body)).json()).toMatchObject({ accepted: 4, rejected: 0 });
  });

  test.each([
    [queued({ hello: 1 }), 'dead-letter-not-an-event'],
    [{ requestContext: { functionArn: 'a' }, KinesisBatchInfo: { shardId: 's' } }, 'dead-letter-without-payload'],
    [{ requestContext: { functionArn: 'a' }, requestPayload: 'x' }, 'dead-letter-not-an-event'],
  ])('%j becomes a dead letter', async (letter, reason) => {
    for (const path of ['/ingest/lambda', '/ingest/logs']) {
      expect(await (await post(path, JSON.stringify(letter))).json()).toMatchObject({ accepted: 0, rejected: 1 });
    }
    expect(new Set(await reasons(product))).toEqual(new Set([reason]));
  });
});

test('a collector whose run outlasts its interval is reported by status, readiness and metrics', async () => {
  let nowMs = Date.UTC(2026, 10, 27);
  const own = await startProduct({ now: () => nowMs, monotonicNow: () => nowMs });
  own.runs.begin('logs:FilterLogEvents', 'eu-west-1', 60_000);
  nowMs += 59_000;
  expect(await own.json('/readyz')).toEqual({ status: 'ready', warnings: [] });
  nowMs += 2000;
  expect(await own.json('/readyz')).toMatchObject({
    status: 'ready',
    warnings: ['Runs of 1 collector outlast their interval: data arrives late; see the Ingest page.'],
  });
  own.runs.end('logs:FilterLogEvents', 'eu-west-1', null);
  const { collectors } = await own.json<{ collectors: object[] }>('/api/v1/ingest/status');
  expect(collectors).toMatchObject([
    {
      name: 'logs:FilterLogEvents',
      region: 'eu-west-1',
      tookMs: 61_000,
      overdue: true,
      notice: expect.stringContaining('took 61 s, longer than its interval of 60 s') as string,
    },
  ]);
  const metrics = await (await own.fetch('/metrics')).text();
  expect(metrics).toContain(
    'thermocline_collector_run_seconds{collector="logs:FilterLogEvents",region="eu-west-1"} 61',
  );
  expect(metrics).toContain('thermocline_collector_overdue{collector="logs:FilterLogEvents",region="eu-west-1"} 1');
  expect(metrics).toContain('thermocline_collector_failing{collector="logs:FilterLogEvents",region="eu-west-1"} 0');
  own.runs.begin('logs:FilterLogEvents', 'eu-west-1', 60_000);
  own.runs.end('logs:FilterLogEvents', 'eu-west-1', 'The credentials expired.');
  expect(await (await own.fetch('/metrics')).text()).toContain(
    'thermocline_collector_failing{collector="logs:FilterLogEvents",region="eu-west-1"} 1',
  );
  await own.close();
  removeFolder(own.folder);
});
