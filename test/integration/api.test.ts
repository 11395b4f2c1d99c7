/** Read and control routes: scopes, input validation, problem documents, responses that match the contract. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Route } from '../../server/http/implement.ts';
import { routeTable } from '../../server/http/routes/table.generated.ts';
import { assertDurable, openWriter } from '../../server/storage/sqlite/connection.ts';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct, temporaryFolder } from '../support/product.ts';
import { published } from '../support/published-data.ts';

let product: TestProduct;
const tokens: Record<string, string> = {};
const range = 'from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z';

beforeAll(async () => {
  product = await startProduct();
  for (const scope of ['ingest', 'read', 'deploy', 'edit', 'admin']) {
    const created = await product.json<{ token: string }>('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: scope, scope }),
    });
    tokens[scope] = created.token;
  }
  const events = Array.from({ length: 120 }, (_, n) => invocation(n + 1)).flat();
  await send(product, [record(message(events)), { data: 'not base64!' }]);
  const segment = { id: 'a', trace_id: TRACE, name: 'f', start_time: 1.7e9, end_time: 1.7e9 + 1 };
  await product.fetch('/ingest/logs', { method: 'POST', body: JSON.stringify(segment) });
  const body = published.text('hey/2019-10-20-vpc-c50-n500.txt');
  await product.fetch('/ingest/load-test?tool=hey&function=edge', { method: 'POST', body });
  const [run] = (await product.json<{ items: { id: string }[] }>('/api/v1/load-tests')).items;
  own['/api/v1/load-tests/compare'] = `before=${run?.id}&after=${run?.id}`;
  // A failure of a day on which nothing else happened.
  const day = 'from=2026-11-18T00:00:00Z&to=2026-11-19T00:00:00Z';
  const failed = invocation(9001, Date.UTC(2026, 10, 18, 10)).map((event) => ({
    ...event,
    message: String(event.message).replace('\t\n', '\tStatus: timeout\n'),
  }));
  await send(product, [record(message(failed))]);
  await product.derive();
  const [group] = (await product.json<{ items: { fingerprint: string }[] }>(`/api/v1/errors?${day}`)).items;
  sample[':fingerprint'] = group?.fingerprint ?? 'none is stored';
  own['/api/v1/functions/:id/errors/:fingerprint'] = day;
  await product.fetch('/api/v1/report-schedules/edge', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'edge', name: 'Weekly', every: 'week' }),
  });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

const TRACE = '1-643aca1d-02e095f7341508e00b9b6d2b';
const sample: Record<string, string> = { ':id': 'edge', ':requestId': requestId(1), ':traceId': TRACE };
const concrete = (path: string): string =>
  path.replaceAll(/:\w+/g, (name) => (path.includes('rejects') ? '1' : (sample[name] ?? 'x')));

describe('every route × every scope', () => {
  const holders = ['none', 'wrong', 'ingest', 'read', 'deploy', 'edit', 'admin'] as const;
  /** What each scope may do besides itself. */
  const more: Readonly<Record<string, readonly string[]>> = {
    deploy: ['read'],
    edit: ['read', 'deploy'],
    admin: ['ingest', 'read', 'deploy', 'edit'],
  };
  const allowed = (held: string, needed: string): boolean =>
    needed === 'public' || held === needed || (more[held]?.includes(needed) ?? false);
  const cases = routeTable
    .filter((route) => !(route.method === 'delete' && route.path.includes('tokens')))
    .flatMap((route) => holders.map((held) => [route.method, route.path, held, route.scope] as const));
  test.each(cases)('%s %s as %s', async (method, path, held, needed) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (held !== 'none') headers['authorization'] = `Bearer ${held === 'wrong' ? 'tc_read_wrong' : tokens[held]}`;
    const init = {
      method: method.toUpperCase(),
      headers,
      ...(method === 'post' || method === 'put' ? { body: '{}' } : {}),
    };
    // Not the function that later tests read.
    const target =
      method === 'delete' ? concrete(path).replace(/\/(functions|report-schedules)\/edge/, '/$1/x') : concrete(path);
    const response = await product.app.request(target, init);
    const refused = response.status === 401 || response.status === 403;
    if (path === '/api/v1/session' && method === 'post') return;
    expect(refused).toBe(!allowed(held, needed));
    if (refused) expect(response.status).toBe(held === 'none' || held === 'wrong' ? 401 : 403);
    if (response.status >= 400) expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  test('no route of the app is missing from the table', () => {
    const mounted = product.app.routes
      .filter((route) => route.method !== 'ALL' && /^\/(?:api\/|mcp$)/.test(route.path))
      .map((route) => `${route.method.toLowerCase()} ${route.path}`);
    expect(new Set(mounted)).toEqual(new Set(routeTable.map((route) => `${route.method} ${route.path}`)));
  });
});

