/**
 * Law: to a caller who may read some functions, the others do not exist. Each route answers as a server that stores only the permitted
 * functions answers a caller without a restriction, or refuses because it concerns the whole fleet.
 */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { answersRestricted } from '../../server/http/access/restricted-routes.ts';
import type { Route } from '../../server/http/implement.ts';
import { routeTable } from '../../server/http/routes/table.generated.ts';
import { invocation, message, record, requestId, send } from './firehose.ts';
import type { DocumentedInvocation } from './fleet-documents.ts';
import { batchOfRecords, documentsAbout, inventoryOf, loadTestOf } from './fleet-documents.ts';
import type { Part } from './fleet-streams.ts';
import { streams } from './fleet-streams.ts';
import { point } from './metric-records.ts';
import type { TestProduct } from './product.ts';
import { ADMIN, removeFolder } from './product.ts';

const SEED = 7;
const TO = Date.UTC(2026, 10, 20);
const NOW = TO + HOUR_MS;
const RANGE = `from=${TO - 3 * HOUR_MS}&to=${TO}`;
const PERMITTED = ['plain-7', 'fails-7'];
const HIDDEN = ['json-7', 'snap-7'];
/** Restrictions that permit the same functions: by names, and by tags, of which one is a pattern. */
const RESTRICTIONS = {
  name: ['function:pl*n-7', 'function:fails-7', `account:${SIMULATED_ACCOUNT}`, 'region:*'],
  tag: ['tag:team=own-*', 'tag:stage=live', 'tag:stage=test'],
} as const;
type Restricted = keyof typeof RESTRICTIONS;
const EACH: readonly Restricted[] = ['name', 'tag'];
const SOURCE = { kind: 'logs', name: 'test' } as const;
const PLACE = { account: SIMULATED_ACCOUNT, region: SIMULATED_REGION };

/** Stores every function; its caller may read some. */
let whole: TestProduct;
/** Stores the permitted functions alone. */
let part: TestProduct;
const tokens: Record<Restricted, string> = { name: '', tag: '' };
/** With the same restrictions, and the widest scope that can have one. */
const editTokens: Record<Restricted, { readonly token: string; readonly id: string }> = {
  name: { token: '', id: '' },
  tag: { token: '', id: '' },
};

const isOf = (names: readonly string[]) => (one: Part) =>
  names.some((name) => one.identity.logGroup === `/aws/lambda/${name}`);

async function storeLines(product: TestProduct, parts: readonly Part[]): Promise<void> {
  const given = { streams: parts, unreadable: [], records: [], ignored: [] };
  const batch = decodeStreams(given, { account: '', region: '' }, { raw: 'all', region: '', selfLogGroups: [] });
  await product.store.write(batch, SOURCE);
}

async function storeRecords(product: TestProduct, name: string, records: readonly TelemetryRecord[]): Promise<void> {
  const batch = batchOfRecords(records, PLACE);
  const digest = (at: number): string => createHash('sha256').update(`${name} ${at}`).digest('hex').slice(0, 32);
  await product.store.write(
    { ...batch, records: batch.records.map((one, at) => ({ ...one, digest: digest(at) })) },
    SOURCE,
  );
}

/** Sets the tags of functions: all have the same stage. */
async function setTags(product: TestProduct, names: readonly string[], team: string): Promise<void> {
  for (const name of names) {
    const body = JSON.stringify({ tags: { team, stage: 'live' } });
    const headers = { 'content-type': 'application/json' };
    await product.json(`/api/v1/functions/${name}/tags`, { method: 'PUT', headers, body });
  }
}

async function documented(product: TestProduct, names: readonly string[]): Promise<readonly DocumentedInvocation[]> {
  const all = await product.json<{ items: DocumentedInvocation[] }>(`/api/v1/invocations?${RANGE}&limit=500`);
  return all.items.filter((one) => names.includes(one.function.name)).slice(0, 40);
}

function documentsOf(
  names: readonly string[],
  invocations: readonly DocumentedInvocation[],
): readonly TelemetryRecord[] {
  return [
    ...documentsAbout(invocations),
    ...names.flatMap((name) => [
      inventoryOf({ ...PLACE, name }, { subnetIds: ['subnet-1'], timeoutMs: 3000, architecture: null }),
      loadTestOf('before', name, 1),
      point({ ...PLACE, dimensions: [['FunctionName', name]], startMs: TO - HOUR_MS, sum: name.length, count: 30 }),
    ]),
  ];
}

