/** Which traces are requested, and when again: SQLite and ClickHouse give the same list at every moment. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 27, 10);
let now = T0;
let engine: TestClickHouse;
let products: readonly TestProduct[] = [];

beforeAll(async () => {
  engine = await startClickHouse();
  products = [
    await startProduct({ now: () => now }),
    await startProduct({ now: () => now, environment: { ...engine.settings } }),
  ];
});
afterAll(async () => {
  for (const product of products) {
    await product.close();
    removeFolder(product.folder);
  }
  await engine.close();
});

const traceOf = (n: number): string => `1-6b0a12ad-${String(n).padStart(24, '0')}`;
const idOf = (trace: string): number => Number(trace.slice(-3));

async function post(path: string, body: string): Promise<void> {
  for (const product of products) expect((await product.fetch(path, { method: 'POST', body })).status).toBe(200);
}

/** The wanted traces of both stores, which must agree. */
async function wanted(query = ''): Promise<readonly number[]> {
  const lists = await Promise.all(
    products.map(async (product) => {
      const { items } = await product.json<{ items: { traceId: string }[] }>(`/ingest/traces/wanted?since=0${query}`);
      return items.map((item) => idOf(item.traceId));
    }),
  );
  expect(lists[1]).toEqual(lists[0]);
  return lists[0] ?? [];
}

async function report(n: number, region: string, init = ''): Promise<void> {
  const line = `${new Date(T0 + n * 1000).toISOString()} REPORT RequestId: 00000001-0005-4000-8000-${String(n).padStart(12, '0')}\tDuration: 400.00 ms\tBilled Duration: 400 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB${init}\t\nXRAY TraceId: ${traceOf(n)}\tSegmentId: 0000000000000005\tSampled: true\t`;
  await post(`/ingest/logs?${new URLSearchParams({ function: 'xr', account: '123456789012', region })}`, line);
}

/** The segments of the service and of the function; `ended` says which have an end. */
async function segments(n: number, parts: readonly ('AWS::Lambda' | 'AWS::Lambda::Function')[], ended: boolean) {
  const Segments = parts.map((origin, at) => {
    const id = `${at}`.padStart(16, '0');
    const times = { start_time: T0 / 1000 + n, ...(ended ? { end_time: T0 / 1000 + n + 0.4 } : { in_progress: true }) };
    return { Id: id, Document: JSON.stringify({ id, name: 'xr', trace_id: traceOf(n), origin, ...times }) };
  });
  await post('/ingest/logs', JSON.stringify({ Traces: [{ Id: traceOf(n), Segments }] }));
}

test('unfinished traces are wanted again after growing waits; complete ones and other regions are not', async () => {
  for (const n of [1, 2, 3, 4]) await report(n, 'eu-west-1', n === 2 ? '\tInit Duration: 100.00 ms' : '');
  await report(5, 'us-east-1');
  await report(6, '');
  // ClickHouse classifies cold starts behind ingest.
  for (const product of products) await product.store.attribution.classifyPending();
  now = T0 + 20_000;
  expect(await wanted()).toEqual([]);
  now = T0 + MINUTE;
  // Cold starts first, then the newest.
  expect(await wanted()).toEqual([2, 6, 5, 4, 3, 1]);
  expect(await wanted('&region=eu-west-1')).toEqual([2, 6, 4, 3, 1]);
  expect(await wanted('&region=us-east-1&unknownRegion=false')).toEqual([5]);

  await segments(1, ['AWS::Lambda', 'AWS::Lambda::Function'], true);
  await segments(2, ['AWS::Lambda', 'AWS::Lambda::Function'], false);
  await segments(3, ['AWS::Lambda'], true);
  expect(await wanted('&region=eu-west-1')).toEqual([2, 6, 4, 3]);
  const missed = JSON.stringify({ traceIds: [2, 3, 4, 6].map(traceOf) });
  await post('/ingest/traces/missed', missed);
  expect(await wanted('&region=eu-west-1')).toEqual([]);
  now += MINUTE;
  expect(await wanted('&region=eu-west-1')).toEqual([2, 6, 4, 3]);
  await post('/ingest/traces/missed', missed);
  now += 4 * MINUTE - 1;
  expect(await wanted('&region=eu-west-1')).toEqual([]);
  now += 1;
  expect(await wanted('&region=eu-west-1')).toEqual([2, 6, 4, 3]);
  await segments(2, ['AWS::Lambda', 'AWS::Lambda::Function'], true);
  await segments(3, ['AWS::Lambda', 'AWS::Lambda::Function'], true);
  expect(await wanted('&region=eu-west-1')).toEqual([6, 4]);
  for (let attempt = 3; attempt <= 6; attempt += 1) {
    now += MINUTE;
    await post('/ingest/traces/missed', missed);
  }
  now += 20 * 60 * MINUTE;
  expect(await wanted('&region=eu-west-1')).toEqual([]);
  expect(await wanted()).toEqual([5]);
});