/** Query parameters of routes for which the default range does not fit. */
const own: Record<string, string> = {
  '/api/v1/compare':
    'function=edge&before=2026-11-20T09:00:00Z/2026-11-20T10:00:00Z&after=2026-11-20T10:00:00Z/2026-11-20T11:00:00Z',
  '/api/v1/load-tests': 'limit=5',
  '/api/v1/metrics/points': 'namespace=AWS/Lambda&name=Throttles',
};

/** Whether the route takes a time range; routes reject unknown query parameters. */
function hasRange({ query }: Route): boolean {
  return query instanceof z.ZodObject && 'from' in query.shape;
}

describe('responses match the contract', () => {
  const gets = routeTable.filter((route) => route.method === 'get' && route.stream === undefined);
  test.each(gets.map((route) => [route.path, route] as const))('%s', async (path, route) => {
    const existing = concrete(path).replace('/rules/edge', '/rules/timeouts');
    const response = await product.fetch(`${existing}?${own[path] ?? (hasRange(route) ? range : '')}`);
    expect(response.status).toBe(200);
    const answer = await response.json();
    expect(route.answer.parse(answer)).toEqual(answer);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('OpenAPI lists every route with its scope', async () => {
    const document = await product.json<{
      openapi: string;
      paths: Record<string, Record<string, { 'x-scope': string }>>;
    }>('/openapi.json');
    expect(document.openapi).toBe('3.1.0');
    for (const route of routeTable) {
      expect(document.paths[route.path.replaceAll(/:(\w+)/g, '{$1}')]?.[route.method]?.['x-scope']).toBe(route.scope);
    }
  });
});

describe('invalid input is rejected, and the error names the parameter', () => {
  test.each([
    ['/api/v1/overview?from=yesterday', 'from'],
    ['/api/v1/metrics?cursor=x', 'cursor'],
    ['/api/v1/metrics?cursor=0123456789abcdef', 'cursor'],
    ['/api/v1/metrics/points?namespace=a&name=b&dimensions=[1]', 'dimensions'],
    ['/api/v1/metrics/points?namespace=a&name=b&dimensions={', 'dimensions'],
    ['/api/v1/metrics/points?namespace=a&name=b&statistic=median', 'statistic'],
    ['/api/v1/metrics/points?namespace=a', 'name'],
    ['/api/v1/overview?from=now&to=now-1h', 'from'],
    ['/api/v1/overview?from=2001-01-01', 'from'],
    ['/api/v1/overview?interval=1y', 'interval'],
    ['/api/v1/functions/edge/timeseries?metric=nothing', 'metric'],
    ['/api/v1/functions/edge/timeseries?from=now-365d&interval=5m', 'interval'],
    ['/api/v1/invocations?limit=0', 'limit'],
    ['/api/v1/invocations?limit=100000', 'limit'],
    ['/api/v1/invocations?status=fine', 'status'],
    ['/api/v1/invocations?sort=price', 'sort'],
    ['/api/v1/invocations?sort=-durationMs&cursor=nonsense', 'cursor'],
    ['/api/v1/invocations?cursor=nonsense', 'cursor'],
    ['/api/v1/invocations?memoryMb=-5', 'memoryMb'],
    ['/api/v1/rejects?cursor=x', 'cursor'],
    ['/api/v1/compare?before=now-2h/now-1h&after=now-1h/now', 'function'],
    ['/api/v1/compare?function=edge&before=now-2h&after=now-1h/now', 'before'],
    ['/api/v1/compare?function=edge&before=now-1h/now-2h&after=now-1h/now', 'before'],
    ['/api/v1/compare?function=edge&before=now-2h/now-1h&after=soon/now', 'after'],
    ['/api/v1/compare?function=edge&before=now-2h/now-1h&after=now-1m/now', 'after'],
    ["/api/v1/invocations?status=success'--", 'status'],
    ['/api/v1/overview?tz=local', 'tz'],
    ['/api/v1/functions/edge?refresh=10', 'refresh'],
    ['/api/v1/settings?from=now-1h', 'from'],
    ['/api/v1/export/functions?columns=name', 'columns'],
  ])('%s', async (path, field) => {
    const response = await product.fetch(path);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { status: number; errors: { field: string }[] };
    expect(problem.status).toBe(400);
    expect(problem.errors.map((error) => error.field)).toContain(field);
  });

  test.each([
    ['/api/v1/functions/nobody', 404],
    ["/api/v1/functions/x'%20OR%201=1--", 404],
    ['/api/v1/invocations/none', 404],
    ['/api/v1/nothing', 404],
    ['/nothing', 404],
    ['/..%2f..%2fetc/passwd', 404],
  ])('%s is %i', async (path, status) => {
    expect((await product.fetch(path)).status).toBe(status);
  });

  test('rejects wrong methods, content types and bodies', async () => {
    expect((await product.fetch('/api/v1/overview', { method: 'PUT' })).status).toBe(405);
    expect(
      (await product.fetch('/api/v1/tokens', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }))
        .status,
    ).toBe(415);
    expect(
      (
        await product.fetch('/api/v1/tokens', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{',
        })
      ).status,
    ).toBe(400);
    expect(
      (
        await product.fetch('/api/v1/tokens', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: 'x'.repeat(2_000_000),
        })
      ).status,
    ).toBe(413);
  });

  test('a function name that two accounts share must be given as a full id', async () => {
    for (const [at, owner] of ['111122223333', '999900001111'].entries())
      await send(product, [record(message(invocation(900 + at), { owner, logGroup: '/aws/lambda/shared' }))]);
    const response = await product.fetch(`/api/v1/functions/shared?${range}`);
    expect(response.status).toBe(409);
    expect(((await response.json()) as { detail: string }).detail).toContain('999900001111::shared');
    const one = encodeURIComponent('111122223333::shared');
    expect((await product.fetch(`/api/v1/functions/${one}?${range}`)).status).toBe(200);
  });
});

