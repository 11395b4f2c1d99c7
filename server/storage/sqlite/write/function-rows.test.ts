/** The rows of one function: copied, put back exactly, and deleted without those of others. */
import { beforeEach, describe, expect, test } from 'vitest';
import { useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';
import { FunctionRows, packed, unpacked } from './function-rows.ts';
import { tablesOf } from './key-columns.ts';

const AT = Date.UTC(2026, 10, 20, 12);

const store = useTelemetryWriter('test');
let functions: FunctionRows;
beforeEach(() => {
  functions = new FunctionRows(store.db);
});

/** Stores one invocation of a function, `n` minutes after noon. */
function run(name: string, n: number, logGroup = `/aws/lambda/${name}`): void {
  const id = `d661f7cf-9208-46b9-85b0-2${name === 'f' ? '1' : '2'}3b04a9${String(1000 + n)}`;
  const stream = `2026/11/20/[$LATEST]${name === 'f' ? '0' : '1'}123456789abcdef0123456789abcde${n % 10}`;
  const at = AT + n * 60_000;
  store.deliver(
    logGroup,
    stream,
    [
      [at, `START RequestId: ${id} Version: $LATEST\n`],
      [
        at + 90,
        `REPORT RequestId: ${id}\tDuration: 84.11 ms\tBilled Duration: 85 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\n`,
      ],
    ],
    at + 1000,
  );
}

const idOf = (name: string): number => Number(store.rows('SELECT id FROM function WHERE name = ?', name)[0]?.['id']);
/** What is stored of functions: neither copies and counts of deliveries, nor the request index, which may point to nothing. */
const dump = () =>
  Object.fromEntries(
    tablesOf(store.db)
      .map(({ table }) => table)
      .filter(
        (table) =>
          !table.startsWith('import_') && !table.startsWith('request_index') && !['counter', 'source'].includes(table),
      )
      .map((table): [string, readonly unknown[]] => [table, store.rows(`SELECT * FROM ${table}`)])
      .filter(([, rows]) => rows.length > 0),
  );
const rowsOf = (id: number) => ({
  invocations: store.rows('SELECT count(*) AS n FROM invocation WHERE function_id = ?', id)[0]?.['n'],
  environments: store.rows('SELECT count(*) AS n FROM environment WHERE function_id = ?', id)[0]?.['n'],
  days: store.rows("SELECT count(*) AS n FROM kept_day WHERE kind = 'function' AND scope = ?", id)[0]?.['n'],
  hours: store.rows('SELECT count(*) AS n FROM rollup_1h WHERE function_id = ?', id)[0]?.['n'],
});

test('values are packed and unpacked as they were', () => {
  const rows = [{ n: 2n ** 60n, text: 'ä', none: null, bytes: Buffer.from([0, 255]) }];
  expect(unpacked(packed(rows))).toMatchObject([{ n: 2n ** 60n, text: 'ä', none: null }]);
  expect(packed('a'.repeat(10_000)).length).toBeLessThan(200);
});

test('what is put back is what was copied, whatever came since', () => {
  run('f', 0);
  run('f', 1);
  run('g', 0);
  const before = dump();
  functions.copy(idOf('f'));
  run('f', 2);
  run('f', 75);
  expect(dump()).not.toEqual(before);
  functions.restore(idOf('f'));
  expect(dump()).toEqual(before);
  // A second time alike.
  functions.restore(idOf('f'));
  expect(dump()).toEqual(before);
});

test('without a copy the function is as one that was never seen, and others keep their rows', () => {
  run('f', 0);
  run('g', 0);
  const other = rowsOf(idOf('g'));
  functions.restore(idOf('f'));
  expect(rowsOf(idOf('f'))).toEqual({ invocations: 0, environments: 0, days: 0, hours: 0 });
  expect(rowsOf(idOf('g'))).toEqual(other);
  expect(store.rows("SELECT account, region, last_seen_ms, memory_mb, version FROM function WHERE name = 'f'")).toEqual(
    [{ account: '', region: '', last_seen_ms: 0, memory_mb: null, version: null }],
  );
  expect(store.rows("SELECT account, region FROM log_group WHERE name = '/aws/lambda/f'")).toEqual([
    { account: '', region: '' },
  ]);
  expect(store.rows("SELECT account, region FROM function WHERE name = 'g'")).toEqual([
    { account: '111122223333', region: 'us-east-1' },
  ]);
});

test('copies come in pieces of 5,000 rows, and all of them are put back', () => {
  run('f', 0);
  const id = idOf('f');
  const days = store.db.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO error_day (function_id, day) SELECT ?, i FROM n`,
  );
  days.run(10_001, id);
  const before = dump();
  functions.copy(id);
  const pieces = store
    .rows("SELECT entries FROM import_base WHERE function_id = ? AND name = 'error_day' ORDER BY id", id)
    .map(({ entries }) => (unpacked(entries as Uint8Array) as unknown[]).length);
  expect(pieces).toEqual([5000, 5000, 1]);
  store.db.exec('DELETE FROM error_day');
  functions.restore(id);
  expect(dump()).toEqual(before);
});

test('only log groups that no other function writes to are its own', () => {
  run('f', 0);
  run('g', 0);
  const groupOf = (name: string) => Number(store.rows('SELECT id FROM log_group WHERE name = ?', name)[0]?.['id']);
  expect(functions.groupsOf(idOf('f'))).toEqual([groupOf('/aws/lambda/f')]);
  store.db.prepare('UPDATE environment SET log_group_id = ?').run(groupOf('/aws/lambda/f'));
  expect(functions.groupsOf(idOf('f'))).toEqual([]);
});

test('a function is dropped only if nothing is stored of it, and so is its log group', () => {
  run('f', 0);
  run('g', 0);
  const id = idOf('f');
  const groups = functions.groupsOf(id);
  const before = dump();
  functions.dropIfEmpty(id, groups);
  expect(dump()).toEqual(before);
  functions.restore(id);
  // What is computed from rows does not keep a function.
  store.db.prepare('INSERT INTO error_day (function_id, day) VALUES (?, 1)').run(id);
  functions.dropIfEmpty(id, groups);
  expect(store.rows('SELECT name FROM function')).toEqual([{ name: 'g' }]);
  expect(store.rows('SELECT name FROM log_group')).toEqual([{ name: '/aws/lambda/g' }]);
  expect(store.rows('SELECT * FROM error_day WHERE function_id = ?', id)).toEqual([]);
});

describe('a function of which a single row is left, of each table in turn', () => {
  /** By the schema: what is computed from the rows of other tables. The request index points to rows, and copies are of imports. */
  const COMPUTED = [
    ...['series', 'error_day', 'dirty_slot', 'derived_slot', 'idle_window', 'cold_start', 'change'],
    ...['rollup_5m', 'rollup_1h', 'rollup_1d', 'error_group', 'error_hour'],
  ];
  const ELSEWHERE = ['request_index', 'import_function', 'import_base', 'import_piece'];

  /** A row of the function in the table, with whatever its other columns take. */
  function addRow(table: string, functionId: number): void {
    const columns = store.db.pragma(`table_info(${table})`) as { name: string; type: string; notnull: number }[];
    const given = columns.filter(({ name, notnull }) => notnull === 1 || name === 'function_id');
    const valueFor = (name: string, type: string) =>
      name === 'function_id' ? functionId : type === 'TEXT' ? 'x' : type === 'BLOB' ? Buffer.from([1]) : 1;
    store.db.pragma('foreign_keys = OFF');
    store.db.pragma('ignore_check_constraints = ON');
    store.db
      .prepare(
        `INSERT INTO ${table} (${given.map(({ name }) => `"${name}"`).join()}) VALUES (${given.map(() => '?').join()})`,
      )
      .run(given.map(({ name, type }) => valueFor(name, type)));
    store.db.pragma('ignore_check_constraints = OFF');
    store.db.pragma('foreign_keys = ON');
  }

  test('is kept by what was stored, and dropped with what was computed', () => {
    const tables = tablesOf(store.db)
      .filter(({ table, columns }) => columns.has('function_id') && !ELSEWHERE.includes(table))
      .map(({ table }) => table);
    expect(tables).toEqual(expect.arrayContaining([...COMPUTED, 'invocation', 'environment', 'function_fact']));
    for (const table of tables) {
      run('f', 0);
      const id = idOf('f');
      functions.restore(id);
      addRow(table, id);
      functions.dropIfEmpty(id, []);
      const isComputed = COMPUTED.includes(table);
      expect([table, store.rows('SELECT name FROM function').length]).toEqual([table, isComputed ? 0 : 1]);
      expect([table, store.rows(`SELECT 1 FROM ${table} WHERE function_id = ?`, id).length]).toEqual([
        table,
        isComputed ? 0 : 1,
      ]);
      store.clear();
    }
  });
});