/** Segments of one trace have different ids. */
function withOtherSegmentId(one: TelemetryRecord): TelemetryRecord {
  if (one.kind !== 'trace-segment') return one;
  const other = (id: string): string => `f${id.slice(1)}`;
  return { ...one, id: other(one.id), parentId: one.parentId === null ? null : other(one.parentId) };
}

/** Ids that a store assigns. */
const ASSIGNED = new Set(['environmentId', 'functionId', 'id', 'nextCursor']);
/** How long idle environments are kept is estimated from the whole fleet where a function's own data does not suffice. */
const OF_FLEET = new Set(['evidence', 'idleWindow']);
/** The same in the parameters of the code `cause-idle`. */
const OF_IDLE_CAUSE = new Set(['surelyMs', 'window', 'windowMs']);

function comparable(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(13));
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const isIdleCause = 'code' in value && value.code === 'cause-idle';
  const { parameters } = value as { readonly parameters?: object };
  if (isIdleCause && parameters !== undefined)
    return Object.entries(parameters).filter(([key]) => !OF_IDLE_CAUSE.has(key));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !OF_FLEET.has(key))
      .filter(([key, inner]) => !(ASSIGNED.has(key) && (typeof inner === 'number' || key === 'nextCursor')))
      .map(([key, inner]) => [key, comparable(inner)]),
  );
}

async function bodyOf(answer: Response): Promise<unknown> {
  if (answer.headers.get('content-type')?.includes('json') !== true) return answer.text();
  const text = await answer.text();
  // An export without rows is empty.
  return text === '' || text.includes('\n')
    ? text
        .split('\n')
        .filter((row) => row !== '')
        .map((row): unknown => JSON.parse(row))
    : JSON.parse(text);
}

const asRestricted = (by: Restricted, path: string, init: RequestInit = {}): Promise<Response> =>
  whole.fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${tokens[by]}` } });

/** Expects the same answer of the part and to each restricted caller. @returns those to the callers */
async function compared(path: string, init: RequestInit = {}): Promise<readonly unknown[]> {
  const [expected, ...answers] = await Promise.all([
    part.fetch(path, init),
    ...EACH.map((by) => asRestricted(by, path, init)),
  ]);
  const wanted = comparable(await bodyOf(expected));
  const found = await Promise.all(answers.map(bodyOf));
  for (const [at, by] of EACH.entries()) {
    const text = `by ${by}, ${path}`;
    expect(answers[at]?.status, `${text}: ${JSON.stringify(found[at]).slice(0, 300)}`).toBe(expected.status);
    expect(comparable(found[at]), text).toEqual(wanted);
  }
  return found;
}

/** Names of the functions that a credential lists. */
async function names(credential: string): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${credential}` };
  const { items } = await whole.json<{ items: { name: string }[] }>(`/api/v1/functions?${RANGE}`, { headers });
  return items.map(({ name }) => name).toSorted();
}

/** Routes whose answers are not those of a store, or that need an object: they have tests of their own below. */
const ELSEWHERE = /\/session|\/demo|\/live|alerts\/|:requestId|:traceId|:fingerprint|load-tests\/compare|prometheus/;
const gets = routeTable.filter((route) => route.method === 'get' && route.scope === 'read');

/** Filters by tag: functions that the caller may read have the first as others have it, and none has the second. */
const OF_ALL = 'tag=stage:live';
const HIDDEN_TEAM = 'hidden-team';
const OF_HIDDEN = `tag=team:${HIDDEN_TEAM}`;

