/** Special kinds of functions through the API. Amounts are worked out by hand. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { batchOf } from '../support/fleet-streams.ts';
import { KINDS_PARTS, KINDS_RANGE, KINDS_SCOPE, kindId, UPDATE_EVENT } from '../support/kinds-fixture.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

let product: TestProduct;
const RANGE = `from=${KINDS_RANGE.fromMs}&to=${KINDS_RANGE.toMs}`;
const at = (name: string, rest = ''): string =>
  `/api/v1/functions/${KINDS_SCOPE.account}:${KINDS_SCOPE.region}:${name}${rest}?${RANGE}`;

beforeAll(async () => {
  product = await startWithKinds();
});

async function startWithKinds(): Promise<TestProduct> {
  const product = await startProduct({ now: () => KINDS_RANGE.toMs + 24 * HOUR_MS });
  await product.store.write(batchOf(KINDS_PARTS), { kind: 'logs', name: 'test' });
  const answer = await product.fetch('/ingest/logs?logGroup=aws-cloudtrail-logs&logStream=trail', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(UPDATE_EVENT),
  });
  expect(await answer.json()).toMatchObject({ accepted: 1, rejected: 0 });
  await product.derive();
  return product;
}

async function close(product: TestProduct): Promise<void> {
  await product.close();
  removeFolder(product.folder);
}

afterAll(() => close(product));

/** Declares three instances of `managed` at 0.10 an hour. */
async function declareManaged(product: TestProduct): Promise<void> {
  const answer = await product.fetch('/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      functions: [{ id: `${KINDS_SCOPE.account}:${KINDS_SCOPE.region}:managed`, instances: 3, instanceHourUsd: 0.1 }],
    }),
  });
  expect(answer.status).toBe(200);
}

test('Managed Instances cost null with a reason, and EC2 plus fee once the instances are declared', async () => {
  // A product of its own: nothing undoes a declaration.
  const product = await startWithKinds();
  onTestFinished(() => close(product));
  const before = await product.json<{ costUsd: number | null; costReason: string }>(at('managed'));
  expect(before.costUsd).toBeNull();
  expect(before.costReason).toContain('no billed duration');
  const list = await product.json<{ items: object[] }>(`/api/v1/functions?${RANGE}&function=managed`);
  const unknown = {
    costUsd: null,
    costReason: expect.stringContaining('no billed duration') as string,
    wastedUsd: null,
  };
  expect(list.items).toMatchObject([unknown]);
  const alone = await product.json<object>(`/api/v1/overview?${RANGE}&function=managed`);
  expect(alone).toMatchObject({ ...unknown, top: { costUsd: [] } });
  const fleet = await product.json<{ costUsd: number; costReason: string; functions: number }>(
    `/api/v1/overview?${RANGE}`,
  );
  expect(fleet.costUsd).toBeGreaterThan(0);
  expect(fleet.costReason).toContain(`Unknown for 1 of ${fleet.functions} functions`);
  const { items } = await product.json<{ items: { costUsd: number | null }[] }>(
    `/api/v1/invocations?${RANGE}&function=managed`,
  );
  expect(items.map((item) => item.costUsd)).toEqual([null, null]);
  await declareManaged(product);
  const after = await product.json<{ costUsd: number; costBasis: string }>(at('managed'));
  // One hour of 3 × 0.10, 15 % of it, and two requests of 0.0000002.
  expect(after.costUsd).toBeCloseTo(0.3450004, 9);
  expect(after.costBasis).toBe('managed-instances');
  const declared = {
    costUsd: expect.closeTo(0.3450004, 9) as number,
    costBasis: 'managed-instances',
    costReason: null,
    wastedUsd: null,
  };
  const listed = await product.json<{ items: object[] }>(`/api/v1/functions?${RANGE}&function=managed`);
  expect(listed.items).toMatchObject([declared]);
  const total = await product.json<{ costUsd: number; costReason: null; top: { costUsd: { name: string }[] } }>(
    `/api/v1/overview?${RANGE}`,
  );
  expect(total.costUsd).toBeCloseTo(fleet.costUsd + 0.3450004, 9);
  expect(total.costReason).toBeNull();
  expect(total.top.costUsd[0]?.name).toBe('managed');
  // What the declaration says holds for the whole function: it is not divided between versions.
  const version = await product.json<{ items: object[] }>(
    `/api/v1/functions?${RANGE}&function=managed&version=$LATEST`,
  );
  expect(version.items).toMatchObject([{ costUsd: null, costBasis: null }]);
  const csv = await (await product.fetch(`/api/v1/export/functions?format=csv&${RANGE}&function=managed`)).text();
  expect(csv).toContain('managed-instances');
});