test('time in calls is found by the parent of the function’s segment, whichever segment arrives first', async () => {
  now = T0 + 10 * MINUTE;
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:calls';
  const requestOf = (n: number): string => `00000002-0005-4000-8000-${String(n).padStart(12, '0')}`;
  const at = (ms: number): number => (T0 + ms) / 1000;
  /** An attempt of a request that starts and takes so long, ms, of which a call to DynamoDB takes `callMs`. */
  const attempt = (n: number, id: string, startMs: number, durationMs: number, callMs: number) => {
    const common = { name: 'calls', trace_id: traceOf(n), start_time: at(startMs), end_time: at(startMs + durationMs) };
    const [start_time, end_time] = [at(startMs + 10), at(startMs + 10 + callMs)];
    return {
      service: { ...common, id: `a${id}`, origin: 'AWS::Lambda', resource_arn: arn, aws: { request_id: requestOf(n) } },
      run: {
        ...common,
        id: `b${id}`,
        parent_id: `a${id}`,
        origin: 'AWS::Lambda::Function',
        aws: { account_id: '123456789012', function_arn: arn, resource_names: ['calls'] },
        subsegments: [{ id: `c${id}`, name: 'DynamoDB', namespace: 'aws', start_time, end_time }],
      },
    };
  };
  const attempts = [
    attempt(101, '1', 1000, 400, 90),
    // The first attempt of this request is in no log; the second one is.
    attempt(102, '2', 2000, 400, 300),
    attempt(102, '3', 62_000, 400, 30),
    attempt(103, '4', 3000, 400, 50),
  ];
  for (const [n, endMs] of [
    [101, 1400],
    [102, 62_400],
    [103, 3400],
  ] as const) {
    const line = `${new Date(T0 + endMs).toISOString()} REPORT RequestId: ${requestOf(n)}\tDuration: 400.00 ms\tBilled Duration: 400 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\nXRAY TraceId: ${traceOf(n)}\tSegmentId: 0000000000000005\tSampled: true\t`;
    await post('/ingest/logs?function=calls&account=123456789012&region=eu-west-1', line);
  }
  await post('/ingest/logs', attempts.map(({ run }) => JSON.stringify(run)).join('\n'));
  await post('/ingest/logs', attempts.map(({ service }) => JSON.stringify(service)).join('\n'));
  for (const product of products) {
    await product.derive();
    const [found] = await product.store.read.resolveFunction({
      account: '123456789012',
      region: 'eu-west-1',
      name: 'calls',
    });
    const { sizes } = await product.store.read.memory({
      fromMs: T0 - 60 * MINUTE,
      toMs: T0 + 60 * MINUTE,
      functionId: found?.functionId ?? 0,
      outOfMemorySinceMs: T0,
    });
    // 30 and 50 ms: the first invocation of an environment is no evidence.
    expect(sizes.map((size) => size.evidence.remote)).toEqual([{ meanMs: 40, n: 2 }]);
  }
});
