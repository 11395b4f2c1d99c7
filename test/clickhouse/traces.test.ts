/** Which traces are asked for, and when again: SQLite and ClickHouse give the same list at every moment. */
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
}, 180_000);
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
  for (const product of products) expect((await product.ask(path, { method: 'POST', body })).status).toBe(200);
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