test('Managed Instances cost null with a reason in charts, queries and comparisons', async () => {
  type Series = { costReason: string | null; series: { points: { value: number | null; n: number }[] }[] };
  const chartOf = async (name: string, metric: string): Promise<Series> =>
    product.json<Series>(`${at(name, '/timeseries')}&metric=${metric}`);
  await declareManaged(product);
  const chart = await chartOf('managed', 'costUsd');
  expect(chart.costReason).toContain('stated for the whole range');
  const points = chart.series.flatMap((one) => one.points);
  expect(points.map(({ value }) => value)).toEqual(points.map(() => null));
  expect(points.reduce((sum, { n }) => sum + n, 0)).toBe(2);
  expect((await chartOf('managed', 'invocations')).costReason).toBeNull();
  const priced = await chartOf('latest', 'costUsd');
  expect(priced.costReason).toBeNull();
  expect(priced.series[0]?.points[0]?.value).toBeGreaterThan(0);

  type Groups = {
    groups: { group: Record<string, string>; n: number; values: { sum: number | null }; costReason: string | null }[];
  };
  const ask = async (groupBy: readonly string[]): Promise<Groups['groups']> => {
    const answer = await product.fetch('/api/v1/query', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from: `${KINDS_RANGE.fromMs}`, to: `${KINDS_RANGE.toMs}`, metric: 'costUsd', groupBy }),
    });
    return ((await answer.json()) as Groups).groups;
  };
  const byFunction = await ask(['function']);
  const managed = byFunction.find(({ group }) => group['function']?.endsWith('managed'));
  expect(managed).toMatchObject({
    n: 2,
    values: { sum: null },
    costReason: expect.stringContaining('no billed duration') as string,
  });
  expect(byFunction.filter(({ costReason }) => costReason !== null)).toEqual([managed]);
  // A sum over all functions leaves out the two, and says so.
  const [all] = await ask([]);
  expect(all?.values.sum).toBeGreaterThan(0);
  expect(all?.costReason).toContain(`leaves out 2 of ${all?.n} invocations`);

  const half = (KINDS_RANGE.fromMs + KINDS_RANGE.toMs) / 2;
  const periods = `before=${KINDS_RANGE.fromMs}/${half}&after=${KINDS_RANGE.fromMs}/${KINDS_RANGE.toMs}`;
  const compared = await product.json<{ after: object; before: { n: number; costReason: string | null } }>(
    `/api/v1/compare?function=${KINDS_SCOPE.account}:${KINDS_SCOPE.region}:managed&${periods}`,
  );
  expect(compared.after).toMatchObject({
    n: 2,
    costPer1kUsd: null,
    costReason: expect.stringContaining('no billed duration') as string,
  });
});

test('an environment of Managed Instances runs two invocations at once', async () => {
  const { items } = await product.json<{ items: Record<string, unknown>[] }>(at('managed', '/environments'));
  expect(items).toMatchObject([{ concurrent: true, mostAtOnce: 2, invocations: 2 }]);
  const plain = await product.json<{ items: Record<string, unknown>[] }>(at('latest', '/environments'));
  expect(plain.items.map((item) => item['mostAtOnce'])).toEqual([1, 1]);
});

test('whether Managed Instances would pay, for a function on demand', async () => {
  const found = await product.json<Record<string, unknown>>(
    `${at('isolated', '/managed-instances')}&instances=3&instanceHourUsd=0.1`,
  );
  expect(found).toMatchObject({ runsOnManagedInstances: false, invocations: 6, verdict: 'dearer', reason: null });
  // Green's second environment serves while the first is busy.
  expect(found['peakConcurrency']).toBe(2);
  const bare = await product.json<Record<string, unknown>>(at('isolated', '/managed-instances'));
  expect(bare).toMatchObject({ managed: null, verdict: null });
  expect(bare['reason']).toContain('Declare the number of instances');
});

test('operations of durable executions are priced, replays are marked', async () => {
  const { items } = await product.json<{ items: Record<string, unknown>[] }>(at('workflow', '/durable-executions'));
  // Three operations and the start: 4 × 0.000008.
  expect(items[1]).toMatchObject({ name: 'order-17', replays: 2, operations: 3, operationsUsd: 0.000032 });
});

