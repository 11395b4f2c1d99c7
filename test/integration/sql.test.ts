/** The SQL console through the API and the command line: what it answers, and what a hostile query may not do to the server. */
import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillStore } from '../../bench/fill-store.ts';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { SqlAnswer, SqlSchema } from '../../server/http/contract/sql.ts';
import { SQL_VIEWS } from '../../server/storage/sql/catalogue.ts';
import { QueryProcesses } from '../../server/storage/sqlite/console/query-processes.ts';
import { runCommand } from '../support/command.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';

const folder = memoryFolder();
/** Of the server that queries without end are sent to. All others get their answers on a busy machine too. */
const DEADLINE_MS = 3000;
const PATIENT_MS = 300_000;
const FOREVER = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
let server: RunningServer;

beforeAll(async () => {
  const toMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await fillStore(
    folder,
    { size: 20_000, functions: 20, days: 3, toMs },
    {
      migrations: new URL('../../migrations/sqlite', import.meta.url).pathname,
      workers: new URL('../../dist/workers/', import.meta.url),
    },
  );
  server = await startServer(folder, { THERMOCLINE_READ_DEADLINE_MS: String(PATIENT_MS) });
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

/** Processes of queries that this one has started. */
function queryProcesses(): number[] {
  const tasks = readdirSync('/proc/self/task');
  const children = tasks.flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '));
  return children.filter((pid) => pid !== '' && commandOf(pid).includes('sql.cjs')).map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
const post = (body: object, more: RequestInit = {}): Promise<Response> =>
  fetch(`${server.url}/api/v1/sql`, { method: 'POST', headers, body: JSON.stringify(body), ...more });
const run = async (sql: string): Promise<SqlAnswer> => (await post({ sql })).json() as Promise<SqlAnswer>;
/** Status, code and what is said. */
async function refusal(sql: string): Promise<{ status: number; code: string; text: string }> {
  const response = await post({ sql });
  const problem = (await response.json()) as { code: string; detail?: string; errors?: { message: string }[] };
  return {
    status: response.status,
    code: problem.code,
    text: problem.errors?.map(({ message }) => message).join() ?? problem.detail ?? '',
  };
}

describe('answers', () => {
  test('counts are those of the API', async () => {
    const { rows } = await run('SELECT sum(invocations), round(sum(cost_usd), 6) FROM daily');
    const response = await fetch(`${server.url}/api/v1/query`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ metric: 'costUsd', from: 'now-30d', to: 'now+1d' }),
    });
    const { groups } = (await response.json()) as { groups: { n: number; values: { sum: number } }[] };
    expect(rows).toEqual([[20_000, expect.closeTo(groups[0]?.values.sum ?? 0, 5)]]);
    expect((await run('SELECT count(*) FROM invocations')).rows).toEqual([[20_000]]);
  });

  test('forms: JSON, NDJSON and CSV, with names of their own and formulas that are text', async () => {
    const sql = "SELECT 1 AS a, '=1+1' AS a, NULL AS n, 9007199254740993 AS big, x'00ff' AS bytes, 1e999 AS inf";
    expect(await run(sql)).toEqual({
      columns: ['a', 'a', 'n', 'big', 'bytes', 'inf'],
      rows: [[1, '=1+1', null, '9007199254740993', '00ff', 'Infinity']],
      truncated: null,
    });
    const csv = await post({ sql }, { headers: { ...headers, accept: 'text/csv' } });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(await csv.text()).toBe(`a,a,n,big,bytes,inf\r\n1,"'=1+1",,9007199254740993,00ff,Infinity\r\n`);
    const ndjson = await post({ sql, format: 'ndjson' });
    expect(JSON.parse(await ndjson.text())).toEqual({
      ...{ a: 1, a_2: '=1+1', n: null, big: '9007199254740993', bytes: '00ff', inf: 'Infinity' },
    });
  });

  test('limits of rows and bytes are said', async () => {
    const five = await post({ sql: 'SELECT request_id FROM invocations', limit: 5, format: 'csv' });
    expect(five.headers.get('thermocline-truncated')).toBe('rows');
    expect((await five.text()).split('\r\n')).toHaveLength(7);
    const exact = await post({ sql: 'VALUES (1), (2)', limit: 2 });
    expect(await exact.json()).toMatchObject({ rows: [[1], [2]], truncated: null });
    const long = `SELECT printf('%.*c', 1000000, 'x') FROM invocations LIMIT 40`;
    const bytes = await post({ sql: long, limit: 100 });
    const { rows, truncated } = (await bytes.json()) as SqlAnswer;
    expect(truncated).toBe('bytes');
    expect(rows).toHaveLength(16);
  });

  test('the schema lists every view', async () => {
    const schema = (await (await fetch(`${server.url}/api/v1/sql`, { headers })).json()) as SqlSchema;
    expect(schema).toMatchObject({ available: true, reason: null });
    expect(schema.views).toEqual(JSON.parse(JSON.stringify(SQL_VIEWS)));
  });

  test('errors name the line and the column', async () => {
    expect(await refusal('SELECT function\nFROM functoins')).toEqual({
      status: 400,
      code: 'invalid-request',
      text: 'line 2, column 6: no such table: functoins',
    });
    expect(await refusal("SELECT json_extract('{', '$')")).toMatchObject({ status: 400, text: 'malformed JSON' });
  });
});