test('pagination has no gaps and no repeats', async () => {
  // Other tests send later ones.
  const first = 'from=2026-11-20T10:00:00Z&to=2026-11-20T10:02:01Z';
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { requestId: string; endedAt: string }[]; nextCursor: string | null } = await product.json(
      `/api/v1/invocations?${first}&limit=7${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    seen.push(...page.items.map((item) => `${item.endedAt} ${item.requestId}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen.length).toBe(120);
  expect(new Set(seen).size).toBe(120);
  expect(seen).toEqual(seen.toSorted().toReversed());
});

test('a retried request id lists its attempts in order', async () => {
  const id = requestId(5000);
  const at = Date.UTC(2026, 10, 20, 12);
  const report = (ms: number, stream: string) =>
    record(
      message(
        [
          {
            id: `${ms}`.padEnd(56, '9'),
            timestamp: ms,
            message: `REPORT RequestId: ${id}\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`,
          },
        ],
        { logStream: stream },
      ),
    );
  await send(product, [
    report(at + 60_000, '2026/11/20/[$LATEST]ffffffffffffffffffffffffffffffff'),
    report(at, '2026/11/20/[$LATEST]eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee'),
  ]);
  const answer = await product.json<{ attempts: { attempt: number; endedAt: string }[] }>(`/api/v1/invocations/${id}`);
  expect(answer.attempts.map((attempt) => [attempt.attempt, attempt.endedAt])).toEqual([
    [1, '2026-11-20T12:00:00.000Z'],
    [2, '2026-11-20T12:01:00.000Z'],
  ]);
});