test('an invocation states its durable execution and whether it replays it, or why that is not known', async () => {
  const durableOf = async (requestId: string): Promise<unknown> => {
    const { attempts } = await product.json<{ attempts: { durable: unknown }[] }>(`/api/v1/invocations/${requestId}`);
    return attempts[0]?.durable;
  };
  const order = { name: 'order-17', executionId: '0f1e2d3c', invocations: 3 };
  expect(await durableOf(kindId(41))).toEqual({
    isDurableFunction: true,
    execution: { ...order, replay: false, position: 1, operations: 2 },
    reason: null,
  });
  expect(await durableOf(kindId(42))).toMatchObject({
    execution: { ...order, replay: true, position: 2, operations: 2 },
  });
  expect(await durableOf(kindId(43))).toMatchObject({
    execution: { ...order, replay: true, position: 3, operations: 0 },
  });
  const silent = '00000000-0000-4000-9000-000000000099';
  const from = KINDS_RANGE.fromMs + 400_000;
  const lines = [
    [from, `START RequestId: ${silent} Version: $LATEST\n`],
    [
      from + 100,
      `REPORT RequestId: ${silent}\tDuration: 100.00 ms\tBilled Duration: 100 ms\tMemory Size: 256 MB\tMax Memory Used: 70 MB\t\n`,
    ],
  ] as const;
  const identity = {
    ...KINDS_SCOPE,
    logGroup: '/aws/lambda/workflow',
    logStream: `2026/11/19/[$LATEST]${'5'.repeat(32)}`,
  };
  const events = lines.map(([timestampMs, text], n) => ({ id: `silent${n}`, timestampMs, message: text }));
  await product.store.write(batchOf([{ identity, events }]), { kind: 'logs', name: 'test' });
  expect(await durableOf(silent)).toEqual({
    isDurableFunction: true,
    execution: null,
    reason: expect.stringContaining('add ?"durable-execution" to the pattern') as string,
    reasonCode: { code: 'durable-no-line', parameters: {} },
  });
  expect(await durableOf(kindId(1))).toMatchObject({
    isDurableFunction: null,
    execution: null,
    reason: expect.stringContaining('not known to be durable') as string,
  });
  const answer = await product.fetch('/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      Functions: [
        {
          FunctionName: 'isolated',
          FunctionArn: `arn:aws:lambda:${KINDS_SCOPE.region}:${KINDS_SCOPE.account}:function:isolated`,
          Runtime: 'nodejs22.x',
        },
      ],
    }),
  });
  expect(answer.status).toBe(200);
  expect(await durableOf(kindId(1))).toMatchObject({
    isDurableFunction: false,
    reason: 'The inventory says that the function is not durable',
  });
  const one = await product.json<{ items: object[]; total: number }>(
    `${at('workflow', '/durable-executions')}&execution=order-17/0f1e2d3c`,
  );
  expect(one).toMatchObject({ items: [{ name: 'order-17' }], total: 1 });
});

test('streamed bytes beyond the free 6 MB are priced', async () => {
  const found = await product.json<{ beyondFreeBytes: number; streamedUsd: number }>(at('streams', '/responses'));
  expect(found.beyondFreeBytes).toBe(1_048_576);
  expect(found.streamedUsd).toBeCloseTo(0.001_048_576 * 0.008, 12);
});

test('an export takes the invocations of one tenant', async () => {
  const text = await (
    await product.fetch(`/api/v1/export/invocations?${RANGE}&function=isolated&tenant=blue&format=ndjson`)
  ).text();
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { tenantId: string });
  expect(rows.length).toBeGreaterThan(0);
  expect(new Set(rows.map((row) => row.tenantId))).toEqual(new Set(['blue']));
});

test.each(['overview', 'functions', 'changes', 'network', 'service-map', 'recommendations'])(
  'a tenant that %s cannot filter by is refused, not ignored',
  async (path) => {
    const response = await product.fetch(`/api/v1/${path}?${RANGE}&tenant=blue`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('tenant');
  },
);

test('invocations by tenant, and the update of $LATEST as a marker', async () => {
  const { items } = await product.json<{ items: { requestId: string; tenantId: string }[] }>(
    `/api/v1/invocations?${RANGE}&function=isolated&tenant=blue`,
  );
  expect(items.map((item) => [item.requestId, item.tenantId])).toEqual([
    [kindId(3), 'blue'],
    [kindId(2), 'blue'],
    [kindId(1), 'blue'],
  ]);
  const markers = await product.json<{ items: { kind: string; label: string }[] }>(
    `/api/v1/markers?${RANGE}&function=latest`,
  );
  expect(markers.items).toMatchObject([{ kind: 'deploy', label: 'deploy' }]);
});

test('queries and alert rules refuse a tenant with a problem that names the field and what is accepted', async () => {
  const send = async (method: string, path: string, body: object): Promise<{ status: number; text: string }> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await product.fetch(path, { method, headers, body: JSON.stringify(body) });
    return { status: answer.status, text: await answer.text() };
  };
  const byTenant = [{ field: 'tenant', value: 'green' }];
  for (const more of [{ groupBy: ['tenant'] }, { groupBy: ['tenantId'] }, { filters: byTenant }, { tenant: 'green' }]) {
    const { status, text } = await send('POST', '/api/v1/query', { metric: 'errors', ...more });
    expect([more, status]).toEqual([more, 400]);
    expect(text).toMatch('tenant' in more ? /tenant/ : /(groupBy|filters)[^"]*".*memoryMb/);
  }
  const rule = { id: 'by-tenant', name: 'by tenant', threshold: 1 };
  const signal = { kind: 'metric', metric: 'errors', aggregation: 'sum' };
  const refused = await send('PUT', '/api/v1/alerts/rules/by-tenant', {
    ...rule,
    signal: { ...signal, filters: byTenant },
  });
  expect(refused.status).toBe(400);
  expect(refused.text).toMatch(/signal[^"]*filters/);
  const grouped = await send('PUT', '/api/v1/alerts/rules/by-tenant', { ...rule, signal, groupBy: ['tenant'] });
  expect(grouped.text).toMatch(/groupBy/);
});
