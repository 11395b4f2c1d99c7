/** Documents other than platform lines, through the same envelope, with dead letters and ingest statistics. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { invocation, message, reasons, record, send, status } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import { published } from '../support/published-data.ts';

const ARN = { 'x-amz-firehose-source-arn': 'arn:aws:firehose:eu-west-1:111122223333:deliverystream/s' };
const AT = Date.UTC(2026, 10, 20, 10);
const TRACE = '1-643aca1d-02e095f7341508e00b9b6d2b';

let product: TestProduct;

beforeEach(async () => {
  product = await startProduct({ environment: { THERMOCLINE_ACCESS_LOG_FIELDS: '{"lambdaRequestId":["fn"]}' } });
});

afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

/** Delivers lines of a log group twice, as Firehose may. */
async function deliver(logGroup: string, ...messages: string[]): Promise<void> {
  const events = messages.map((text, at) => ({
    id: `1${String(at).padStart(55, '0')}`,
    timestamp: AT + at,
    message: text,
  }));
  for (let time = 0; time < 2; time += 1) {
    const { status: code } = await send(product, [record(message(events, { logGroup, logStream: 'any' }))], {
      headers: ARN,
    });
    expect(code).toBe(200);
  }
}

function rows(table: string): Record<string, unknown>[] {
  const db = new Database(join(product.folder, 'telemetry.db'), { readonly: true });
  try {
    return db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
  } finally {
    db.close();
  }
}

test('stores spans with nanosecond times, and their trace', async () => {
  const span = (id: string, extra: string): string =>
    `{"resource":{"attributes":{"service.name":"f","cloud.resource_id":"arn:aws:lambda:eu-west-1:111122223333:function:f"}},"traceId":"${TRACE.slice(2).replace('-', '')}","spanId":"${id}","name":"n","kind":"SERVER","startTimeUnixNano":1791300000123456789,"endTimeUnixNano":1791300002123456791,"status":{"code":"OK"}${extra}}`;
  await deliver(
    'aws/spans',
    span('00f067aa0ba902b7', ''),
    span('00f067aa0ba902b8', ',"parentSpanId":"00f067aa0ba902b7"'),
    '{"spanId":"x"}',
    'no json',
  );
  const trace = await product.json<{ segments: Record<string, unknown>[] }>(`/api/v1/traces/${TRACE}`);
  expect(trace.segments).toHaveLength(2);
  expect(trace.segments[0]).toMatchObject({
    startNs: '1791300000123456789',
    endNs: '1791300002123456791',
    outcome: 'ok',
  });
  expect(await status(product)).toMatchObject({ accepted: 2, duplicates: 2, rejected: 4 });
  expect((await reasons(product)).toSorted()).toEqual(['document-not-json', 'span-without-id']);
});

test('stores CloudTrail, access log, Lambda Insights and flow log records once each', async () => {
  await deliver(
    'related',
    JSON.stringify({
      eventID: 'e1',
      eventName: 'CreateNetworkInterface',
      eventSource: 'ec2.amazonaws.com',
      eventTime: '2026-11-20T10:00:00Z',
      errorCode: 'Client.RequestLimitExceeded',
      requestParameters: { description: 'AWS Lambda VPC ENI-my-fn-0b1c2d3e', subnetId: 'subnet-0a' },
    }),
    JSON.stringify({
      eventName: 'DeleteNetworkInterface',
      eventSource: 'ec2.amazonaws.com',
      sourceIPAddress: 'elasticfilesystem.amazonaws.com',
    }),
    '{"requestId":"g=","routeKey":"GET /items","status":200,"fn":"d661f7cf-9208-46b9-85b0-213b04a91065","integrationLatency":"33"}',
    '2 123456789010 eni-1235b8ca 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
    '2 123456789010 eni-1235b8ca 172.31.9.69 172.31.9.12 49761 443 6 20 4249 1418530010 1418530070 ACCEPT OK',
    'anything else',
  );
  await deliver(
    '/aws/lambda-insights',
    '{"function_name":"f","request_id":"d661f7cf-9208-46b9-85b0-213b04a91065","used_memory_max":70,"cold_start":1}',
  );
  expect(rows('network_event')).toMatchObject([
    { id: 'e1', error_code: 'Client.RequestLimitExceeded', subnet_id: 'subnet-0a' },
  ]);
  expect(rows('gateway_request')).toMatchObject([{ request_id: 'g=', integration_latency_us: 33_000, status: 200 }]);
  expect(rows('gateway_request')[0]?.['lambda_request_id']).toHaveLength(16);
  expect(rows('flow_record')).toMatchObject([{ outcome: 'rejected', target_port: 3389 }]);
  expect(rows('resource_use')).toMatchObject([{ used_memory_max_mb: 70, cold_start: 1, at_ms: AT }]);
  expect(await status(product)).toMatchObject({ accepted: 4, duplicates: 4, ignored: 6, rejected: 0 });
});

