/** Imports through the API and the command line, and their undo: the answers are those of before. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/command.ts';
import { invocation, message, requestId } from '../support/firehose.ts';
import { metric, point10, record, request } from '../support/otel-record.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, runCli, startProduct, startServer } from '../support/product.ts';

const AT_MS = Date.UTC(2026, 10, 20, 10);
const RANGE = 'from=2026-11-19T00:00:00Z&to=2026-11-21T00:00:00Z';
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const ID = '20261120-00000001';

/** `aws logs tail` of invocations, a line that cannot be read, and a time-out. */
function text(first: number, n: number): string {
  const events = [
    ...Array.from({ length: n }, (_, at) => invocation(first + at, AT_MS + at * 60_000)).flat(),
    {
      timestamp: AT_MS + (n - 1) * 60_000,
      message: `2026-11-20T10:0${n - 1}:00.000Z ${requestId(first + n - 1)} Task timed out after 3.00 seconds`,
    },
  ];
  const lines = events.map(
    (event) => `${new Date(Number(event.timestamp)).toISOString()} ${STREAM} ${String(event.message).trimEnd()}`,
  );
  return `${lines.join('\n')}\n${new Date(AT_MS).toISOString()} ${STREAM} REPORT RequestId: broken\n`;
}

/** Answers of the pages that name functions, without counters of what was received. */
async function answers(product: TestProduct, ids: readonly number[]): Promise<Readonly<Record<string, unknown>>> {
  await product.derive();
  const found: Record<string, unknown> = {};
  for (const path of ['functions', 'overview', 'invocations', 'failures', 'changes'])
    found[path] = await product.json(`/api/v1/${path}?${RANGE}`);
  const { items } = await product.json<{ items: unknown[] }>('/api/v1/rejects');
  found['rejects'] = items.length;
  for (const id of ids.map(requestId)) found[id] = (await product.fetch(`/api/v1/invocations/${id}`)).status;
  return found;
}

async function push(product: TestProduct, first: number, n: number): Promise<void> {
  const events = Array.from({ length: n }, (_, at) => invocation(first + at, AT_MS + at * 60_000)).flat();
  const response = await product.fetch('/ingest/lambda', {
    method: 'POST',
    body: JSON.stringify(message(events, { logGroup: '/aws/lambda/orders', logStream: STREAM, owner: '111122223333' })),
  });
  expect(response.status).toBe(200);
}

async function importText(product: TestProduct, body: string, id = ID): Promise<{ accepted: number }> {
  const response = await product.fetch('/ingest/logs?function=orders&account=111122223333&region=eu-west-1', {
    method: 'POST',
    headers: {
      'x-thermocline-source': 'import',
      'x-thermocline-import': id,
      'x-thermocline-source-name': 'orders.txt',
    },
    body,
  });
  expect(response.status).toBe(200);
  return (await response.json()) as { accepted: number };
}

const undo = (product: TestProduct, id = ID, headers = {}): Promise<Response> =>
  product.fetch(`/api/v1/imports/${id}`, { method: 'DELETE', headers });

describe('through the API', () => {
  let product: TestProduct;
  beforeAll(async () => {
    product = await startProduct({ now: () => Date.UTC(2026, 10, 20, 14) });
  });
  afterAll(async () => {
    await product.close();
    removeFolder(product.folder);
  });

  test('an import of a new function leaves nothing', async () => {
    const before = await answers(product, [1, 2, 3]);
    expect((await importText(product, text(1, 3))).accepted).toBeGreaterThan(0);
    expect(await answers(product, [1, 2, 3])).not.toEqual(before);
    expect(await (await undo(product)).json()).toEqual({ alreadyUndone: false });
    expect(await answers(product, [1, 2, 3])).toEqual(before);
    expect(await (await undo(product)).json()).toEqual({ alreadyUndone: true });
  });

  test('what was there before stays, and so does what came by another way afterwards', async () => {
    await push(product, 1, 2);
    const pushed = await answers(product, [1, 2, 3, 4]);
    await importText(product, text(1, 4));
    expect(pushed[requestId(3)]).toBe(404);
    expect((await answers(product, [3]))[requestId(3)]).toBe(200);
    // Invocation 3 comes by itself as well, and counts once.
    await push(product, 3, 1);
    expect((await undo(product)).status).toBe(200);
    const left = await answers(product, [1, 2, 3, 4]);
    expect([1, 2, 3, 4].map((n) => left[requestId(n)])).toEqual([200, 200, 200, 404]);
    const { items } = await product.json<{ items: { invocations: number; errors: number }[] }>(
      `/api/v1/functions?${RANGE}`,
    );
    expect(items).toMatchObject([{ name: 'orders', invocations: 3 }]);
  });

  test('imports are listed with what they brought, and undos are audited', async () => {
    await importText(product, text(11, 2), '20261120-00000002');
    const { items } = await product.json<{ items: object[] }>('/api/v1/imports');
    expect(items).toContainEqual(
      expect.objectContaining({
        id: '20261120-00000002',
        name: 'orders.txt',
        functions: ['orders'],
        state: 'stored',
        accepted: 5,
        rejected: 1,
        undoUntil: '2026-12-04T14:00:00.000Z',
      }),
    );
    await undo(product, '20261120-00000002');
    const audit = await product.json<{ items: object[] }>('/api/v1/audit');
    expect(audit.items).toContainEqual(
      expect.objectContaining({ method: 'DELETE', path: '/api/v1/imports/20261120-00000002', status: 200 }),
    );
  });

  test('an unknown id, an id of another form, and a token without scope admin are refused', async () => {
    expect((await undo(product, '20261120-99999999')).status).toBe(404);
    expect((await undo(product, 'A')).status).toBe(400);
    const refused = await product.fetch('/ingest/logs?function=orders', {
      method: 'POST',
      headers: { 'x-thermocline-import': 'no id' },
      body: text(21, 1),
    });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('X-Thermocline-Import: expected 8 to 64 lower-case letters');
    const { token } = await product.json<{ token: string }>('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'reader', scope: 'ingest' }),
    });
    expect((await undo(product, ID, { authorization: `Bearer ${token}` })).status).toBe(403);
  });
});

