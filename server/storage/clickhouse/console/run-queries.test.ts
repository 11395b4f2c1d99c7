/** What the console sends to ClickHouse, and how queries end. What ClickHouse makes of it is tested in test/clickhouse/sql.test.ts. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { SqlRowWriter } from '../../sql/rows.ts';
import { ClickHouseConsole } from './run-queries.ts';

const TREE = ['SelectWithUnionQuery (children 1)', ' ExpressionList (children 1)', '  Literal UInt64_1'].join('\n');
/** A row a line. */
const LINES: SqlRowWriter = {
  head: (columns) => `${columns.join()}\n`,
  row: (values) => `${values.map(String).join()}\n`,
  end: (truncated) => `${truncated}`,
};
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** A server that answers what comes before a query, and the query with `answer`. Returns the settings of each query. */
async function serverWith(answer: Answer) {
  const asked: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (body.includes('system.tables')) response.end('{"name":"own"}\n');
    else if (body.startsWith('EXPLAIN AST')) response.end(TREE);
    else {
      asked.push(new URL(request.url ?? '', 'http://x').searchParams);
      answer(response, request);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const queries = new ClickHouseConsole({
    clickhouse: {
      url: `http://127.0.0.1:${port}`,
      user: 'u',
      password: 'p',
      database: 'd',
      cluster: null,
      requestTimeoutMs: 1000,
    },
    terms: { plans: [], tier: 1, logTier: 1 },
    deadlineMs: 30_000,
    memoryBytes: 200_000_000,
    writerOf: () => LINES,
  });
  closers.push(
    () => queries.close(),
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return { queries, asked };
}

const QUERY = { sql: 'SELECT 1 AS a', limit: 10, format: 'json' } as const;

test('a query is read-only, has its limits, and ends with its client', async () => {
  const { queries, asked } = await serverWith((response) => response.end('["a"]\n["UInt64"]\n["1"]\n'));
  const outcome = await queries.run(QUERY);
  expect(outcome).toMatchObject({ kind: 'rows', rows: 1, truncated: null });
  if (outcome.kind === 'rows') expect(Buffer.concat(outcome.body).toString()).toBe('a\n1\nnull');
  expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
    readonly: '1',
    max_execution_time: '30',
    max_memory_usage: '200000000',
    max_result_rows: '11',
    result_overflow_mode: 'break',
    cancel_http_readonly_queries_on_client_close: '1',
  });
});

test.each([
  ['159', 'Timeout exceeded: elapsed 30 s (TIMEOUT_EXCEEDED)', { kind: 'deadline', ms: 30_000 }],
  ['241', 'Memory limit (for query) exceeded (MEMORY_LIMIT_EXCEEDED)', { kind: 'memory', bytes: 200_000_000 }],
  [
    '46',
    'Function with name `foo` does not exist. In scope WITH x AS (SELECT 1) SELECT foo(1). (UNKNOWN_FUNCTION)',
    { kind: 'refused' },
  ],
  [
    '43',
    'Illegal types String and UInt8 of arguments: In scope SELECT secret. (ILLEGAL_TYPE_OF_ARGUMENT)',
    { kind: 'refused' },
  ],
  [
    '497',
    "u: Not enough privileges. To execute this query, it's necessary to have the grant SELECT(name) ON d.deploy. (ACCESS_DENIED)",
    { kind: 'failed', message: expect.stringContaining('GRANT SELECT(name) ON d.deploy') },
  ],
  ['164', 'Cannot modify setting in readonly mode. (READONLY)', { kind: 'failed' }],
])('error %s ends it as it should', async (code, message, expected) => {
  const { queries } = await serverWith((response) => {
    response.writeHead(500, { 'x-clickhouse-exception-code': code }).end(`Code: ${code}. DB::Exception: ${message}`);
  });
  const outcome = await queries.run(QUERY);
  expect(outcome).toMatchObject(expected);
  expect(JSON.stringify(outcome)).not.toMatch(/secret|In scope/);
});

test('two run and eight wait; the query of a client that leaves is given up, and its place is free', async () => {
  let isHanging = true;
  const gone: Promise<unknown>[] = [];
  const { queries } = await serverWith((response, request) => {
    if (isHanging) gone.push(once(request.socket, 'close'));
    else response.end('["a"]\n["UInt8"]\n[1]\n');
  });
  const leaving = new AbortController();
  const all = Array.from({ length: 12 }, () => queries.run(QUERY, leaving.signal));
  expect(await Promise.all(all.slice(10))).toEqual(Array(2).fill({ kind: 'busy', retryAfterSec: 30 }));
  await expect.poll(() => gone.length).toBe(2);
  isHanging = false;
  leaving.abort();
  const next = queries.run(QUERY);
  expect(await Promise.all(all.slice(0, 10))).toEqual(Array(10).fill({ kind: 'abandoned' }));
  await Promise.all(gone);
  expect(await next).toMatchObject({ kind: 'rows', rows: 1 });
});
