/** The SQL console on ClickHouse: the rows of SQLite's console, and nothing but the documented views. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SQL_VIEWS } from '../../server/storage/sql/catalogue.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { fill, NOW, newestOf } from '../support/contract-fixture.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly truncated: string | null;
}

const KEPT = { THERMOCLINE_RAW_RETENTION_DAYS: '400' };
let engine: TestClickHouse;
let sqlite: TestProduct;
let clickhouse: TestProduct;
beforeAll(async () => {
  engine = await startClickHouse();
  const clock = { ms: NOW };
  const now = () => clock.ms;
  sqlite = await startProduct({ now, environment: KEPT });
  clickhouse = await startProduct({ now, environment: { ...engine.settings, ...KEPT } });
  await fill(sqlite, null, clock);
  await fill(clickhouse, await newestOf(sqlite), clock);
}, 600_000);
afterAll(async () => {
  await sqlite.close();
  await clickhouse.close();
  await engine.close();
  removeFolder(sqlite.folder);
  removeFolder(clickhouse.folder);
});

const post = (product: TestProduct, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  product.fetch('/api/v1/sql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const run = async (sql: string, product = clickhouse, limit = 100_000): Promise<Answer> => {
  const response = await post(product, { sql, limit });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${text}`);
  return JSON.parse(text) as Answer;
};
async function refusal(sql: string): Promise<{ status: number; code: string; text: string }> {
  const response = await post(clickhouse, { sql });
  const problem = (await response.json()) as { code: string; detail?: string; errors?: { message: string }[] };
  const text = problem.errors?.map(({ message }) => message).join() ?? problem.detail ?? '';
  return { status: response.status, code: problem.code, text };
}

/** Rows in an order of their own, without what each store numbers and encodes for itself; numbers as exact as sums in any order are. */
function comparable({ columns, rows }: Answer): readonly string[] {
  const own = columns.map((name) => name === 'function_id' || name === 'duration_sketch');
  const rounded = (value: string | number | null) =>
    typeof value === 'number' ? Number(value.toPrecision(13)) : value;
  return rows.map((row) => JSON.stringify(row.filter((_, at) => own[at] !== true).map(rounded))).toSorted();
}

describe('views', () => {
  test.each(SQL_VIEWS)('$name has the columns and the rows of SQLite', async ({ name, columns }) => {
    const found = await run(`SELECT * FROM ${name}`);
    expect(found.columns).toEqual(columns.map((column) => column.name));
    const expected = await run(`SELECT * FROM ${name}`, sqlite);
    expect(expected.rows.length).toBeGreaterThan(0);
    expect(comparable(found)).toEqual(comparable(expected));
  });

  test('quantiles of merged sketches are those of SQLite', async () => {
    const sql = `SELECT function, round(quantile(duration_sketch, 0.5), 6) AS p50, round(quantile( duration_sketch , 0.99 ), 6) AS p99
      FROM hourly WHERE invocations > 0 GROUP BY function ORDER BY function, p50`;
    const found = await run(sql);
    expect(found.rows.length).toBeGreaterThan(5);
    expect(found.rows).toEqual((await run(sql, sqlite)).rows);
    // ClickHouse's own quantile is another function.
    expect((await run('SELECT quantile(0.5)(number) FROM numbers(5)')).rows).toEqual([[2]]);
  });

  test('views in joins, subqueries and unions, and beside expressions of the statement', async () => {
    const sql = `WITH slow AS (SELECT function, count(*) AS n FROM invocations WHERE duration_ms > 0 GROUP BY function)
      SELECT function, n FROM slow WHERE function IN (SELECT function FROM functions)
      UNION ALL SELECT 'all', sum(n) FROM slow`;
    const sorted = ({ rows }: Answer) => rows.map((row) => JSON.stringify(row)).toSorted();
    expect(sorted(await run(sql))).toEqual(sorted(await run(sql, sqlite)));
    const own =
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n ORDER BY -i';
    expect((await run(own)).rows).toEqual([[3], [2], [1]]);
    expect(
      (await run("SELECT count(*) FROM functions AS f WHERE f.function <> 'reject';")).rows[0]?.[0],
    ).toBeGreaterThan(5);
  });
});

