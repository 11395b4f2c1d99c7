/** Payloads as other projects captured them, through the endpoints, read back as numbers. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sharedCorpus } from '../support/corpus.ts';
import { invocation, message, record, send, status, stored, strict } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

const folder = join(sharedCorpus, 'payloads');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
let product: TestProduct;

beforeEach(async () => {
  product = await startProduct();
});
afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

async function between(from: string, to: string) {
  const { items } = await product.json<{ items: Awaited<ReturnType<typeof stored>> }>(
    `/api/v1/invocations?from=${from}&to=${to}&limit=500`,
  );
  return items;
}

async function postLambda(body: string): Promise<Response> {
  return product.ask('/ingest/lambda', { method: 'POST', body });
}

describe.skipIf(!existsSync(folder))('shared payloads', () => {
  test.each(existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.b64')) : [])(
    '%s as a Firehose record and as a Lambda event',
    async (name) => {
      const data = read(name).trim();
      expect((await send(product, [{ data }])).status).toBe(200);
      const first = await status(product);
      expect((await postLambda(JSON.stringify({ awslogs: { data } }))).status).toBe(200);
      const second = await status(product);
      expect(second.accepted).toBe(first.accepted);
      expect(second.duplicates).toBe(first.accepted);
    },
  );

  test('a cold start and two warm runs, with the numbers of the lines', async () => {
    await send(product, [{ data: read('alloy-lambda-cold-3-invokes.b64').trim() }]);
    const rows = await between('2023-05-18', '2023-05-19');
    expect(
      rows.map((row) => [row['durationMs'], row['billedDurationMs'], row['initDurationMs'], row['maxMemoryUsedMb']]),
    ).toEqual([
      [1.74, 2, null, 66],
      [11.61, 12, null, 66],
      [37.18, 38, 177.89, 65],
    ]);
    expect(rows[2]?.coldStart).toEqual({ kind: 'on-demand', userFelt: true, cause: null, evidence: null });
    expect(rows[2]?.function).toMatchObject({ name: 'logging-lambda', region: 'us-east-2' });
    const list = await product.json<{ items: { runtime: string; coldStartRate: { n: number; value: number } }[] }>(
      '/api/v1/functions?from=2023-05-18&to=2023-05-19',
    );
    expect(list.items[0]).toMatchObject({ runtime: 'nodejs:18.v6', coldStartRate: { n: 3, value: 1 / 3 } });
  });

  test('X-Ray ids of the same event', async () => {
    await send(product, [{ data: read('powertools-cold-xray.b64').trim() }]);
    const [row] = await between('2022-11-10', '2022-11-11');
    expect(row).toMatchObject({
      traceId: '1-636d1462-33ef10600061cad86dab71c8',
      segmentId: '7ccb4860675ee485',
      sampled: true,
    });
  });

  test('old-style timeout and out-of-memory lines set the status', async () => {
    for (const name of ['decoded.newrelic.entry_lambda_timeout.json', 'decoded.newrelic.entry_lambda_oom.json']) {
      expect((await postLambda(read(name))).status).toBe(200);
    }
    const rows = [...(await between('2019-01-31', '2019-02-01')), ...(await between('2020-02-25', '2020-02-26'))];
    expect(rows.map((row) => row.status).toSorted()).toEqual(expect.arrayContaining(['oom']));
  });

  test.each(existsSync(folder) ? readdirSync(folder).filter((name) => /^firehose\./.test(name)) : [])(
    '%s',
    async (name) => {
      const body = read(name);
      const { requestId } = JSON.parse(body) as { requestId: string };
      const response = await product.app.request('/ingest/firehose', {
        method: 'POST',
        headers: { 'x-amz-firehose-request-id': requestId, 'x-amz-firehose-access-key': ADMIN },
        body,
      });
      expect(response.status).toBe(200);
      await strict(response, requestId);
    },
  );

  test('Kinesis records carry the same messages', async () => {
    const { Records } = JSON.parse(read('kinesis.stream-cloudwatch-logs.json')) as {
      Records: { kinesis: { data: string } }[];
    };
    expect(
      (
        await send(
          product,
          Records.map((entry) => ({ data: entry.kinesis.data })),
        )
      ).status,
    ).toBe(200);
    expect((await status(product)).rejected).toBe(0);
  });

  test.each(existsSync(folder) ? readdirSync(folder).filter((name) => /^(?:decoded|lambda)\./.test(name)) : [])(
    '%s',
    async (name) => {
      const response = await postLambda(read(name));
      // One of them is a hand-made entry without an envelope: a clear 400.
      expect([200, 400]).toContain(response.status);
      if (response.status === 400)
        expect(((await response.json()) as { errorMessage: string }).errorMessage).toMatch(/awslogs|body/);
      else expect(await response.json()).toMatchObject({ rejected: 0 });
    },
  );

  test('three timeouts of one environment, from filter-log-events', async () => {
    const body = read('stream.timeout-x3.custom-log-group.filterlogevents.json');
    const response = await product.ask('/ingest/logs', { method: 'POST', body });
    expect(await response.json()).toMatchObject({ rejected: 0, duplicates: 0 });
    const rows = await between('2025-09-02', '2025-09-04');
    expect(rows.map((row) => row.status)).toEqual(['timeout', 'timeout', 'timeout']);
    expect(rows[0]?.function).toMatchObject({ name: 'gemini-cli-lambda', region: 'ap-east-2' });
    const again = await product.ask('/ingest/logs', { method: 'POST', body });
    expect(await again.json()).toMatchObject({ accepted: 0 });
  });

  test('an init that fails and runs again inside the invocation is a suppressed cold start', async () => {
    const { events } = JSON.parse(read('stream.suppressed-init-unknown.json')) as { events: unknown[] };
    await product.ask('/ingest/logs?function=broken&logStream=s', { method: 'POST', body: JSON.stringify({ events }) });
    const [row] = await between('2026-02-09', '2026-02-10');
    expect(row).toMatchObject({
      status: 'error',
      errorType: 'Runtime.Unknown',
      coldStart: { kind: 'suppressed', userFelt: true },
    });
  });
});

test('without the shared corpus: our own payload, both ways in', async () => {
  const data = record(message(invocation(1)));
  expect((await send(product, [data])).status).toBe(200);
  expect(await (await postLambda(JSON.stringify({ awslogs: data }))).json()).toMatchObject({
    accepted: 0,
    duplicates: 2,
  });
  expect((await stored(product)).length).toBe(1);
});
