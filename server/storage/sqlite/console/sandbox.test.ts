/** The views show what is stored, and a statement reaches nothing else: each attack is one that worked on a plain read-only connection. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestIdBytes, traceBytes } from '../../../../ingest/batch/request-id.ts';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { Sketch } from '../../../analytics/sketch/sketch.ts';
import { SQL_VIEWS } from '../../sql/catalogue.ts';
import { SqlRefusal } from '../../sql/refusal.ts';
import { migrate } from '../migrate.ts';
import { Sandbox } from './sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-sql-'));
const path = join(folder, 'telemetry.db');
const MIGRATIONS = join(import.meta.dirname, '../../../../migrations/sqlite/telemetry');
const TERMS = { plans: [], tier: 1, logTier: 1 } as const;
/** 20 November 2026, 10:00 UTC. */
const AT = Date.UTC(2026, 10, 20, 10);
const REQUEST = '0f0e0d0c-0b0a-4908-8706-050403020100';
const TRACE = '1-5759e988-bd862e3fe1be46a994272793';
let sandbox: Sandbox;

function sketchOf(...values: readonly number[]): Uint8Array {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return Buffer.from(sketch.encode());
}

function fill(db: Database.Database): void {
  db.exec(`
    INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms, architecture, moved)
      VALUES (1, '1', 'eu-west-1', 'checkout', 0, ${AT}, ${AT}, 'arm64', 0),
        (2, '1', 'eu-west-1', 'moved', 0, ${AT}, ${AT}, 'arm64', 1);
    INSERT INTO architecture_fact VALUES (2, '', 0, 'x86_64'), (2, '', ${AT + 1}, 'arm64');
    INSERT INTO series (id, function_id, version, memory_mb) VALUES (1, 1, '$LATEST', 1024), (2, 2, '$LATEST', NULL);
    INSERT INTO log_group VALUES (1, '1', 'eu-west-1', '/aws/lambda/checkout');
    INSERT INTO environment (id, function_id, log_group_id, log_stream, first_seen_ms, last_seen_ms) VALUES (5, 1, 1, 'stream', 0, 0);
    INSERT INTO label VALUES (9, 'Error');
    INSERT INTO reject (id, received_ms, source_kind, source_name, reason, detail, digest, size, payload)
      VALUES (1, 0, 'logs', 'x', 'y', 'z', x'00', 1, x'5ec2e7');
  `);
  const run =
    db.prepare(`INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us,
    billed_ms, status, cold, user_felt, error_type_id, trace_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  run.run(1, AT, requestIdBytes(REQUEST), 5, 1, 84, 84_110, 1000, 2, 0, 1, 9, traceBytes(TRACE));
  run.run(2, AT, 'own-id', -2, 2, null, 5000, null, 0, null, null, null, null);
  for (const [bucket, ...values] of [
    [AT, 10, 20],
    [AT + HOUR_MS, 1000, 1000],
  ] as const) {
    db.prepare(`INSERT INTO rollup_1h (function_id, bucket, series_id, n, with_start, timeouts, errors, ooms, exits, cold_on_demand,
      cold_provisioned, cold_snap_start, cold_suppressed, cold_managed_instance, user_felt, billed_ms, felt_init_us, duration, cold)
      VALUES (1, ?, 1, 2, 2, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 30, 250000, ?, x'')`).run(bucket, sketchOf(...values));
  }
}

beforeAll(() => {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  migrate(db, path, MIGRATIONS);
  fill(db);
  db.close();
  sandbox = new Sandbox(path, TERMS);
});
afterAll(() => {
  sandbox.close();
  rmSync(folder, { recursive: true });
});

const rows = (sql: string): unknown[][] =>
  sandbox
    .prepare(sql)
    .all()
    .map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)));

function refusal(sql: string): SqlRefusal {
  try {
    sandbox.prepare(sql).all();
  } catch (error) {
    if (error instanceof SqlRefusal) return error;
    throw error;
  }
  throw new Error(`not refused: ${sql}`);
}

describe('views', () => {
  test.each(SQL_VIEWS)('$name has the columns that are documented', ({ name, columns }) => {
    expect(sandbox.columnsOf(name)).toEqual(columns.map((column) => column.name));
    expect(() => rows(`SELECT * FROM ${name}`)).not.toThrow();
  });

  test('an invocation with its names, times and cost', () => {
    // 1 GB for a second on arm64 in eu-west-1, and a request.
    const usd = 0.0000133334 + 0.0000002;
    expect(
      rows(`SELECT function, ended_at, started_ms, request_id, memory_mb, architecture, log_stream, status, error_type, duration_ms,
        cold_start, user_felt, trace_id, round(cost_usd, 10) FROM invocations WHERE function = 'checkout'`),
    ).toEqual([
      [
        ...['checkout', '2026-11-20T10:00:00.000Z', AT - 84, REQUEST, 1024, 'arm64', 'stream', 'error', 'Error', 84.11],
        ...['on-demand', 1, TRACE, Number(usd.toFixed(10))],
      ],
    ]);
  });

  test('what is not known is null, and the architecture is that of the time', () => {
    expect(
      rows(`SELECT request_id, started_ms, memory_mb, architecture, log_stream, status, cold_start, user_felt, cost_usd
        FROM invocations WHERE function = 'moved'`),
    ).toEqual([['own-id', null, null, 'x86_64', null, 'success', null, null, null]]);
  });

  test('quantiles of an hour, and of merged hours, within 1 %', () => {
    const hours = rows(
      'SELECT duration_p50_ms, errors, errors_known, user_felt_init_ms FROM hourly ORDER BY bucket_ms',
    );
    expect(hours[0]?.[0]).toBeCloseTo(10, 0);
    expect(hours[0]?.slice(1)).toEqual([1, 0, 250]);
    const [merged] = rows(
      'SELECT quantile(duration_sketch, 0.5), quantile(duration_sketch, 1), quantile(1, 0.5) FROM hourly',
    );
    // The second of four values, and the last.
    expect(Math.abs(Number(merged?.[0]) - 20)).toBeLessThanOrEqual(0.2);
    expect(Math.abs(Number(merged?.[1]) - 1000)).toBeLessThanOrEqual(10);
    expect(merged?.[2]).toBeNull();
  });
});

test.each([
  ['0', 10],
  ['0.0', 10],
  ['1', 20],
  ['-0.1', null],
  ['1.1', null],
  ["'0.5'", null],
  ['NULL', null],
])('the quantile %s of 10 and 20', (q, expected) => {
  const [[value] = []] = rows(`SELECT quantile(duration_sketch, ${q}) FROM hourly WHERE bucket_ms = ${AT}`);
  if (expected === null) expect(value).toBeNull();
  else expect(Math.abs(Number(value) - expected)).toBeLessThanOrEqual(expected / 100);
});

test.each([
  ...['load_extension', 'readfile', 'writefile', 'edit', 'dbstat', 'bytecode', 'tables_used'],
  ...['sqlite_stat1', 'pragma_x', 'fts3_x', 'fts4aux', 'fts5vocab', 'rtree_x', 'geopoly_area'],
])('%s is refused by name', (name) => {
  expect(refusal(`SELECT ${name}(1)`)).toMatchObject({
    message: `${name} is not available here: query the documented views`,
    at: 7,
  });
});

test('names that only look alike are names, and a long one is cut in its error', () => {
  for (const name of ['my_sqlite_x', 'readfiles', 'afts5', 'xrtree'])
    expect(rows(`SELECT 1 AS ${name}`)).toEqual([[1]]);
  expect(refusal(`SELECT sqlite_${'x'.repeat(200)}`).message).toBe(
    `sqlite_${'x'.repeat(93)} is not available here: query the documented views`,
  );
});

describe('what is refused', () => {
  test.each([
    ['a table', 'SELECT * FROM reject'],
    ['a table in a string', "SELECT payload FROM 'reject'"],
    ['a table in quotes', 'SELECT payload FROM "REJECT"'],
    ['a table in brackets', 'SELECT payload FROM [reject]'],
    ['a table with its schema', 'SELECT payload FROM main.reject'],
    ['a schema in quotes', 'SELECT payload FROM "MAIN".reject'],
    ['a schema in a string', "SELECT payload FROM 'main'.reject"],
    ['a schema behind comments', 'SELECT payload FROM main/**/./* x */reject'],
    ['a schema behind a byte order mark', 'SELECT payload FROM \ufeffmain.reject'],
    ['a table of a view', 'SELECT message FROM main.fault'],
    ['the schema', 'SELECT sql FROM sqlite_schema'],
    ['the schema by its old name', "SELECT sql FROM 'sqlite_master'"],
    ['the temporary schema', 'SELECT sql FROM sqlite_temp_schema'],
    ['pages', 'SELECT * FROM dbstat'],
    ['pages in a string', "SELECT * FROM 'dbstat'"],
    ['a pragma as a table', "SELECT * FROM pragma_table_info('reject')"],
    ['a pragma in quotes', 'SELECT * FROM "pragma_database_list"'],
    ['a pragma in a string', "SELECT * FROM 'pragma_database_list'"],
    ['a pragma', 'PRAGMA query_only = 0'],
    ['another file', "ATTACH 'control.db' AS c"],
    ['a copy', "VACUUM INTO 'copy.db'"],
    ['an insertion', "INSERT INTO label VALUES (1, 'x')"],
    ['a deletion behind WITH', 'WITH a AS (SELECT 1) DELETE FROM function'],
    ['an update behind WITH', "WITH a AS (SELECT 1) UPDATE function SET name = 'x' RETURNING name"],
    ['a temporary table', 'CREATE TEMP TABLE t AS SELECT 1'],
    ['a transaction', 'BEGIN EXCLUSIVE'],
    ['a plan', 'EXPLAIN SELECT 1'],
    ['two statements', 'SELECT 1; SELECT 2'],
    ['a second statement behind a comment', 'SELECT 1; -- x\nDELETE FROM function'],
    ['an extension', "SELECT load_extension('x')"],
    ['an extension in quotes', `SELECT "load_extension"('x')`],
    ['a tokenizer', "SELECT fts3_tokenizer('simple')"],
    ['a check that reads tables', "SELECT rtreecheck('main', 'reject')"],
    ['a parameter', 'SELECT ?'],
    ['a NUL', 'SELECT 1\0 FROM main.reject'],
    ['a quote without an end', "SELECT 'a"],
    ['nothing', '  -- nothing'],
    ['a union with a table', 'SELECT name FROM functions UNION SELECT payload FROM reject'],
    ['a table in a subquery', 'SELECT (SELECT payload FROM reject) FROM functions'],
    ['a table in a join', 'SELECT * FROM functions JOIN (reject) ON 1'],
    ['a table behind IN', 'SELECT 1 IN reject'],
  ])('%s', (_what, sql) => {
    expect(refusal(sql)).toBeInstanceOf(SqlRefusal);
  });

  test('what is written as a name or text of its own is not', () => {
    expect(
      rows(`WITH reject AS (SELECT 1 AS main) SELECT main AS "label", 'reject' AS "deploy", 'a.b' FROM reject`),
    ).toEqual([[1, 'reject', 'a.b']]);
    expect(rows("SELECT count(*) FROM functions AS function WHERE function.function <> 'main'")).toEqual([[2]]);
    expect(rows('VALUES (1), (2)')).toEqual([[1], [2]]);
    expect(rows("SELECT value FROM json_each('[7]')")).toEqual([[7]]);
    expect(
      rows(
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT DISTINCT i FROM n ORDER BY -i',
      ),
    ).toEqual([[3], [2], [1]]);
  });

  test.each([
    ['nested parentheses', `SELECT ${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['a long sum', `SELECT 1${'+1'.repeat(20_000)}`],
    ['NOT many times', `SELECT ${'NOT '.repeat(15_000)}1`],
    ['many unions', `SELECT 1${' UNION SELECT 1'.repeat(3000)}`],
    ['many columns', `SELECT ${'1,'.repeat(20_000)}1`],
    ['a long statement', `SELECT '${'x'.repeat(70_000)}'`],
    ['a value beyond the longest', "SELECT printf('%.*c', 2000000000, 'x')"],
    ['a blob beyond the longest', 'SELECT zeroblob(2147483647)'],
  ])('%s is an error, not a crash', (_what, sql) => {
    expect(() => sandbox.prepare(sql).all()).toThrow();
  });

  test('the second wall: the program of a statement opens only tables of the views', () => {
    expect(() => sandbox.checkProgram('SELECT payload FROM main.reject')).toThrow('not documented');
    expect(() => sandbox.checkProgram('SELECT name FROM main.sqlite_schema')).toThrow('not documented');
    expect(() => sandbox.checkProgram('DELETE FROM main.function')).toThrow('changes nothing');
    expect(() => sandbox.checkProgram('SELECT count(*) FROM main.invocation WHERE end_ms > 1')).not.toThrow();
  });
});

describe('where an error is', () => {
  test.each([
    ['SELECT nmae FROM functions', 7, 'no such column: nmae'],
    ['SELECT f.nmae FROM functions f', 9, 'no such column: f.nmae'],
    ['SELECT 1 FROM\n  functoins', 16, 'no such table: functoins'],
    ['SELECT foo(1)', 7, 'no such function: foo'],
    ['SELECT 1 FORM functions', 14, 'near "functions": syntax error'],
    ['SELECT function FROM functions WHERE AND function = 1', 37, 'near "AND": syntax error'],
    ['SELECT * FROM reject', 14, 'no such view: reject. Views: functions, invocations'],
    ['SELECT 1, main.x', 10, 'leave out main.'],
  ])('%s', (sql, at, message) => {
    const found = refusal(sql);
    expect(found.message).toContain(message);
    expect(found.at).toBe(at);
  });
});