describe('what is refused', () => {
  test.each([
    ['a table', 'SELECT * FROM reject'],
    ['a table in backquotes', 'SELECT payload FROM `reject`'],
    ['a table in quotes', 'SELECT payload FROM "reject"'],
    ['a table in brackets', 'SELECT payload FROM [reject]'],
    ['a table with its database', 'SELECT payload FROM thermocline.reject'],
    ['a database in quotes', 'SELECT payload FROM "thermocline".reject'],
    ['a database and a table in one pair of quotes', 'SELECT payload FROM `thermocline.reject`'],
    ['a database behind comments', 'SELECT payload FROM thermocline/**/./* x */reject'],
    ['a database behind a byte order mark', 'SELECT payload FROM \ufeffthermocline.reject'],
    ['a table of a view', 'SELECT message FROM fault_fact'],
    ['the tables of the server', 'SELECT name FROM system.tables'],
    ['the queries of others', 'SELECT query FROM system.processes'],
    ['the schema in the standard', 'SELECT * FROM information_schema.tables'],
    ['the schema in capitals', 'SELECT * FROM INFORMATION_SCHEMA.TABLES'],
    ['a table function that reads tables', "SELECT * FROM merge('thermocline', 'reject')"],
    ['another server', "SELECT * FROM remote('127.0.0.1', system.one)"],
    ['a cluster', "SELECT * FROM cluster('default', system.one)"],
    ['a file as a table', "SELECT * FROM file('/etc/passwd', 'LineAsString')"],
    ['an address', "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')"],
    ['a bucket', "SELECT * FROM s3('https://x/', 'LineAsString')"],
    ['a program', "SELECT * FROM executable('x.sh', TSV, 'a String')"],
    ['a view of its own that reads tables', 'SELECT * FROM view(SELECT * FROM reject)'],
    ['a file', "SELECT file('/etc/passwd')"],
    ['a dictionary', "SELECT dictGet('d', 'a', 1)"],
    ['a table of joins', "SELECT joinGet('reject', 'payload', 1)"],
    ['columns of a table', "SELECT hasColumnInTable('thermocline', 'reject', 'payload')"],
    ['a setting', "SELECT getSetting('max_threads')"],
    ['the name of the server', 'SELECT hostName()'],
    ['the user', 'SELECT currentUser()'],
    ['a pause', 'SELECT sleep(3)'],
    ['a function by its name in a transformer', 'SELECT * APPLY(hostName) FROM functions'],
    ['settings', 'SELECT 1 SETTINGS readonly = 0'],
    ['settings behind a format', 'SELECT 1 FORMAT JSON SETTINGS max_memory_usage = 0'],
    ['a file to write', "SELECT 1 INTO OUTFILE '/tmp/x'"],
    ['an insertion', 'INSERT INTO published VALUES (1)'],
    ['an insertion behind WITH', 'WITH 1 AS a INSERT INTO published SELECT a'],
    ['a deletion', 'ALTER TABLE reject DELETE WHERE 1'],
    ['a table to create', 'CREATE TEMPORARY TABLE t AS SELECT 1'],
    ['a setting of the session', 'SET readonly = 0'],
    ['a plan', 'EXPLAIN SELECT 1'],
    ['grants', 'SHOW GRANTS'],
    ['two statements', 'SELECT 1; SELECT 2'],
    ['a second statement behind a comment', 'SELECT 1; -- x\nDROP TABLE reject'],
    ['a parameter', 'SELECT {x:UInt8}'],
    ['a parameter as a table', 'SELECT * FROM {x:Identifier}'],
    ['a NUL', 'SELECT 1\0 FROM reject'],
    ['a quote without an end', "SELECT 'a"],
    ['a quote that a backslash keeps open', "SELECT 'a\\' FROM reject"],
    ['another kind of quotes', 'SELECT $$a$$'],
    ['typographic quotes', 'SELECT * FROM “reject”'],
    ['a line in a name', 'SELECT 1 AS `a\nTableIdentifier functions`'],
    ['nothing', '  -- nothing'],
    ['a union with a table', 'SELECT name_inferred FROM functions UNION ALL SELECT payload FROM reject'],
    ['a table in a subquery', 'SELECT (SELECT payload FROM reject) FROM functions'],
    ['a table in a join', 'SELECT * FROM functions JOIN reject ON 1'],
    ['a table behind a comma', 'SELECT * FROM functions, reject'],
    ['a table behind IN', 'SELECT 1 IN reject'],
    ['a table behind NOT IN', 'SELECT 1 NOT IN (reject)'],
    ['a table behind GLOBAL IN', 'SELECT 1 GLOBAL IN thermocline.reject'],
    ['a table behind a name of its own elsewhere', 'SELECT (WITH reject AS (SELECT 1) SELECT 1), payload FROM reject'],
    ['a table in a sketch', 'SELECT quantile((SELECT duration FROM rollup_1h LIMIT 1), 0.5)'],
    ['a call that would end a quote', "SELECT 'quantile(a, 0.5)', quantile(1, 'x) FROM reject --')"],
  ])('%s', async (_what, sql) => {
    expect(await refusal(sql)).toMatchObject({ status: 400, code: 'invalid-request' });
  });

  test.each([
    ['nested parentheses', `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['a long sum', `SELECT 1${'+1'.repeat(20_000)}`],
    ['NOT many times', `SELECT ${'NOT '.repeat(15_000)}1`],
    ['many unions', `SELECT 1${' UNION ALL SELECT 1'.repeat(3000)}`],
    ['a value beyond the longest', "SELECT repeat('x', 2000000000)"],
  ])('%s ends with an answer or an error, not with a crash', async (_what, sql) => {
    const { status } = await refusal(sql);
    expect([200, 400, 422, 504]).toContain(status);
    expect((await run('SELECT 1')).rows).toEqual([[1]]);
  });
});

describe('where an error is', () => {
  test.each([
    ['SELECT nmae FROM functions', 'line 1, column 8: no such column: nmae'],
    ['SELECT f.nmae FROM functions f', 'line 1, column 10: no such column: f.nmae'],
    ['SELECT 1 FROM\n  functoins', 'line 2, column 3: no such view: functoins. Views: functions, invocations'],
    ['SELECT foo(1)', 'line 1, column 8: foo: no such function'],
    ['SELECT 1 FORM functions', 'line 1, column 15: near "functions": syntax error'],
    ['SELECT * FROM reject', 'line 1, column 15: no such view: reject. Views: functions, invocations'],
    ['SELECT * FROM system.one', 'line 1, column 15: names of views have no database before them: system.one'],
    ['SELECT * FROM file(1)', 'line 1, column 15: no such view: file()'],
    ['SELECT hostName()', 'line 1, column 8: hostName: no such function that queries may call'],
    ['DELETE FROM functions', 'line 1, column 1: expected a statement that begins with SELECT or WITH'],
    ["SELECT 'a' + 1", 'Illegal types'],
  ])('%s', async (sql, text) => {
    const found = await refusal(sql);
    expect(found.text).toContain(text);
    expect(found.text).not.toMatch(/lambda_function|invocation_fact|DB::/);
  });
});

describe('limits', () => {
  test('of rows and of bytes are said', async () => {
    const five = await post(clickhouse, { sql: 'SELECT request_id FROM invocations', limit: 5, format: 'csv' });
    expect(five.headers.get('thermocline-truncated')).toBe('rows');
    expect((await five.text()).split('\r\n')).toHaveLength(7);
    expect(await run('SELECT number FROM numbers(2)', clickhouse, 2)).toMatchObject({
      rows: [[0], [1]],
      truncated: null,
    });
    const long = await run("SELECT repeat('x', 1000000) FROM numbers(40)");
    expect([long.truncated, long.rows.length]).toEqual(['bytes', 16]);
  });

  test('values of every kind are written as on SQLite', async () => {
    const sql =
      "SELECT 1 AS a, '=1+1' AS b, NULL AS n, 9007199254740993 AS big, 1 / 0 AS inf, true AS yes, [1, 2] AS list";
    expect(await run(sql)).toEqual({
      columns: ['a', 'b', 'n', 'big', 'inf', 'yes', 'list'],
      rows: [[1, '=1+1', null, '9007199254740993', 'Infinity', 1, '[1,2]']],
      truncated: null,
    });
  });

  test('of memory and of time end a query', async () => {
    const wide = await refusal('SELECT groupArray(repeat(toString(number), 1000)) FROM numbers(10000000)');
    expect(wide).toMatchObject({ status: 422, code: 'query-too-large' });
    const strict = await startProduct({
      environment: { ...engine.settings, THERMOCLINE_READ_DEADLINE_MS: '1000' },
    });
    const response = await post(strict, { sql: 'SELECT sum(cityHash64(number)) FROM numbers(1)' });
    expect(response.status).toBe(400);
    const slow = await post(strict, { sql: 'SELECT count(*) FROM numbers(10000000000000) WHERE number % 7 = 8' });
    expect(slow.status).toBe(504);
    await strict.close();
    removeFolder(strict.folder);
  });
});

test('the schema says that queries can be run', async () => {
  expect(await clickhouse.json('/api/v1/sql')).toMatchObject({ available: true, reason: null });
});