describe('dead letters', () => {
  test('a line that a later version reads is replayed with its time and region, once', async () => {
    const at = Date.parse('2026-11-20T12:00:00Z');
    const id = 'a1a1a1a1-0000-4000-8000-000000000001';
    const fields = 'Billed Duration: 6 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\t';
    const line = `REPORT RequestId: ${id}\tDuration: 5.50 ms\t${fields}`;
    const stream = '2026/11/20/[$LATEST]abababababababababababababababab';
    await send(product, [
      record(message([{ id: '1', timestamp: at, message: `${line}\n${line}` }], { logStream: stream })),
    ]);
    const { items } = await product.json<{ items: { id: number; reason: string }[] }>('/api/v1/rejects');
    const [letter] = items.filter(({ reason }) => reason === 'several-lines');
    const replay = async () =>
      product.json<{ stillRejected: boolean; outcome: object }>(`/api/v1/rejects/${letter?.id}/replay`, {
        method: 'POST',
      });
    expect(await replay()).toMatchObject({ stillRejected: true });
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(`${product.folder}/telemetry.db`);
    const joined = `END RequestId: ${id}\n${line}`;
    db.prepare('UPDATE reject SET payload = CAST(replace(payload, ?, ?) AS BLOB) WHERE id = ?').run(
      JSON.stringify(`${line}\n${line}`),
      JSON.stringify(joined),
      letter?.id,
    );
    db.close();
    expect(await replay()).toMatchObject({ stillRejected: false, outcome: { accepted: 1, duplicates: 0 } });
    await send(product, [record(message([{ id: '1', timestamp: at, message: joined }], { logStream: stream }))]);
    const found = await product.json<{ attempts: { endedAt: string; function: { id: string } }[] }>(
      `/api/v1/invocations/${id}`,
    );
    expect(found.attempts.map(({ endedAt }) => endedAt)).toEqual(['2026-11-20T12:00:00.000Z']);
  });

  test('a replay that fails again says so; one that succeeds stores the events once', async () => {
    const { items } = await product.json<{ items: { id: number; reason: string; preview: string }[] }>(
      '/api/v1/rejects',
    );
    const bad = items.find((item) => item.reason === 'record-not-base64');
    expect(bad?.preview).toBe('not base64!');
    const failed = await product.json<{ stillRejected: boolean }>(`/api/v1/rejects/${bad?.id}/replay`, {
      method: 'POST',
    });
    expect(failed.stillRejected).toBe(true);
    // A message without owner cannot be repaired; simulate a document that a later version can read.
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(`${product.folder}/telemetry.db`);
    db.prepare('UPDATE reject SET payload = ? WHERE id = ?').run(
      Buffer.from(JSON.stringify(message(invocation(7777)))),
      bad?.id,
    );
    db.close();
    const again = await product.json<{ stillRejected: boolean; outcome: { accepted: number } }>(
      `/api/v1/rejects/${bad?.id}/replay`,
      { method: 'POST' },
    );
    expect(again).toMatchObject({ stillRejected: false, outcome: { accepted: 2 } });
    expect((await product.fetch('/api/v1/rejects/999999/replay', { method: 'POST' })).status).toBe(404);
  });
});

