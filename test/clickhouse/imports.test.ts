/** Imports through the API on ClickHouse, and their undo. Expected values are counted by hand. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { undoImport } from '../../server/storage/clickhouse/import-undo.ts';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { invocation, message, requestId } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT_MS = Date.UTC(2026, 10, 20, 10);
const RANGE = 'from=2026-11-19T00:00:00Z&to=2026-11-21T00:00:00Z';
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
let engine: TestClickHouse;
let product: TestProduct;
const start = (folder?: string): Promise<TestProduct> =>
  startProduct({
    now: () => Date.UTC(2026, 10, 20, 14),
    environment: { ...engine.settings },
    ...(folder === undefined ? {} : { folder }),
  });

beforeAll(async () => {
  engine = await startClickHouse();
  product = await start();
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
  await engine.close();
});

const eventsOf = (first: number, n: number) =>
  Array.from({ length: n }, (_, at) => invocation(first + at, AT_MS + (first + at) * 60_000)).flat();

async function push(first: number, n: number): Promise<void> {
  const given = { logGroup: '/aws/lambda/orders', logStream: STREAM, owner: '111122223333' };
  const body = JSON.stringify(message(eventsOf(first, n), given));
  expect((await product.fetch('/ingest/lambda', { method: 'POST', body })).status).toBe(200);
}

async function importText(id: string, first: number, n: number): Promise<void> {
  const body = eventsOf(first, n)
    .map((event) => `${new Date(Number(event.timestamp)).toISOString()} ${STREAM} ${String(event.message)}`)
    .join('');
  const response = await product.fetch('/ingest/logs?function=orders&account=111122223333&region=eu-west-1', {
    method: 'POST',
    headers: {
      'x-thermocline-source': 'import',
      'x-thermocline-import': id,
      'x-thermocline-source-name': 'orders.txt',
    },
    body: `${body}${new Date(AT_MS).toISOString()} ${STREAM} REPORT RequestId: broken\n`,
  });
  expect(response.status).toBe(200);
}

const undo = (id: string): Promise<Response> => product.fetch(`/api/v1/imports/${id}`, { method: 'DELETE' });

/** How often each invocation is found, and how many the function has. */
async function found(numbers: readonly number[]): Promise<readonly unknown[]> {
  await product.derive();
  const statuses = await Promise.all(
    numbers.map(async (n) => (await product.fetch(`/api/v1/invocations/${requestId(n)}`)).status),
  );
  const { items } = await product.json<{ items: { invocations: number }[] }>(`/api/v1/functions?${RANGE}`);
  return [...statuses, items.map((one) => one.invocations)];
}

test('an import of a new function leaves nothing', async () => {
  await importText('20261120-00000001', 1, 3);
  expect(await found([1, 2, 3])).toEqual([200, 200, 200, [3]]);
  expect(await (await undo('20261120-00000001')).json()).toEqual({ alreadyUndone: false });
  expect(await found([1, 2, 3])).toEqual([404, 404, 404, []]);
  expect((await product.json<{ items: object[] }>('/api/v1/rejects')).items).toEqual([]);
  expect(await (await undo('20261120-00000001')).json()).toEqual({ alreadyUndone: true });
  expect((await undo('20261120-99999999')).status).toBe(404);
});

test('what was there before stays, and so does what came by another way afterwards; undos are listed and audited', async () => {
  const id = '20261120-00000002';
  await push(1, 2);
  await importText(id, 1, 4);
  expect(await found([1, 2, 3, 4])).toEqual([200, 200, 200, 200, [4]]);
  // Invocation 3 comes by itself as well, and counts once.
  await push(3, 1);
  expect(await found([1, 2, 3, 4])).toEqual([200, 200, 200, 200, [4]]);
  const listed = async () =>
    (await product.json<{ items: { id: string }[] }>('/api/v1/imports')).items.find((one) => one.id === id);
  expect(await listed()).toMatchObject({
    name: 'orders.txt',
    functions: ['orders'],
    state: 'stored',
    accepted: 8,
    rejected: 1,
    undoUntil: '2026-12-04T14:00:00.000Z',
  });
  expect((await undo(id)).status).toBe(200);
  expect(await found([1, 2, 3, 4])).toEqual([200, 200, 200, 404, [3]]);
  expect(await listed()).toMatchObject({ state: 'undone', undoneAt: '2026-11-20T14:00:00.000Z' });
  const audit = await product.json<{ items: object[] }>('/api/v1/audit');
  expect(audit.items).toContainEqual(
    expect.objectContaining({ method: 'DELETE', path: `/api/v1/imports/${id}`, status: 200 }),
  );
});

test('an undo that was interrupted continues after a restart', async () => {
  const id = '20261120-00000003';
  await importText(id, 5, 2);
  expect(await found([5, 6])).toEqual([200, 200, [5]]);
  // The process ends before anything is classified again.
  const killed = undoImport(new ClickHouseQueryClient(engine.client, engine.options), id, {
    cluster: engine.options,
    nowMs: Date.UTC(2026, 10, 20, 14),
    detailSinceMs: 0,
    classify: () => Promise.reject(new Error('killed')),
  });
  await expect(killed).rejects.toThrow('killed');
  await product.close();
  product = await start(product.folder);
  expect(await found([5, 6])).toEqual([404, 404, [3]]);
  expect(await (await undo(id)).json()).toEqual({ alreadyUndone: true });
});