test('lines of a function’s own log group are never read as documents', async () => {
  await deliver('/aws/lambda/f', '{"requestId":"g=","status":200,"integrationLatency":"33"}');
  expect(rows('gateway_request')).toEqual([]);
  expect(await status(product)).toMatchObject({ accepted: 0, ignored: 2 });
});

const imported = (body: string, query = ''): Promise<{ accepted: number; duplicates: number; rejected: number }> =>
  product.json(`/ingest/logs?account=111122223333&region=eu-west-1${query}`, { method: 'POST', body });

test('imports files of traces, where a finished segment replaces one in progress, and of tuning results', async () => {
  const document = (more: object): string =>
    JSON.stringify({ id: '5f8d1a23aa89bd66', trace_id: TRACE, name: 'f', start_time: 1.681574429596e9, ...more });
  const traces = (more: object): string =>
    JSON.stringify({ Traces: [{ Id: TRACE, Segments: [{ Id: 'x', Document: document(more) }] }] });
  expect(await imported(traces({ in_progress: true }))).toMatchObject({ accepted: 1 });
  expect(await imported(traces({ end_time: 1.681574431021e9 }))).toMatchObject({ accepted: 1 });
  expect(await imported(traces({ in_progress: true }))).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(await product.json(`/api/v1/traces/${TRACE}`)).toMatchObject({
    durationMs: 1425,
    segments: [{ outcome: 'ok' }],
  });
  expect((await product.fetch('/api/v1/traces/1-00000000-000000000000000000000000')).status).toBe(404);
  expect((await product.fetch('/api/v1/traces/x')).status).toBe(400);

  const tuning = JSON.stringify({
    power: 512,
    cost: 2e-6,
    duration: 12,
    stats: [{ value: 512, averagePrice: 2e-6, averageDuration: 12 }],
  });
  expect(await imported(tuning)).toMatchObject({ accepted: 0, rejected: 1 });
  expect(await reasons(product)).toContain('tuning-without-function');
  expect(await imported(tuning, '&function=f')).toMatchObject({ accepted: 1 });
  expect(await imported(tuning, '&function=f')).toMatchObject({ accepted: 0, duplicates: 1 });
});