/** Queries in addition to the range, or instead of it. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/compare': [
    `function=plain-7&before=${TO - 3 * HOUR_MS}/${TO - HOUR_MS}&after=${TO - HOUR_MS}/${TO}`,
    `before=${TO - 3 * HOUR_MS}/${TO - HOUR_MS}&after=${TO - HOUR_MS}/${TO}`,
    `function=json-7&before=${TO - 3 * HOUR_MS}/${TO - HOUR_MS}&after=${TO - HOUR_MS}/${TO}`,
  ],
  '/api/v1/functions': [RANGE, `${RANGE}&region=${SIMULATED_REGION}`, `${RANGE}&${OF_ALL}`, `${RANGE}&${OF_HIDDEN}`],
  '/api/v1/invocations': [
    RANGE,
    `${RANGE}&limit=500`,
    `${RANGE}&cold=true`,
    `${RANGE}&function=json-7`,
    `${RANGE}&memoryMb=1024`,
  ],
  '/api/v1/logs': [
    RANGE,
    `${RANGE}&q=REPORT`,
    `${RANGE}&function=snap-7`,
    `${RANGE}&${OF_ALL}`,
    `${RANGE}&${OF_HIDDEN}`,
  ],
  '/api/v1/logs/export': [`${RANGE}&limit=300`],
  '/api/v1/metrics': ['', 'search=Throttles'],
  '/api/v1/metrics/points': [
    `${RANGE}&namespace=AWS/Lambda&name=Throttles`,
    `${RANGE}&namespace=AWS/Lambda&name=Throttles&groupBy=function`,
  ],
  '/api/v1/errors': [RANGE, `${RANGE}&function=plain-7`],
  '/api/v1/load-tests': ['', 'limit=1'],
  '/api/v1/tuning-runs': [''],
  '/api/v1/cost/month': ['', OF_ALL, OF_HIDDEN],
  '/api/v1/overview': [RANGE, `${RANGE}&${OF_ALL}`, `${RANGE}&${OF_HIDDEN}`],
  '/api/v1/export/:what': [RANGE, `${RANGE}&${OF_ALL}`, `${RANGE}&${OF_HIDDEN}`],
  '/api/v1/report-preview': [
    ...['html', 'csv'].map((format) => `every=month&period=2026-11&format=${format}`),
    'every=month&period=2026-11&function=json-7',
  ],
};

function queriesOf({ path, query }: Route): readonly string[] {
  const usual = query?.safeParse(Object.fromEntries(new URLSearchParams(RANGE))).success === true ? RANGE : '';
  return QUERIES[path] ?? [usual];
}

/** Settings of the products: ClickHouse deletes by its own clock. */
export const KEPT = {
  THERMOCLINE_RAW_RETENTION_DAYS: '3650',
  THERMOCLINE_DETAIL_RETENTION_DAYS: '3650',
  THERMOCLINE_HISTORY_RETENTION_DAYS: '3650',
};

/** Invocations of a hidden and of a permitted function, which both products get if they may. */
async function sendNew(n: number): Promise<void> {
  const of = (at: number, name: string) =>
    record(
      message(invocation(at, NOW - 5 * MINUTE_MS + n), {
        owner: SIMULATED_ACCOUNT,
        logGroup: `/aws/lambda/${name}`,
      }),
    );
  await send(whole, [of(n, 'json-7'), of(n + 1, 'plain-7')]);
  await send(part, [of(n + 1, 'plain-7')]);
  // ClickHouse announces what is classified.
  for (const product of [whole, part]) await product.derive();
}

/** What a stream sends until it has sent `last`. */
async function readUntil(by: Restricted, path: string, last: string, act: () => Promise<void>): Promise<string> {
  const answer = await asRestricted(by, path);
  expect(answer.status).toBe(200);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  await act();
  let text = '';
  while (!text.includes(last)) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) break;
    text += value ?? '';
  }
  await reader?.cancel();
  return text;
}

