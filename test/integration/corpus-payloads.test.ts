/** Sends payloads in AWS's formats (test/fixtures/corpus/payloads) to the endpoints and checks the stored figures. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { beginTest, invocation, message, record, send, status, stored, strict } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

const folder = join(import.meta.dirname, '../fixtures/corpus/payloads');
const messages = readdirSync(folder).filter((name) => name.startsWith('message.'));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const encoded = (name: string): { data: string } => record(JSON.parse(read(name)));
let product: TestProduct;

// Some messages tell of the same days: what was sent one by one is in a store of its own.
async function started(): Promise<void> {
  product = await startProduct();
}
async function stopped(): Promise<void> {
  await product.close();
  removeFolder(product.folder);
}

async function between(from: string, to: string) {
  const { items } = await product.json<{ items: Awaited<ReturnType<typeof stored>> }>(
    `/api/v1/invocations?from=${from}&to=${to}&limit=500`,
  );
  return items;
}

const postLambda = async (body: string): Promise<Response> => product.fetch('/ingest/lambda', { method: 'POST', body });

describe('one subscription message', () => {
  beforeAll(started);
  beforeEach(() => beginTest(product));
  afterAll(stopped);

  test.each(messages)('%s gives the same result as a Firehose record and as a Lambda event', async (name) => {
    const data = encoded(name);
    expect((await send(product, [data])).status).toBe(200);
    const first = await status(product);
    expect(first.rejected).toBe(0);
    const response = await postLambda(JSON.stringify({ awslogs: data }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ rejected: 0 });
    const second = await status(product);
    expect(second.accepted).toBe(first.accepted);
    expect(second.duplicates).toBe(first.accepted);
  });
});

describe('stored figures', () => {
  beforeAll(started);
  beforeEach(() => beginTest(product));
  afterAll(stopped);

  test('a cold start and two warm runs, with the numbers of the lines', async () => {
    await send(product, [encoded('message.cold-and-two-warm.json')]);
    const rows = await between('2026-05-18', '2026-05-19');
    expect(
      rows.map((row) => [row['durationMs'], row['billedDurationMs'], row['initDurationMs'], row['maxMemoryUsedMb']]),
    ).toEqual([
      [1.74, 2, null, 66],
      [11.61, 12, null, 66],
      [37.18, 38, 177.89, 65],
    ]);
    expect(rows[2]?.coldStart).toEqual({ kind: 'on-demand', userFelt: true, cause: null, evidence: null });
    expect(rows[2]?.function).toMatchObject({ name: 'orders', region: 'us-east-2' });
    const list = await product.json<{ items: { runtime: string; coldStartRate: { n: number; value: number } }[] }>(
      '/api/v1/functions?from=2026-05-18&to=2026-05-19',
    );
    expect(list.items[0]).toMatchObject({ runtime: 'nodejs22.x', coldStartRate: { n: 3, value: 1 / 3 } });
  });

  test('X-Ray ids are read from the same event', async () => {
    await send(product, [encoded('message.cold-with-xray.json')]);
    const [row] = await between('2026-05-11', '2026-05-12');
    expect(row).toMatchObject({
      traceId: '1-6a019b60-0123456789abcdef01234567',
      segmentId: '00000000000000f1',
      sampled: true,
    });
  });

  test('timeout and out-of-memory lines of old runtimes set the status', async () => {
    await send(product, [encoded('message.old-timeout.json'), encoded('message.old-out-of-memory.json')]);
    const rows = await between('2026-05-12', '2026-05-13');
    expect(rows.map((row) => row.status).toSorted()).toEqual(['oom', 'timeout']);
  });

  test('a Firehose request stores its good records and keeps what cannot be decoded', async () => {
    const control = encoded('message.control.json');
    const good = encoded('message.cold-and-two-warm.json');
    const requests = [[control], [good], [control, good], [control, { data: good.data.slice(0, 40) }]];
    for (const [at, records] of requests.entries()) {
      const requestId = `86208cf6-2bcc-47e6-9010-00000000000${at}`;
      const response = await product.app.request('/ingest/firehose', {
        method: 'POST',
        headers: { 'x-amz-firehose-request-id': requestId, 'x-amz-firehose-access-key': ADMIN },
        body: JSON.stringify({ requestId, timestamp: 1684424042901, records }),
      });
      expect(response.status).toBe(200);
      await strict(response, requestId);
    }
    expect(await status(product)).toMatchObject({ controlMessages: 3, rejected: 1 });
    expect(await between('2026-05-18', '2026-05-19')).toHaveLength(3);
  });

  test('one request carries messages of several streams', async () => {
    const names = ['message.cold-with-xray.json', 'message.second-stream.json', 'message.control.json'];
    expect((await send(product, names.map(encoded))).status).toBe(200);
    expect(await status(product)).toMatchObject({ rejected: 0, controlMessages: 1 });
    expect(await between('2026-05-11', '2026-05-12')).toHaveLength(2);
  });

  test('three timeouts of one environment, from filter-log-events', async () => {
    const body = read('events.three-timeouts.json');
    const response = await product.fetch('/ingest/logs', { method: 'POST', body });
    expect(await response.json()).toMatchObject({ rejected: 0, duplicates: 0 });
    const rows = await between('2026-09-01', '2026-09-03');
    expect(rows.map((row) => row.status)).toEqual(['timeout', 'timeout', 'timeout']);
    expect(rows[0]?.function).toMatchObject({ name: 'own-group-lambda', region: 'ap-east-2' });
    const again = await product.fetch('/ingest/logs', { method: 'POST', body });
    expect(await again.json()).toMatchObject({ accepted: 0 });
  });

  test('an init that fails and runs again inside the invocation is a suppressed cold start', async () => {
    const { events } = JSON.parse(read('events.suppressed-init.json')) as { events: unknown[] };
    await product.fetch('/ingest/logs?function=broken&logStream=s', {
      method: 'POST',
      body: JSON.stringify({ events }),
    });
    const [row] = await between('2026-08-13', '2026-08-14');
    expect(row).toMatchObject({
      status: 'error',
      errorType: 'Runtime.Unknown',
      coldStart: { kind: 'suppressed', userFelt: true },
    });
  });

  test('the same invocation by Firehose and as a Lambda event is stored once', async () => {
    const data = record(message(invocation(1)));
    expect((await send(product, [data])).status).toBe(200);
    expect(await (await postLambda(JSON.stringify({ awslogs: data }))).json()).toMatchObject({
      accepted: 0,
      duplicates: 2,
    });
    expect((await stored(product)).length).toBe(1);
  });
});