test('a Power Tuning result is listed, taken into account, deleted with a note in the audit log, and imported again', async () => {
  const output = (scale: number): string =>
    JSON.stringify({
      executionArn: 'arn:aws:states:eu-west-1:111122223333:execution:powerTuningStateMachine:a',
      startDate: '2026-11-18T12:00:00.000000+00:00',
      input: JSON.stringify({ lambdaARN: 'arn:aws:lambda:eu-west-1:111122223333:function:tuned', num: 25 }),
      output: JSON.stringify({
        power: 512,
        cost: 2e-6,
        duration: 12 * scale,
        stats: [{ value: 512, averagePrice: 2e-6, averageDuration: 12 * scale }],
      }),
    });
  expect(await imported(output(1))).toMatchObject({ accepted: 1 });
  expect(await imported(output(2))).toMatchObject({ accepted: 1 });
  const path = '/api/v1/tuning-runs?function=tuned';
  const { items } = await product.json<{ items: { id: string; points: { durationMs: number }[] }[] }>(path);
  expect(items.map(({ points }) => points[0]?.durationMs).toSorted()).toEqual([12, 24]);
  expect(items[0]).toMatchObject({
    function: 'tuned',
    startedAt: '2026-11-18T12:00:00.000Z',
    invocations: 25,
    coldStarts: false,
    chosenMb: 512,
  });
  const memory = await product.json<{ tuning: { id: string; refusal: string | null }[] }>(
    '/api/v1/functions/tuned/memory',
  );
  expect(memory.tuning.map(({ id }) => id).toSorted()).toEqual(items.map(({ id }) => id).toSorted());
  expect(memory.tuning[0]?.refusal).toMatch(/too few invocations at the current size/);

  const [first] = items;
  const remove = (id: string) => product.fetch(`/api/v1/tuning-runs/${id}`, { method: 'DELETE' });
  expect((await remove(first?.id ?? '')).status).toBe(200);
  expect((await remove(first?.id ?? '')).status).toBe(404);
  expect((await remove('x')).status).toBe(400);
  expect((await product.json<{ items: unknown[] }>(path)).items).toHaveLength(1);
  const { items: audited } = await product.json<{ items: { method: string; path: string; status: number }[] }>(
    '/api/v1/audit',
  );
  expect(audited).toContainEqual(
    expect.objectContaining({ method: 'DELETE', path: `/api/v1/tuning-runs/${first?.id}`, status: 200 }),
  );
  const again = first?.points[0]?.durationMs === 12 ? output(1) : output(2);
  expect(await imported(again)).toMatchObject({ accepted: 1, duplicates: 0 });
});

test('imports load tests through their own endpoint', async () => {
  const body = published.text('hey/2019-05-29-vpc-c50-n500.txt');
  const post = (query: string, text: string) =>
    product.fetch(`/ingest/load-test?${query}`, { method: 'POST', body: text });
  expect(await (await post('tool=hey&function=f', body)).json()).toMatchObject({ accepted: 1 });
  expect(await (await post('tool=hey&function=f', body)).json()).toMatchObject({ accepted: 0, duplicates: 1 });
  const [row] = rows('load_test');
  expect(JSON.parse(String(row?.['result']))).toMatchObject({ requests: 500, slowestMs: 13_046 });
  const unreadable = await post('tool=hey', 'nothing');
  expect(unreadable.status).toBe(400);
  expect(await unreadable.json()).toMatchObject({ errorMessage: expect.stringContaining('body: expected') });
  expect((await post('tool=wrk', body)).status).toBe(400);
});