describe('sessions', () => {
  async function cookie(): Promise<string> {
    const response = await product.app.request('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: tokens['admin'] }),
    });
    return response.headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  test('a session cookie may read, and write from the same origin only', async () => {
    const value = await cookie();
    expect((await product.app.request('/api/v1/session', { headers: { cookie: value } })).status).toBe(200);
    const write = (headers: Record<string, string>) =>
      product.app.request('http://localhost/api/v1/tokens', {
        method: 'POST',
        headers: { cookie: value, 'content-type': 'application/json', ...headers },
        body: '{"name":"n","scope":"read"}',
      });
    expect((await write({})).status).toBe(403);
    expect((await write({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await write({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await write({ origin: 'http://localhost' })).status).toBe(200);
    expect((await write({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  });

  test('revoking a token ends its sessions; an ingest token cannot open one', async () => {
    const created = await product.json<{ token: string; id: string }>('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"x","scope":"read"}',
    });
    const open = (token: string) =>
      product.app.request('/api/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    const value = (await open(created.token)).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await product.app.request('/api/v1/session', { headers: { cookie: value } })).status).toBe(200);
    await product.fetch(`/api/v1/tokens/${created.id}`, { method: 'DELETE' });
    expect((await product.app.request('/api/v1/session', { headers: { cookie: value } })).status).toBe(401);
    expect((await open(tokens['ingest'] ?? '')).status).toBe(403);
  });

  test('no token is stored in plain text', async () => {
    const { readFileSync } = await import('node:fs');
    const entries = readdirSync(product.folder, { recursive: true, withFileTypes: true });
    for (const file of entries.filter((entry) => entry.isFile())) {
      const bytes = readFileSync(`${file.parentPath}/${file.name}`);
      for (const token of [...Object.values(tokens), ADMIN]) expect(bytes.includes(token)).toBe(false);
    }
  });
});

test('many concurrent queries are all answered', async () => {
  const paths = ['overview', 'functions', 'changes', 'invocations'].map((name) => `/api/v1/${name}?from=now-399d`);
  const asked = Array.from({ length: 60 }, (_, n) => product.fetch(paths[n % paths.length] ?? ''));
  expect(new Set((await Promise.all(asked)).map((response) => response.status))).toEqual(new Set([200]));
});

test('health, readiness and metrics endpoints work', async () => {
  expect(await (await product.app.request('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await product.app.request('/readyz')).json()).toEqual({ status: 'ready', warnings: [] });
  const metrics = await (await product.app.request('/metrics')).text();
  expect(metrics).toMatch(/thermocline_ingest_events_total\{outcome="accepted"\} \d+/);
});

test('the writer uses durable settings and refuses a database file without them', () => {
  const folder = temporaryFolder();
  const db = openWriter(`${folder}/x.db`);
  const pragma = (name: string): unknown => db.pragma(name, { simple: true });
  expect([
    pragma('journal_mode'),
    pragma('synchronous'),
    pragma('foreign_keys'),
    pragma('trusted_schema'),
    pragma('cell_size_check'),
  ]).toEqual(['wal', 2, 1, 0, 1]);
  expect(Number(pragma('busy_timeout'))).toBeGreaterThanOrEqual(5000);
  db.pragma('synchronous = NORMAL');
  expect(() => assertDurable(db, 'x')).toThrow(/synchronous=FULL/);
  db.close();
  removeFolder(folder);
});

test('a database with a newer schema is rejected and not modified', async () => {
  const { default: Database } = await import('better-sqlite3');
  const folder = temporaryFolder();
  const db = new Database(`${folder}/telemetry.db`);
  db.pragma('user_version = 999');
  db.close();
  await expect(startProduct({ folder })).rejects.toThrow(/schema 999/);
  const after = new Database(`${folder}/telemetry.db`);
  expect(after.pragma('user_version', { simple: true })).toBe(999);
  after.close();
  removeFolder(folder);
});