describe('hostile queries', () => {
  const strictFolder = memoryFolder();
  let strict: RunningServer;
  beforeAll(async () => {
    strict = await startServer(strictFolder, { THERMOCLINE_READ_DEADLINE_MS: String(DEADLINE_MS) });
  });
  afterAll(async () => {
    await strict.stop();
    removeFolder(strictFolder);
  });

  /** Sends a query and requests `/healthz` until it is answered. */
  async function withHealth(sql: string): Promise<{ status: number; code: string | undefined; healthy: number }> {
    let [healthy, isDone] = [0, false];
    const body = JSON.stringify({ sql });
    const answer = fetch(`${strict.url}/api/v1/sql`, { method: 'POST', headers, body }).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      expect((await fetch(`${strict.url}/healthz`)).status).toBe(200);
      healthy += 1;
    }
    const { status } = await answer;
    const { code } = (await (await answer).json()) as { code?: string };
    return { status, code, healthy };
  }

  test('a query that never ends is ended at its deadline', async () => {
    const { healthy, ...ended } = await withHealth(FOREVER);
    expect(ended).toEqual({ status: 504, code: 'deadline' });
    expect(healthy).toBeGreaterThan(0);
  });

  const MANY = '(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n)';
  test.each([
    ['a blob of a gigabyte', 'SELECT hex(randomblob(900000000))'],
    ['a group of long texts', `SELECT group_concat(printf('%.*c', 100000000, 'x')) FROM ${MANY}`],
    ['a sort of everything by everything', `SELECT * FROM ${MANY} a, ${MANY} b ORDER BY a.i * b.i`],
    ['a cross join', `SELECT count(*) FROM ${MANY} a, ${MANY} b, ${MANY} c WHERE a.i + b.i < c.i`],
    ['NOT many times', `SELECT ${'NOT '.repeat(15_000)}1`],
  ])('%s ends with an error', async (_what, sql) => {
    const { status, healthy } = await withHealth(sql);
    expect([400, 422, 504]).toContain(status);
    expect(healthy).toBeGreaterThan(0);
  });

  test.each([
    ['a pattern that backtracks', `SELECT printf('%.*c', 1000000, 'a') LIKE '${'%a'.repeat(2000)}b' FROM ${MANY}`],
  ])('%s ends, with an answer where the machine is fast', async (_what, sql) => {
    const { status, healthy } = await withHealth(sql);
    expect([200, 504]).toContain(status);
    expect(healthy).toBeGreaterThan(0);
  });

  test('the quantile of bytes that are no sketch is not known', async () => {
    expect((await run("SELECT quantile(x'01ffffffffffffffff7f02', 0.5)")).rows).toEqual([[null]]);
  });

  /** A console without the deadline of the server, of which a query ends only if something ends it. */
  function patientConsole(memoryBytes = 536_870_912): QueryProcesses {
    const workers = new URL('../../dist/workers/', import.meta.url);
    const terms = { plans: [], tier: 1, logTier: 1 } as const;
    return new QueryProcesses({ workers, folder, terms, deadlineMs: 3_000_000, memoryBytes });
  }
  const query = { sql: FOREVER, limit: 1, format: 'json' } as const;

  test('a query that fills the memory is ended at its limit, and others are answered meanwhile', async () => {
    const small = patientConsole(201_326_592);
    const filling = small.run({ ...query, sql: FOREVER.replace('count(*)', 'group_concat(hex(zeroblob(1000000)))') });
    expect(await small.run({ ...query, sql: 'SELECT count(*) FROM functions' })).toMatchObject({
      kind: 'rows',
      rows: 1,
    });
    expect(await filling).toEqual({ kind: 'memory', bytes: 201_326_592 });
  });

  test('two queries without end leave the processor to the server', async () => {
    const patient = patientConsole();
    const both = [patient.run(query), patient.run(query)];
    // 10: below normal. The scheduler of Linux gives a process at 0 nine times as much of a processor.
    await expect.poll(() => queryProcesses().map((pid) => getPriority(pid))).toEqual([10, 10]);
    patient.close();
    expect(await Promise.all(both)).toEqual([{ kind: 'abandoned' }, { kind: 'abandoned' }]);
  });

  test('two run and eight wait; more are refused with a time to retry', async () => {
    const patient = patientConsole();
    const all = Array.from({ length: 12 }, () => patient.run(query));
    expect(await Promise.all(all.slice(10))).toEqual([
      { kind: 'busy', retryAfterSec: 3000 },
      { kind: 'busy', retryAfterSec: 3000 },
    ]);
    patient.close();
    await Promise.all(all.slice(0, 2));
  });

  test('the query of a client that leaves is ended, and its place is free', async () => {
    const patient = patientConsole();
    const leaving = new AbortController();
    const [first, second, third] = [1, 2, 3].map(() => patient.run(query, leaving.signal));
    const last = patient.run({ ...query, sql: 'SELECT 1' });
    leaving.abort();
    expect(await Promise.all([first, second, third])).toEqual(Array(3).fill({ kind: 'abandoned' }));
    expect(await last).toMatchObject({ kind: 'rows', rows: 1 });
    patient.close();
  });

  test('a token to read may not', async () => {
    const created = await fetch(`${server.url}/api/v1/tokens`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'reader', scope: 'read' }),
    });
    const { token } = (await created.json()) as { token: string };
    const refused = await post({ sql: 'SELECT 1' }, { headers: { ...headers, authorization: `Bearer ${token}` } });
    expect(refused.status).toBe(403);
  });
});

