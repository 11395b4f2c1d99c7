/** Groups of failures through the API: from lines to groups, states, merges and what a later failure does to them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import type { DryRunAnswer } from '../../server/http/contract/alert-rules.ts';
import { callAlerts, OUTBOUND } from '../support/alert-routes.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import { startReceiver } from '../support/receiver.ts';

const HOUR = 3_600_000;
const T = Date.UTC(2026, 10, 20, 8);
let nowMs = T + HOUR;
let product: TestProduct;

interface Group {
  readonly fingerprint: string;
  readonly title: string;
  readonly state: string;
  readonly failures: number;
  readonly invocations: number;
  readonly merged: readonly string[];
  readonly versions: readonly { readonly version: string | null }[];
}

const id = (n: number): string => `b5d3f5c4-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Lines of one attempt that throws. */
function failing(n: number, atMs: number, text: string, version = '7') {
  const report = renderReport({
    requestId: id(n),
    durationMs: 100,
    billedDurationMs: 100,
    memorySizeMb: 512,
    maxMemoryUsedMb: 90,
    initDurationMs: null,
    restoreDurationMs: null,
    billedRestoreDurationMs: null,
    status: null,
    errorType: null,
    trace: null,
  });
  const error = {
    errorType: 'Error',
    errorMessage: text,
    stack: [`Error: ${text}`, '    at load (/var/task/a.js:1:1)'],
  };
  return [
    { id: `s${n}`, timestamp: atMs, message: renderStart(id(n), version) },
    {
      id: `e${n}`,
      timestamp: atMs + 50,
      message: `${new Date(atMs + 50).toISOString()}\t${id(n)}\tERROR\tInvoke Error \t${JSON.stringify(error)}`,
    },
    { id: `r${n}`, timestamp: atMs + 100, message: report },
  ];
}

async function deliver(events: ReturnType<typeof failing>, version = '7', name = 'order-api'): Promise<void> {
  const logStream = `2026/11/20/[${version}]${version.padStart(32, '0')}`;
  await send(product, [record(message(events, { logGroup: `/aws/lambda/${name}`, logStream }))]);
  await product.derive();
}

const list = async (query = ''): Promise<readonly Group[]> =>
  (await product.json<{ items: Group[] }>(`/api/v1/errors?from=${T}&to=${T + 12 * HOUR}${query}`)).items;
