/** Tags of functions: where they come from, which has precedence, and that every question filters and groups by them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import type { FunctionsAnswer } from '../../server/http/contract/functions.ts';
import type { StructuredAnswer } from '../../server/http/contract/query.ts';
import type { FunctionTagsAnswer, KnownTagsAnswer } from '../../server/http/contract/tags.ts';
import { callAlerts } from '../support/alert-routes.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';
import { runLines } from '../support/run-lines.ts';

const T0 = Date.UTC(2026, 10, 20, 8);
const NOW = T0 + 2 * HOUR_MS;
const ACCOUNT = '111122223333';
const RANGE = `from=${T0}&to=${T0 + HOUR_MS}`;
/** Runs of each function, of which the first failed. */
const RUNS = { checkout: 7, cart: 5, search: 3, orphan: 2 } as const;
const ALL = 17;
const SEARCH_TAGS = 'aws:cloudformation:stack-name=s;team=shop;tier=gold';
let product: TestProduct;
let file: string;
let region: string;

const idOf = (name: string): string => `${ACCOUNT}:${region}:${name}`;

async function put(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return product.fetch(path, { method: 'PUT', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

const setTags = (name: string, tags: unknown) => put(`/api/v1/functions/${name}/tags`, { tags });

beforeAll(async () => {
  const folder = memoryFolder();
  file = join(folder, 'tags.yaml');
  writeFileSync(file, 'rules:\n  - functions: [ca*, search]\n    tags: {team: shop, tier: gold}\n');
  product = await startProduct({ folder, now: () => NOW, environment: { THERMOCLINE_TAGS: file } });
  let serial = 0;
  for (const [name, n] of Object.entries(RUNS)) {
    const events = Array.from({ length: n }, (_, at) => {
      serial += 1;
      return runLines(`c0ffee00-0000-4000-8000-${String(serial).padStart(12, '0')}`, T0 + at * MINUTE_MS, at === 0);
    }).flat();
    const logStream = `2026/11/20/[1]${String(serial).padStart(32, '0')}`;
    await send(product, [record(message(events, { logGroup: `/aws/lambda/${name}`, logStream }))]);
  }
  await product.derive();
  const { items } = await product.json<FunctionsAnswer>(`/api/v1/functions?${RANGE}`);
  region = items[0]?.region ?? '';
  // What the inventory reads of AWS: search is of web there, and of shop by the file.
  const functions = [
    { account: ACCOUNT, region, name: 'search', tags: { team: 'web', 'aws:cloudformation:stack-name': 's' } },
    { account: ACCOUNT, region, name: 'not-yet-seen', tags: { team: 'web' } },
  ];
  expect(await (await put('/api/v1/tags', { functions })).json()).toEqual({ functions: 2, leftOut: 0 });
  expect((await setTags('checkout', { team: 'pay', 'a:b': '<b>x</b>' })).status).toBe(200);
  expect((await setTags('cart', { tier: '' })).status).toBe(200);
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

async function listed(query: string): Promise<readonly string[]> {
  const { items } = await product.json<FunctionsAnswer>(`/api/v1/functions?${RANGE}&${query}`);
  return items.map(({ name }) => name);
}

test('by hand, then the file, then AWS, key by key', async () => {
  const { items } = await product.json<FunctionsAnswer>(`/api/v1/functions?${RANGE}`);
  expect(Object.fromEntries(items.map(({ name, tags }) => [name, tags]))).toEqual({
    checkout: { team: 'pay', 'a:b': '<b>x</b>' },
    cart: { team: 'shop', tier: '' },
    search: { team: 'shop', tier: 'gold', 'aws:cloudformation:stack-name': 's' },
    orphan: {},
  });
  expect(await product.json<FunctionTagsAnswer>('/api/v1/functions/cart/tags')).toEqual({
    items: [
      { key: 'team', value: 'shop', source: 'file', overridden: [] },
      { key: 'tier', value: '', source: 'manual', overridden: [{ source: 'file', value: 'gold' }] },
    ],
    nextCursor: null,
    manual: { tier: '' },
  });
  const known = await product.json<KnownTagsAnswer>('/api/v1/tags');
  expect(known).toMatchObject({ teamKey: 'team', omitted: 0, file: { rules: 1, errors: [] } });
  expect(known.items.find(({ key }) => key === 'team')).toEqual({
    key: 'team',
    functions: 3,
    values: [
      { value: 'shop', functions: 2 },
      { value: 'pay', functions: 1 },
    ],
    omitted: 0,
  });
});

test.each([
  ['tag=team:shop', ['cart', 'search']],
  ['tag=team:shop&tag=team:pay', ['checkout', 'cart', 'search']],
  ['tag=team:shop&tag=tier:gold', ['search']],
  ['tag=tier', ['cart', 'search']],
  ['tag=tier:', ['cart']],
  ['tag=!team', ['orphan']],
  ['tag=!team&tag=team:pay', ['checkout', 'orphan']],
  ['tag=team:nobody', []],
  [`tag=${encodeURIComponent('a\\:b:<b>x</b>')}`, ['checkout']],
  ['tag=team:shop&function=cart', ['cart']],
  ['tag=team:shop&function=checkout', []],
  ['tag=team&account=000000000000', []],
  ['vpc=true', []],
  ['runtime=cobol1', []],
])('the functions of %s', async (query, expected) => {
  expect(await listed(query)).toEqual(expected);
});

/** Invocations, or what else it counts, of functions of the team shop: 5 of cart and 3 of search. */
test.each([
  ['overview', (answer: { invocations: number }) => answer.invocations, 8, ALL],
  ['invocations', (answer: { items: unknown[] }) => answer.items.length, 8, ALL],
  ['errors', (answer: { failures: number }) => answer.failures, 2, 4],
  ['logs', (answer: { items: unknown[] }) => answer.items.length > 0, true, true],
  ['network', (answer: { unknown: { functions: number } }) => answer.unknown.functions, 2, 4],
])('/api/v1/%s counts the functions of the filter alone', async (path, of, ofShop, ofAll) => {
  const ask = async (query: string) => of(await product.json<never>(`/api/v1/${path}?${RANGE}&${query}`));
  expect(await ask('')).toBe(ofAll);
  expect(await ask('tag=team:shop')).toBe(ofShop);
});

test('lines are those of the functions of the filter', async () => {
  const { items } = await product.json<{ items: { function: { name: string } }[] }>(
    `/api/v1/logs?${RANGE}&limit=200&tag=team:shop`,
  );
  expect(new Set(items.map(({ function: owner }) => owner.name))).toEqual(new Set(['cart', 'search']));
  const counts = async (query: string) => {
    const { bins } = await product.json<{ bins: Record<string, number>[] }>(`/api/v1/logs/histogram?${RANGE}&${query}`);
    return bins.reduce((sum, one) => sum + (one['errors'] ?? 0) + (one['warnings'] ?? 0) + (one['others'] ?? 0), 0);
  };
  const [all, shop, others] = [await counts(''), await counts('tag=team:shop'), await counts('tag=!team&tag=team:pay')];
  expect(shop).toBeGreaterThan(0);
  expect(shop + others).toBe(all);
});

test.each(['changes', 'recommendations', 'service-map', 'cost/month', 'export/invocations', 'export/cold-starts'])(
  '/api/v1/%s takes every filter',
  async (path) => {
    const range = path === 'cost/month' ? '' : RANGE;
    const filters = `account=${ACCOUNT}&region=${region}&architecture=arm64&runtime=x&vpc=false&tag=team:shop&tag=!x`;
    expect((await product.fetch(`/api/v1/${path}?${range}&${filters}`)).status).toBe(200);
  },
);

test('the export of functions has a column of tags, which no spreadsheet runs', async () => {
  await setTags('orphan', { note: '=1+1', '=2+2': 'x' });
  const response = await product.fetch(`/api/v1/export/functions?${RANGE}&format=csv`);
  const rows: readonly Record<string, string>[] = parse(await response.text(), { columns: true });
  expect(Object.fromEntries(rows.map(({ name, tags }) => [name, tags]))).toEqual({
    checkout: 'a:b=<b>x</b>;team=pay',
    cart: 'team=shop;tier=',
    search: 'aws:cloudformation:stack-name=s;team=shop;tier=gold',
    orphan: "'=2+2=x;note==1+1",
  });
  await setTags('orphan', {});
});

test('exports of invocations have the tags of their functions', async () => {
  const csv = await (await product.fetch(`/api/v1/export/invocations?${RANGE}&format=csv`)).text();
  const rows: readonly Record<string, string>[] = parse(csv, { columns: true });
  expect(new Set(rows.map((row) => `${row['function']} ${row['tags']}`))).toEqual(
    new Set(['checkout a:b=<b>x</b>;team=pay', 'cart team=shop;tier=', `search ${SEARCH_TAGS}`, 'orphan ']),
  );
  const lines = await (await product.fetch(`/api/v1/export/cold-starts?${RANGE}&format=ndjson`)).text();
  for (const line of lines
    .trimEnd()
    .split('\n')
    .filter((one) => one !== ''))
    expect(z.object({ tags: z.record(z.string(), z.string()) }).parse(JSON.parse(line)).tags).toBeDefined();
});

async function groups(body: object): Promise<StructuredAnswer['groups']> {
  const response = await product.fetch('/api/v1/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: String(T0), to: String(T0 + HOUR_MS), ...body }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as StructuredAnswer).groups;
}

test('a query groups and filters by tag; functions without the tag are a group', async () => {
  const sums = async (body: object) =>
    (await groups({ metric: 'invocations', groupBy: ['tag.team'], ...body })).map(({ group, values }) => [
      group['tag.team'],
      values['sum'],
    ]);
  expect(await sums({})).toEqual([
    ['shop', 8],
    ['pay', 7],
    [null, 2],
  ]);
  expect(await sums({ filters: [{ field: 'tag.team', value: null }] })).toEqual([[null, 2]]);
  expect(await sums({ filters: [{ field: 'tag.team', op: '!=', value: 'shop' }] })).toEqual([
    ['pay', 7],
    [null, 2],
  ]);
  expect(await sums({ filters: [{ field: 'tag.team', op: 'matches', value: 's*' }] })).toEqual([['shop', 8]]);
  // A value is compared as a whole: it is no name of a function.
  expect(await sums({ filters: [{ field: 'tag.team', value: 'hop' }] })).toEqual([]);
});

test('sums by any tag are those of the whole, whatever tags functions have', async () => {
  const value = fc.option(fc.constantFrom('a', 'b', 'c:d', ''), { nil: null });
  await fc.assert(
    fc.asyncProperty(fc.tuple(value, value, value, value), async (values) => {
      for (const [at, name] of Object.keys(RUNS).entries()) {
        const own = values[at] ?? null;
        await setTags(name, own === null ? {} : { drawn: own });
      }
      for (const metric of ['invocations', 'costUsd', 'errors']) {
        const [whole] = await groups({ metric });
        const parts = await groups({ metric, groupBy: ['tag.drawn'] });
        expect(new Set(parts.map(({ group }) => group['tag.drawn']))).toEqual(new Set(values));
        const sum = parts.reduce((total, { values: { sum = 0 } }) => total + (sum ?? 0), 0);
        expect(sum).toBeCloseTo(whole?.values['sum'] ?? Number.NaN, 12);
      }
    }),
    { numRuns: 8 },
  );
  await setTags('checkout', { team: 'pay', 'a:b': '<b>x</b>' });
  await setTags('cart', { tier: '' });
  await setTags('search', {});
  await setTags('orphan', {});
});

test.each([
  [
    { tags: Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, 'v'])) },
    'tags',
    /^10000 tags; expected at most 50$/,
  ],
  [{ tags: { 'aws:x': 'v' } }, 'tags.aws:x', /reserved for AWS/],
  [{ tags: { '': 'v' } }, 'tags.', /expected a key of 1 to 128/],
  [{ tags: { ['k'.repeat(129)]: 'v' } }, `tags.${'k'.repeat(129)}`, /expected a key of 1 to 128/],
  [{ tags: { k: 'v'.repeat(257) } }, 'tags.k', /at most 256/],
  [{ tags: { k: 'a\u202eb' } }, 'tags.k', /no control, direction or invisible/],
  [{ tags: { k: 1 } }, 'tags.k', /expected string/],
  ['{"tags":{"k":"a","k":"b"}}', 'tags.k', /twice/],
  [{ tags: [] }, 'tags', /expected record/],
])('a body is refused with the field: %#', async (body, field, expected) => {
  const response = await put('/api/v1/functions/orphan/tags', body);
  expect(response.status).toBe(400);
  const { errors } = (await response.json()) as { errors: { field: string; message: string }[] };
  expect(errors[0]?.field).toBe(field);
  expect(errors[0]?.message).toMatch(expected);
});

test('an unknown function, a filter that is none, and tags of AWS that cannot be shown', async () => {
  expect((await setTags('nobody', {})).status).toBe(404);
  for (const query of ['tag=', 'tag=!a:b', 'tag=:x', `tag=${'k'.repeat(600)}`, `${'tag=a&'.repeat(21)}`])
    expect((await product.fetch(`/api/v1/functions?${RANGE}&${query}`)).status).toBe(400);
  expect((await product.fetch(`/api/v1/functions?${RANGE}&account=a&account=b`)).status).toBe(400);
  expect((await product.fetch(`/api/v1/settings?tag=a`)).status).toBe(400);
  const tags = { ok: 'v', 'bad\u202e': 'v', ['k'.repeat(129)]: 'v' };
  const functions = [{ account: ACCOUNT, region, name: 'not-yet-seen', tags }];
  expect(await (await put('/api/v1/tags', { functions })).json()).toEqual({ functions: 1, leftOut: 2 });
});

test('the file is read again when it changes; while it has errors, the last good one stays in use', async () => {
  const fileState = async () => (await product.json<KnownTagsAnswer>('/api/v1/tags')).file;
  const rewrite = async (text: string) => {
    writeFileSync(file, text);
    await product.tagsFile?.round();
  };
  await rewrite('rules:\n  - functions: [orphan]\n    tags: {team: lost-and-found}\n');
  expect(await listed('tag=team:lost-and-found')).toEqual(['orphan']);
  expect(await listed('tag=tier:gold')).toEqual([]);
  await rewrite('rules:\n  - functions: orphan\n');
  expect(await fileState()).toMatchObject({
    rules: 1,
    errors: [
      'line 2: rules.0.functions: expected a list of names or patterns with * and ?',
      'line 2: rules.0.tags: expected tags, such as team: shop',
    ],
  });
  expect(await listed('tag=team:lost-and-found')).toEqual(['orphan']);
  await rewrite(`# ${'x'.repeat(10_000_000)}`);
  expect((await fileState())?.errors).toEqual(['the file has 10,000,002 bytes; expected at most 262,144']);
  removeFolder(file);
  await product.tagsFile?.round();
  expect((await fileState())?.errors[0]).toMatch(/ENOENT/);
  expect(await listed('tag=team:lost-and-found')).toEqual(['orphan']);
  await rewrite('rules:\n  - functions: [ca*, search]\n    tags: {team: shop, tier: gold}\n');
  expect(await listed('tag=tier:gold')).toEqual(['search']);
});

test('a rule evaluates the functions with its tags, and its alerts name the team', async () => {
  const rule = {
    id: 'shop-errors',
    name: 'Errors of the shop',
    signal: { kind: 'metric', metric: 'errors', aggregation: 'sum' },
    threshold: 0,
    window: '1h',
    groupBy: ['function'],
    tags: ['team:shop', '!drawn'],
  };
  const { matches, fired } = await product.json<{
    matches: { functions: string[] };
    fired: { labels: Record<string, string> }[];
  }>('/api/v1/alerts/rules/preview', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rule, days: 1 }),
  });
  expect(matches.functions).toEqual([idOf('cart'), idOf('search')]);
  expect(new Set(fired.map(({ labels }) => `${labels['function']} ${labels['team']}`))).toEqual(
    new Set(['cart shop', 'search shop']),
  );
  expect(await callAlerts(product, 'PUT', 'rules/shop-errors', rule)).toMatchObject({ tags: rule.tags });
  const refused = await put('/api/v1/alerts/rules/shop-errors', { ...rule, signal: { kind: 'unparsed' } });
  expect(await refused.json()).toMatchObject({
    errors: [{ field: 'tags', message: 'unparsed is not measured by function' }],
  });
});

test('tags survive a restart', async () => {
  await product.close();
  product = await startProduct({ folder: product.folder, now: () => NOW, environment: { THERMOCLINE_TAGS: file } });
  expect(await listed('tag=team:pay')).toEqual(['checkout']);
  const { tags } = await product.json<{ tags: string[] }>('/api/v1/alerts/rules/shop-errors');
  expect(tags).toEqual(['team:shop', '!drawn']);
  expect(await listed('tag=tier:gold')).toEqual(['search']);
});

test('deleting a function deletes its stored tags', async () => {
  const stored = async () => (await product.store.read.functionTags({})).map(({ name }) => name);
  expect(await stored()).toContain('checkout');
  expect((await product.fetch('/api/v1/functions/checkout', { method: 'DELETE' })).status).toBe(200);
  expect(await stored()).not.toContain('checkout');
  expect(await stored()).toContain('not-yet-seen');
});