test('uploaded inventory overrides known values, keeps history, and sets the price by architecture', async () => {
  await send(product, [record(message(invocation(1, Date.now() - 60_000)))], { headers: ARN });
  const put = (body: object) =>
    product.fetch('/api/v1/inventory', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const before = await product.json<{ items: { costUsd: number }[] }>('/api/v1/functions');
  expect((await put({ functions: [{ id: 'edge', architecture: 'arm64', timeoutSeconds: 3 }] })).status).toBe(200);
  expect((await put({ functions: [{ id: 'edge', subnetIds: ['subnet-1'] }] })).status).toBe(200);
  const after = await product.json<{ items: Record<string, unknown>[] }>('/api/v1/functions');
  expect(after.items).toMatchObject([{ architecture: 'arm64', vpc: true }]);
  expect(Number(after.items[0]?.['costUsd'])).toBeLessThan(before.items[0]?.costUsd ?? 0);
  const arm = await product.json<{ items: unknown[] }>('/api/v1/invocations?architecture=arm64');
  expect(arm.items).toHaveLength(1);
  const x86 = await product.json<{ items: unknown[] }>('/api/v1/invocations?architecture=x86_64');
  expect(x86.items).toHaveLength(0);
  const history = await product.json<{ items: Record<string, unknown>[] }>('/api/v1/inventory?function=edge');
  expect(history.items).toHaveLength(2);
  expect(history.items[0]).toMatchObject({ source: 'declared', timeoutMs: 3000, subnetIds: ['subnet-1'] });
  const unknown = await put({ functions: [{ id: 'nobody' }] });
  expect(unknown.status).toBe(404);
  const wrong = await put({ functions: [{ id: 'edge', timeoutSecs: 3 }] });
  expect(wrong.status).toBe(400);
  // A full id may name a function without invocations: it is stored, but not listed among functions that ran.
  expect((await put({ functions: [{ id: '111122223333:eu-west-1:unseen', memoryMb: 128 }] })).status).toBe(200);
  expect((await product.json<{ items: unknown[] }>('/api/v1/functions')).items).toHaveLength(1);
  const unseen = await product.fetch('/api/v1/functions/unseen');
  expect(unseen.status).toBe(404);
  expect(await unseen.text()).toContain('only its configuration is known');
  expect(
    (await product.json<{ lastEventAt: string }>('/api/v1/ingest/status')).lastEventAt < new Date().toISOString(),
  ).toBe(true);
});

test('an inventory of more than a mebibyte is read by a decode thread, and refused as a smaller one is', async () => {
  const put = (body: string) =>
    product.fetch('/api/v1/inventory', { method: 'PUT', headers: { 'content-type': 'application/json' }, body });
  const entry = (at: number) => ({
    FunctionName: `f${at}`,
    FunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:f${at}`,
    MemorySize: 512,
    Description: 'x'.repeat(1000),
  });
  const list = (n: number) => JSON.stringify({ Functions: Array.from({ length: n }, (_, at) => entry(at)) });
  const large = list(1500);
  expect(large.length).toBeGreaterThan(1_048_576);
  const stored = await put(large);
  expect([stored.status, await stored.json()]).toMatchObject([200, { accepted: 1500, duplicates: 0 }]);
  expect(await (await put(large)).json()).toMatchObject({ accepted: 0, duplicates: 1500 });
  const { items } = await product.json<{ items: { source: string; memoryMb: number }[] }>('/api/v1/inventory?limit=1');
  expect(items).toMatchObject([{ source: 'list-functions', memoryMb: 512 }]);
  const problem = async (body: string) => {
    const answer = await put(body);
    const { errors } = (await answer.json()) as { errors: { field: string; message: string }[] };
    return [answer.status, errors[0]?.field, errors[0]?.message];
  };
  const padding = JSON.stringify('x'.repeat(1_200_000));
  expect(await problem(`{"Functions":[],"a":${padding},"a":1}`)).toEqual([400, 'a', 'appears twice']);
  expect(await problem(`{"Functions":[{"FunctionName":"f"},{"a":${padding}}]}`)).toEqual([
    400,
    'Functions.1.FunctionName',
    'expected a string',
  ]);
  expect(await problem(`{"functions":[],"a":${padding}}`)).toEqual([
    400,
    'Functions',
    'expected the list of aws lambda list-functions in a body of this size',
  ]);
  // Of more than 64 KiB.
  const half = JSON.stringify('x'.repeat(70_000));
  expect(await problem(`{"functions":[],"Functions":[{"FunctionName":"f","Description":${half}}]}`)).toEqual([
    400,
    'functions',
    'expected either declared facts or the list of aws lambda list-functions',
  ]);
  // "{"Functions":[", "[]," a million times, and "[]]}": 3,000,018 characters, and an eighth of them is 375,002.
  const [, field, message] = await problem(`{"Functions":[${'[],'.repeat(1_000_000)}[]]}`);
  expect([field, message]).toEqual([
    'body',
    expect.stringContaining('of 3,000,018 characters with 1,000,003 objects and arrays and 1 members; at most 375,002'),
  ]);
  expect(await problem(list(20_001))).toEqual([400, 'Functions', '20,001 entries; expected at most 20,000']);
});
