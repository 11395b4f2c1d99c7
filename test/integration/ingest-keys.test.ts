/** A key of scope `ingest` adds events, and does nothing else: it reads nothing, declares nothing, moves no positions. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { routes } from '../../server/http/contract/routes.generated.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
let product: TestProduct;
let key = '';

beforeEach(async () => {
  product = await startProduct({ now: () => NOW });
  const made = await product.json<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'sender', scope: 'ingest' }),
  });
  key = made.token;
});
afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

const withKey = (path: string, init: RequestInit = {}): Promise<Response> =>
  product.fetch(path, { ...init, headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' } });

const facts = {
  FunctionName: 'edge',
  FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:edge',
  MemorySize: 512,
};
const page = (more: object = {}, events: readonly object[] = []) => ({
  method: 'POST',
  body: JSON.stringify({
    checkpoint: {
      account: '123456789012',
      region: 'eu-west-1',
      logGroup: '/aws/lambda/edge',
      mode: 'poll',
      watermarkMs: NOW,
      scan: null,
      wideMs: null,
      state: 'ok',
      message: null,
      events: 1,
      updatedMs: NOW,
      ...more,
    },
    events,
  }),
});

test('of all declared routes, an ingest key may use those that add events', async () => {
  const allowed: string[] = [];
  for (const [operationId, { method, path, scope }] of Object.entries(routes)) {
    if ((scope as string) === 'public') continue;
    const { status } = await withKey(path.replaceAll(/:\w+/g, 'x'), { method: method.toUpperCase() });
    if (status !== 403) allowed.push(operationId);
  }
  expect(allowed.toSorted()).toEqual([
    'ingestFirehose',
    'ingestLambda',
    'ingestLoadTest',
    'ingestLogs',
    'otlpLogs',
    'otlpTraces',
  ]);
});

test.each([
  ['the list of functions', { Functions: [facts] }],
  ['a page of that list', { Functions: [facts], NextMarker: 'x' }],
  ['one configuration', facts],
  ['a function with its code', { Configuration: facts, Code: { Location: 'x' } }],
  ['several, one a line', null],
])('%s changes no inventory; it becomes a dead letter, and an admin can replay it', async (_name, document) => {
  const body = document === null ? `${JSON.stringify(facts)}\n${JSON.stringify(facts)}\n` : JSON.stringify(document);
  const answer = await withKey('/ingest/logs', { method: 'POST', body });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ accepted: 0 });
  expect(await product.json('/api/v1/inventory')).toMatchObject({ items: [] });
  const { items } = await product.json<{ items: { id: number; reason: string }[] }>('/api/v1/rejects');
  expect(items.length).toBeGreaterThan(0);
});

test('an admin sends the same list', async () => {
  const path = '/ingest/logs';
  const sent = await product.json(path, { method: 'POST', body: JSON.stringify({ Functions: [facts] }) });
  expect(sent).toMatchObject({ accepted: 1 });
  const { items } = await product.json<{ items: unknown[] }>('/api/v1/inventory');
  expect(items).toHaveLength(1);
});

test('an ingest key neither moves nor reads positions of pulls', async () => {
  expect((await withKey('/ingest/pull', page())).status).toBe(403);
  const query = '?account=123456789012&region=eu-west-1&logGroup=/aws/lambda/edge&mode=poll';
  expect((await withKey(`/ingest/pull/checkpoint${query}`)).status).toBe(403);
  expect(await product.json(`/ingest/pull/checkpoint${query}`)).toEqual({ checkpoint: null });
});

test('positions in the future are refused, and the stored one stays', async () => {
  const query = '/ingest/pull/checkpoint?account=123456789012&region=eu-west-1&logGroup=/aws/lambda/edge&mode=poll';
  expect((await product.fetch('/ingest/pull', page())).status).toBe(200);
  const later = NOW + 301_000;
  const scan = { fromMs: NOW, toMs: NOW, nextToken: null, newestMs: null, wide: false, filtered: false };
  for (const more of [
    { watermarkMs: later },
    { watermarkMs: NOW + 365 * 86_400_000 },
    { watermarkMs: 8.64e15 },
    { wideMs: later },
    { scan: { ...scan, fromMs: later } },
    { scan: { ...scan, newestMs: later } },
  ]) {
    const answer = await product.fetch('/ingest/pull', page(more));
    expect([more, answer.status]).toEqual([more, 400]);
    expect(await answer.text()).toMatch(/checkpoint\.[\w.]+: expected a time that is not in the future/);
  }
  expect(await product.json(query)).toMatchObject({ checkpoint: { watermarkMs: NOW } });
  // Clocks differ a little.
  expect((await product.fetch('/ingest/pull', page({ watermarkMs: NOW + 60_000 }))).status).toBe(200);
});

test('positions that are no times in milliseconds are refused with the name of the field', async () => {
  for (const value of [0.5, 1e-7, 1e300, -1, '1', true, 2 ** 53])
    for (const field of ['watermarkMs', 'wideMs', 'updatedMs', 'events']) {
      const answer = await product.fetch('/ingest/pull', page({ [field]: value }));
      expect([field, value, answer.status]).toEqual([field, value, 400]);
      expect(await answer.text()).toContain(`checkpoint.${field}`);
    }
});

test('which key sent what beyond a limit is known after a restart', async () => {
  // More than a thousand levels of nesting: a limit of its own.
  const body = '['.repeat(5000);
  const sent = await withKey('/ingest/logs', { method: 'POST', body });
  expect(sent.status).toBeLessThan(500);
  const read = async () =>
    (
      await product.json<{ keyTroubles: readonly { key: string; n: number; reason: string }[] }>(
        '/api/v1/ingest/status',
      )
    ).keyTroubles;
  const before = await read();
  expect(before).toMatchObject([{ key: 'sender', n: 1 }]);
  await product.close();
  product = await startProduct({ folder: product.folder, now: () => NOW });
  expect(await read()).toEqual(before);
});