/** `start` starts a product with an empty store and the settings {@link KEPT}. Each test is of restrictions by name and by tag. */
export function describeRestrictions(start: (now: () => number) => Promise<TestProduct>): void {
  beforeAll(async () => {
    const now = (): number => NOW;
    [whole, part] = await Promise.all([start(now), start(now)]);
    const all = streams(SEED, TO);
    for (const product of [whole, part]) await storeLines(product, all.filter(isOf(PERMITTED)));
    await storeLines(whole, all.filter(isOf(HIDDEN)));
    const own = documentsOf(PERMITTED, await documented(part, PERMITTED));
    for (const product of [whole, part]) await storeRecords(product, 'own', own);
    // The traces have the same ids: some of their segments are of functions that the caller may not read.
    const others = documentsOf(HIDDEN, await documented(whole, HIDDEN));
    await storeRecords(whole, 'others', others.map(withOtherSegmentId));
    await storeRecords(whole, 'account', [
      point({ ...PLACE, dimensions: [], startMs: TO - HOUR_MS, sum: 99, count: 99 }),
    ]);
    for (const product of [whole, part]) {
      await product.derive();
      while (await product.store.lines.pack());
    }
    for (const product of [whole, part]) await setTags(product, PERMITTED, 'own-team');
    await setTags(whole, HIDDEN, HIDDEN_TEAM);
    const create = (name: string, scope: string, restriction: readonly string[]) =>
      whole.json<{ token: string; id: string; restriction: string[] }>('/api/v1/tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, scope, restriction }),
      });
    for (const by of EACH) {
      const restriction = RESTRICTIONS[by];
      const made = await create('some', 'read', restriction);
      expect(made.restriction.toSorted()).toEqual(restriction.toSorted());
      tokens[by] = made.token;
      editTokens[by] = await create('edits some', 'edit', restriction);
    }
  });
  afterAll(async () => {
    for (const product of [whole, part]) {
      await product.close();
      removeFolder(product.folder);
    }
  });

  describe('every question', () => {
    const cases = gets
      .filter((route) => answersRestricted(route) && !ELSEWHERE.test(route.path))
      .flatMap((route) =>
        route.path.includes(':id')
          ? [...PERMITTED, ...HIDDEN].map((name) => [route.path.replace(':id', name), route] as const)
          : route.path.includes(':what')
            ? ['invocations', 'functions', 'cold-starts', 'rollups'].map(
                (what) => [route.path.replace(':what', what), route] as const,
              )
            : [[route.path, route] as const],
      );
    test.each(cases)('%s', async (path, route) => {
      for (const query of queriesOf(route)) {
        const answers = await compared(`${path}?${query}`);
        const asked = HIDDEN.find((name) => `${path}${query}`.includes(name));
        for (const found of answers.map((answer) => JSON.stringify(answer)))
          for (const name of [...HIDDEN, HIDDEN_TEAM])
            if (name !== asked && !query.includes(name)) expect(found, `${path}?${query}`).not.toContain(name);
        // Not because nothing is stored.
        if (asked !== undefined) {
          expect((await whole.fetch(`${path}?${query}`)).status).toBe(200);
          for (const found of answers) expect(found).toMatchObject({ code: 'not-found' });
        }
      }
    });

    test('log lines are found', async () => {
      const [answer] = (await compared(`/api/v1/logs?${RANGE}`)) as { items: readonly object[] }[];
      expect(answer?.items.length).toBeGreaterThan(20);
    });

    test('an admin reads more of the same server', async () => {
      expect(await names(ADMIN)).toEqual([...PERMITTED, ...HIDDEN].toSorted());
      for (const by of EACH) expect(await names(tokens[by])).toEqual(PERMITTED.toSorted());
    });

    test.each([
      { metric: 'invocations', groupBy: ['function'] },
      { metric: 'costUsd', groupBy: [] },
      { metric: 'durationMs', groupBy: ['memoryMb'], aggregations: ['p50', 'p99'] },
      { metric: 'throttles', groupBy: ['function'] },
      { metric: 'costUsd', groupBy: ['tag.team'] },
      {
        metric: 'invocations',
        groupBy: ['tag.stage'],
        filters: [{ field: 'tag.team', op: 'matches', value: '*-team' }],
      },
    ])('structured: %j', async (query) => {
      const times = { from: new Date(TO - 3 * HOUR_MS).toISOString(), to: new Date(TO).toISOString() };
      const body = JSON.stringify({ ...times, ...query });
      await compared('/api/v1/query', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    });

    test.each([
      'query?query=sum(increase(thermocline_invocations_total[2h]))',
      'query?query=count by (function) (thermocline_function_info)',
      'query?query=count by (function, tag_team) (thermocline_function_tags)',
      'query?query=sum by (cause) (increase(thermocline_cold_start_causes_total[2h]))',
      'label/tag_team/values?match[]=thermocline_function_tags',
      'label/function/values?match[]=thermocline_invocations_total',
      'series?match[]=thermocline_invocations_total',
    ])('PromQL: %s', async (query) => {
      const times = query.startsWith('query')
        ? `&time=${TO / 1000}`
        : `&start=${(TO - 3 * HOUR_MS) / 1000}&end=${TO / 1000}`;
      await compared(`/prometheus/api/v1/${encodeURI(query)}${times}`);
    });
  });

  test('a scrape', async () => {
    const read = async (product: TestProduct, credential: string) => {
      const response = await product.fetch('/metrics/functions', {
        headers: { authorization: `Bearer ${credential}` },
      });
      expect(response.status).toBe(200);
      return response.text();
    };
    const expected = await read(part, ADMIN);
    expect(expected).toContain(`function="${PERMITTED[0]}"`);
    for (const by of EACH) expect(await read(whole, tokens[by]), by).toBe(expected);
    expect(await read(whole, ADMIN)).toContain(`function="${HIDDEN[0]}"`);
  });

  describe('objects by id', () => {
    test('invocations and their lines', async () => {
      for (const [names, status] of [
        [PERMITTED, 200],
        [HIDDEN, 404],
      ] as const)
        for (const { requestId } of (await documented(whole, names)).slice(0, 5))
          for (const by of EACH)
            expect((await asRestricted(by, `/api/v1/invocations/${requestId}`)).status, by).toBe(status);
      const [own] = await documented(part, PERMITTED);
      await compared(`/api/v1/invocations/${own?.requestId}`);
    });

    test('a trace shows segments of permitted functions only', async () => {
      for (const at of [0, 3, 9])
        await compared(`/api/v1/traces/1-${(0x65000000 + at).toString(16)}-${at.toString(16).padStart(24, '0')}`);
    });

    test.each(EACH)('load tests are compared if both may be read, by %s', async (by) => {
      const { items } = await whole.json<{ items: { id: string; functionName?: string }[] }>('/api/v1/load-tests');
      const own = await asRestricted(by, '/api/v1/load-tests').then(
        (answer) => answer.json() as Promise<{ items: { id: string }[] }>,
      );
      const hidden = items.filter(({ id }) => !own.items.some((one) => one.id === id));
      expect([own.items.length, hidden.length]).toEqual([2, 2]);
      const compare = (before = '', after = '') =>
        asRestricted(by, `/api/v1/load-tests/compare?before=${before}&after=${after}`);
      expect((await compare(own.items[0]?.id, own.items[1]?.id)).status).toBe(200);
      expect((await compare(own.items[0]?.id, hidden[0]?.id)).status).toBe(404);
    });

    test.each(EACH)('ids of deployments that others reported are not told, by %s', async (by) => {
      const { token: editToken, id: editTokenId } = editTokens[by];
      const report = async (credential: string, functions: readonly string[], version = '7') => {
        const answer = await whole.fetch('/api/v1/markers', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
          body: JSON.stringify({ id: 'build-17', functions, version }),
        });
        return [answer.status, ((await answer.json()) as { id?: string }).id];
      };
      expect(await report(ADMIN, ['json-7'])).toEqual([200, 'build-17']);
      const own = `${editTokenId}:build-17`;
      expect(await report(editToken, ['plain-7'])).toEqual([200, own]);
      expect(await report(editToken, ['plain-7'])).toEqual([200, own]);
      expect(await report(editToken, ['plain-7'], '8')).toEqual([409, undefined]);
      expect((await whole.fetch('/api/v1/markers/build-17', { method: 'DELETE' })).status).toBe(200);
      expect((await whole.fetch(`/api/v1/markers/${own}`, { method: 'DELETE' })).status).toBe(200);
    });

    test('the state of an error group of another function cannot be set', async () => {
      const [group] = (
        await whole.json<{ items: { fingerprint: string; function: { name: string } }[] }>(`/api/v1/errors?${RANGE}`)
      ).items;
      const body = JSON.stringify({ name: 'edits', scope: 'edit', restriction: ['function:json-*'] });
      const headers = { 'content-type': 'application/json' };
      const { token: other } = await whole.json<{ token: string }>('/api/v1/tokens', { method: 'POST', headers, body });
      const path = `/api/v1/functions/${group?.function.name}/errors/${group?.fingerprint}`;
      const put = (credential: string) =>
        whole.fetch(path, {
          method: 'PUT',
          headers: { ...headers, authorization: `Bearer ${credential}` },
          body: JSON.stringify({ state: 'ignored' }),
        });
      expect((await put(other)).status).toBe(404);
      expect((await put(ADMIN)).status).toBe(200);
    });
  });

  describe('live streams', () => {
    test.each([
      ['name', 9001],
      ['tag', 9011],
    ] as const)('invocations, and their counts, by %s', async (by, n) => {
      const text = await readUntil(by, '/api/v1/live', 'event: counts', () => sendNew(n));
      expect(text).toContain(requestId(n + 1));
      expect(text).not.toContain(requestId(n));
      expect(text).toContain('event: counts\ndata: {"invocations":1,');
    });

    test.each([
      ['name', 9101],
      ['tag', 9111],
    ] as const)('log lines, by %s', async (by, n) => {
      const text = await readUntil(by, '/api/v1/logs/live?q=REPORT', requestId(n + 1), () => sendNew(n));
      expect(text).toContain('plain-7');
      expect(text).not.toContain(requestId(n));
      expect(text).not.toContain('json-7');
    });
  });

  describeChangesOfTags();

  describe('what concerns the whole fleet', () => {
    const refused = routeTable.filter((route) => route.scope !== 'public' && !answersRestricted(route));
    test.each(refused.map((route) => [route.method, route.path, route] as const))(
      '%s %s is refused',
      async (method, path) => {
        const hasBody = method === 'post' || method === 'put';
        for (const by of EACH) {
          const answer = await whole.fetch(path.replaceAll(/:\w+/g, 'plain-7'), {
            method: method.toUpperCase(),
            headers: { 'content-type': 'application/json', authorization: `Bearer ${editTokens[by].token}` },
            ...(hasBody ? { body: '{}' } : {}),
          });
          expect(answer.status, by).toBe(403);
        }
      },
    );

    test.each(EACH)('the reason is given, by %s', async (by) => {
      const answer = await asRestricted(by, '/api/v1/ingest/status');
      expect(await answer.json()).toMatchObject({
        code: 'forbidden',
        detail: expect.stringContaining('restricted to some functions'),
      });
    });
  });

  describe('tokens', () => {
    const create = (body: object) =>
      whole.fetch('/api/v1/tokens', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'x', scope: 'read', ...body }),
      });
    test.each([
      [{ restriction: [] }],
      [{ restriction: ['payments-*'] }],
      [{ restriction: ["function:x' OR 1=1 --"] }],
      [{ restriction: ['function:'] }],
      [{ restriction: ['team:payments'] }],
      [{ restriction: ['tag:team'] }],
      [{ restriction: ['tag:team=pay\u202ements'] }],
      [{ restriction: [`function:${'x'.repeat(300)}`] }],
      [{ restriction: Array.from({ length: 101 }, (_, at) => `function:f${at}`) }],
      [{ scope: 'admin', restriction: ['function:x'] }],
      [{ scope: 'ingest', restriction: ['function:x'] }],
    ])('%j is refused', async (body) => {
      const answer = await create(body);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(await answer.json())).toContain('restriction');
    });

    test('a restriction survives rotation', async () => {
      const made = (await (await create({ restriction: ['function:plain-*'] })).json()) as { id: string };
      const rotated = await whole.json(`/api/v1/tokens/${made.id}/rotate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      expect(rotated).toMatchObject({ restriction: ['function:plain-*'] });
    });
  });
}

/** Restrictions follow the tags: none of these waits for more than the streams take to read. */
function describeChangesOfTags(): void {
  const [plain = '', fails = ''] = PERMITTED;
  const sendOf = (n: number, name: string): Promise<void> =>
    send(whole, [
      record(
        message(invocation(n, NOW - 4 * MINUTE_MS + n), { owner: SIMULATED_ACCOUNT, logGroup: `/aws/lambda/${name}` }),
      ),
    ]).then(() => whole.derive());
  /** The first invocation is of a function that has lost its tag, the second of one that has it. */
  const loseTag = (n: number) => async (): Promise<void> => {
    await setTags(whole, [plain], 'other-team');
    await sendOf(n, plain);
    await sendOf(n + 1, fails);
  };

  describe('changes of tags', () => {
    afterEach(async () => {
      await setTags(whole, PERMITTED, 'own-team');
      await setTags(whole, HIDDEN, HIDDEN_TEAM);
    });

    test('a function that loses the tag is gone from the next read on, and back with the tag', async () => {
      await setTags(whole, [plain], 'other-team');
      expect(await names(tokens.tag)).toEqual([fails]);
      expect((await asRestricted('tag', `/api/v1/functions/${plain}?${RANGE}`)).status).toBe(404);
      await setTags(whole, [plain], 'own-team');
      expect(await names(tokens.tag)).toEqual(PERMITTED.toSorted());
    });

    test('one that gets it is seen; both tags are needed', async () => {
      await setTags(whole, ['json-7'], 'own-other');
      expect(await names(tokens.tag)).toEqual([...PERMITTED, 'json-7'].toSorted());
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ tags: { team: 'own-other' } });
      await whole.json('/api/v1/functions/json-7/tags', { method: 'PUT', headers, body });
      expect(await names(tokens.tag)).toEqual(PERMITTED.toSorted());
    });

    test('an open stream of invocations', async () => {
      const text = await readUntil('tag', '/api/v1/live', requestId(9302), loseTag(9301));
      expect(text).not.toContain(requestId(9301));
    });

    test('an open stream of log lines', async () => {
      const text = await readUntil('tag', '/api/v1/logs/live?q=REPORT', requestId(9402), loseTag(9401));
      expect(text).not.toContain(requestId(9401));
    });
  });
}