describe('on the command line', () => {
  const folder = memoryFolder();
  afterAll(() => removeFolder(folder));
  const data = join(folder, 'data');

  test('the summary prints how to undo; --list and --undo', async () => {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'orders.txt');
    writeFileSync(path, text(1, 3));
    const imported = await runCommand(data, ['import', path, '--function', 'orders']);
    const id = /thermocline import --undo (\S+)/.exec(imported.stdout)?.[1] ?? '';
    expect(id).toMatch(/^\d{8}-[0-9a-f]{8}$/);
    expect((await runCommand(data, ['import', '--list'])).stdout).toContain(`${id}  `);
    expect(await runCommand(data, ['import', '--undo', id])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Add --yes to confirm'),
    });
    expect(await runCommand(data, ['import', '--undo', id, '--yes'])).toMatchObject({
      code: 0,
      stdout: `Removed orders.txt (7 log events of orders) from the folder ${data}.\n`,
    });
    expect((await runCommand(data, ['import', '--list'])).stdout).toMatch(/; undone\n$/);
    expect(await runCommand(data, ['import', '--undo', 'nothing-such', '--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No import has the id nothing-such'),
    });
    // Imported again, it is new.
    expect((await runCommand(data, ['import', path, '--function', 'orders'])).stdout).toContain(
      'Log events: 7 stored, 0 already stored',
    );
  });

  test('demo --remove leaves the answers of before', async () => {
    const server = await startServer(join(folder, 'demo'));
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } })).json();
    const all = async (): Promise<unknown> =>
      Promise.all(
        ['functions', 'invocations', 'failures', 'changes', 'network', 'inventory'].map((path) =>
          ask(`/api/v1/${path}${path === 'inventory' ? '' : '?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z'}`),
        ),
      );
    const now = async (): Promise<unknown> =>
      ((await ask('/api/v1/functions?from=now-7d')) as { items: unknown }).items;
    const before = [await all(), await now()];
    expect((await runCli(join(folder, 'demo'), ['demo', '--functions', '4'])).code).toBe(0);
    expect(await now()).not.toEqual([]);
    const removed = await runCli(join(folder, 'demo'), ['demo', '--remove']);
    expect(removed).toMatchObject({
      code: 0,
      stdout: `Deleted the simulated fleet from the server at ${server.url}.\n`,
    });
    expect([await all(), await now()]).toEqual(before);
    await server.stop();
  });

  test('a file of a metric stream in OpenTelemetry format, as Firehose left it in its bucket', async () => {
    const own = join(folder, 'metrics');
    const path = join(folder, 'stream.gz');
    const minute = (n: number, sum: number) =>
      request(
        '111122223333',
        'eu-west-1',
        metric(
          'AWS/Lambda/Throttles',
          '{Count}',
          point10({
            ...{ namespace: 'AWS/Lambda', name: 'Throttles', dimensions: [['FunctionName', 'orders']] },
            ...{ startMs: AT_MS + n * 60_000, endMs: AT_MS + (n + 1) * 60_000, count: 1, sum, quantiles: [] },
          }),
        ),
      );
    const whole = record(minute(0, 3), minute(1, 4), minute(2, 5));
    writeFileSync(path, gzipSync(whole.subarray(0, -4)));
    const imported = await runCommand(own, ['import', path]);
    expect(imported.stdout).toContain('Log events: 2 stored, 0 already stored, 0 without telemetry, 1 dead letter.');
    // Once more and whole: a point that comes again replaces itself.
    writeFileSync(path, whole);
    expect((await runCommand(own, ['import', path])).code).toBe(0);
    const product = await startProduct({ folder: own });
    const series = 'namespace=AWS%2FLambda&name=Throttles&function=orders';
    const points = `/api/v1/metrics/points?${series}&from=${AT_MS}&to=${AT_MS + 300_000}&statistic=sum`;
    expect(await product.json(points)).toMatchObject({ groups: [{ value: 12 }] });
    await product.close();
  });
});