describe('command', () => {
  test('against the running server, as a table', async () => {
    const sql = "SELECT 'ab' AS word, 12 AS n UNION ALL SELECT 'a\u001b[31m', 3 UNION ALL SELECT NULL, NULL";
    const { code, stdout } = await runCommand(folder, ['sql', sql]);
    expect(code).toBe(0);
    expect(stdout).toBe(['word     n', 'ab      12', 'a\ufffd[31m   3', '-        -', ''].join('\n'));
  });

  test('errors are sentences, and the exit code is 1', async () => {
    const { code, stderr } = await runCommand(folder, ['sql', 'SELECT nmae']);
    expect(code).toBe(1);
    expect(stderr).toContain('sql: line 1, column 8: no such column: nmae');
  });
});

test('where the console is switched off, it says so', async () => {
  const product = await startProduct({ environment: { THERMOCLINE_SQL_CONSOLE: 'off' } });
  const response = await product.fetch('/api/v1/sql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql: 'SELECT 1' }),
  });
  expect(response.status).toBe(501);
  expect(await response.json()).toMatchObject({
    code: 'not-available',
    detail: expect.stringContaining('switched off'),
  });
  expect(await product.json('/api/v1/sql')).toMatchObject({ available: false });
  await product.close();
  removeFolder(product.folder);
});