const call = (method: string, path: string, body: object) =>
  product.fetch(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const path = (group: Group | undefined): string => `/api/v1/functions/order-api/errors/${group?.fingerprint}`;

/** A product with three failures of two groups. */
async function setUp(): Promise<void> {
  nowMs = T + HOUR;
  product = await startProduct({ now: () => nowMs, environment: OUTBOUND });
  await deliver([
    ...failing(1, T, 'no order 17'),
    ...failing(2, T + 1000, 'no order 18'),
    ...failing(3, T + 2000, '<img src=x onerror=alert(1)> "quoted"'),
  ]);
}

async function tearDown(): Promise<void> {
  await product.close();
  removeFolder(product.folder);
}

/** Resolves the group of orders, which then fails with another version. Returns what the list said in between. */
async function regress(): Promise<Group | undefined> {
  nowMs = T + 2 * HOUR;
  expect((await call('PUT', path((await list())[0]), { state: 'resolved' })).status).toBe(200);
  const [resolved] = await list();
  nowMs = T + 4 * HOUR;
  await deliver(failing(4, T + 2 * HOUR + 1000, 'no order 19', '8'), '8');
  return resolved;
}

/** Rules on groups alone, which notify of each group. */
async function setRules(url: string): Promise<void> {
  for (const { id: ruleId } of product.alerts.rules()) await product.alerts.removeRule(ruleId);
  const put = (name: string, body: object) => callAlerts(product, 'PUT', name, body);
  await put('receivers/pager', { id: 'pager', name: 'Pager', url });
  for (const kind of ['newErrors', 'regressedErrors']) {
    const rule = { id: kind.toLowerCase(), name: kind, signal: { kind }, threshold: 0, window: '6h', settle: '0s' };
    await put(`rules/${rule.id}`, rule);
  }
  await put('routing', { routes: [{ receiver: 'pager', groupBy: ['...'], groupWait: '0s' }], inhibitions: [] });
}

describe('groups that nobody has decided about', () => {
  beforeAll(setUp);
  afterAll(tearDown);

  test('lines of three failures are two groups; text of logs stays text', async () => {
    expect(await list()).toMatchObject([
      { title: 'Error: no order #', state: 'open', failures: 2, invocations: 2, versions: [{ version: '7' }] },
      { title: 'Error: <img src=x onerror=alert(#)> ""', failures: 1 },
    ]);
  });

  test.each([
    ['&text=ORDER', 2],
    ['&text=no order', 1],
    ['&kind=timeout', 0],
    ['&state=open', 2],
    ['&state=resolved', 0],
    ['&version=7', 2],
    ['&version=8', 0],
    ['&function=order-api', 2],
    ['&limit=1', 1],
  ])('selected by %s', async (query, n) => {
    expect(await list(query)).toHaveLength(n);
  });

  test('a group with its stacks', async () => {
    const [group] = await list();
    const found = await product.json(`${path(group)}?from=${T}&to=${T + HOUR}`);
    expect(found).toMatchObject({
      group: { title: 'Error: no order #', failures: 2 },
      deploy: null,
      examples: [
        { requestId: id(2), version: '7', message: 'no order 18', stack: ['at load (/var/task/a.js:1:1)'] },
        { requestId: id(1), message: 'no order 17' },
      ],
    });
    const quiet = await product.json(`${path(group)}?from=${T - 5 * HOUR}&to=${T - 4 * HOUR}`);
    expect(quiet).toMatchObject({
      group: { failures: 0, series: [0], firstAt: new Date(T + 100).toISOString() },
      examples: [],
    });
    expect((await product.fetch('/api/v1/functions/order-api/errors/0000000000000000')).status).toBe(404);
  });

  test('no group regresses by a decision', async () => {
    expect((await call('PUT', path((await list())[0]), { state: 'regressed' })).status).toBe(400);
  });
});

describe('groups that people decide about', () => {
  beforeEach(setUp);
  afterEach(tearDown);

  test('a resolved group is resolved until another version fails', async () => {
    expect(await regress()).toMatchObject({ state: 'resolved', failures: 2 });
    expect((await list())[0]).toMatchObject({ state: 'regressed', failures: 3 });
    expect(await list('&state=regressed')).toHaveLength(1);
  });

  test('a group that came back stays regressed when an old environment fails once more', async () => {
    await regress();
    nowMs = T + 5 * HOUR;
    await deliver(failing(5, T + 2 * HOUR + 60_000, 'no order 20'));
    const [group] = await list();
    expect(group).toMatchObject({ state: 'regressed', failures: 4, versions: [{ version: '7' }, { version: '8' }] });
    const returned = { group: { state: 'regressed' }, returned: { version: '8' } };
    expect(await product.json(`${path(group)}?from=${T}&to=${T + 12 * HOUR}`)).toMatchObject(returned);
    // A range that neither version failed in.
    expect(await product.json(`${path(group)}?from=${T + 8 * HOUR}&to=${T + 9 * HOUR}`)).toMatchObject(returned);
  });

  test('a decision is in the audit log, and is answered', async () => {
    const answer = await call('PUT', path((await list())[0]), { state: 'resolved' });
    expect(await answer.json()).toMatchObject({ state: 'resolved' });
    const audit = await product.json<{ items: { method: string; path: string }[] }>('/api/v1/audit');
    expect(audit.items.some((entry) => entry.method === 'PUT' && entry.path.includes('/errors/'))).toBe(true);
  });

  test('rules on new and on regressed groups notify of each group with its title, in types of their own', async () => {
    const receiver = await startReceiver();
    await regress();
    await setRules(receiver.url);
    for (let minutes = 0; minutes < 3; minutes += 1) {
      nowMs += 60_000;
      await product.alerts.round();
      await product.alerts.idle();
    }
    const [order, image] = await list();
    const sent = receiver.received.map(
      ({ body }) => JSON.parse(body) as { type: string; data: { labels: Record<string, string>; summary: string } },
    );
    expect(new Set(sent.map(({ type, data }) => `${type} ${data.labels['error']}`))).toEqual(
      new Set([
        `error.new ${order?.fingerprint}`,
        `error.new ${image?.fingerprint}`,
        `error.regressed ${order?.fingerprint}`,
      ]),
    );
    expect(sent.map(({ data }) => data.summary)).toContain(
      'order-api: regressedErrors: Error: no order #: 3 (n = 3), threshold > 0',
    );
    await receiver.close();
  });

  test('a dry run of a rule on groups that came back says when it would have fired, by what is decided now', async () => {
    await regress();
    await setRules('https://hooks.example.com/a');
    const { fired } = await callAlerts<DryRunAnswer>(product, 'POST', 'rules/regressederrors/dry-run', { days: 0.5 });
    const [order] = await list();
    expect(fired.map(({ labels }) => labels['error'])).toEqual([order?.fingerprint]);
    // The failure that came back, and windows that contain it.
    expect(Date.parse(fired[0]?.from ?? '')).toBeGreaterThan(T + 2 * HOUR);
  });

  test('groups that are merged are one until they are separated', async () => {
    const [order, image] = await list();
    const merged = { fingerprint: order?.fingerprint, merged: [image?.fingerprint] };
    const body = { fingerprints: [image?.fingerprint] };
    expect(await (await call('POST', `${path(order)}/merge`, body)).json()).toMatchObject(merged);
    expect(await list()).toMatchObject([{ title: 'Error: no order #', failures: 3, merged: [image?.fingerprint] }]);
    const fromMember = await product.json<{ group: Group }>(`${path(image)}?from=${T}&to=${T + 12 * HOUR}`);
    expect(fromMember.group).toMatchObject({ fingerprint: order?.fingerprint, failures: 3 });
    expect((await call('POST', `${path(order)}/split`, body)).status).toBe(200);
    expect(await list()).toHaveLength(2);
    expect((await call('POST', `${path(order)}/split`, body)).status).toBe(404);
  });
});
