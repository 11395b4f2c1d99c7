/** ClickHouse workers classify facts as SQLite's writer does: equal rows and equal rollup buckets. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestIdText } from '../../ingest/batch/request-id.ts';
import type { Batch } from '../../ingest/records/batch.ts';
import { COLD_START_KINDS } from '../../server/analytics/cold-starts/classify.ts';
import { Sketch } from '../../server/analytics/sketch/sketch.ts';
import { classifyPending } from '../../server/storage/clickhouse/classify/classify.ts';
import { WHOLE_FLEET } from '../../server/storage/clickhouse/classify/pending.ts';
import { FactWriter } from '../../server/storage/clickhouse/insert/fact-writer.ts';
import { factsOf } from '../../server/storage/clickhouse/insert/facts.ts';
import { invocationRows } from '../../server/storage/clickhouse/insert/invocation-rows.ts';
import { migrate } from '../../server/storage/clickhouse/migrate.ts';
import { ClickHouseQueryClient } from '../../server/storage/clickhouse/query-client.ts';
import { COUNT_COLUMNS, LEVELS, RollupBucket } from '../../server/storage/rollup/bucket.ts';
import { migrate as migrateSqlite } from '../../server/storage/sqlite/migrate.ts';
import { BatchWriter } from '../../server/storage/sqlite/write/batch-writer.ts';
import type { TestClickHouse } from '../support/clickhouse.ts';
import { startClickHouse } from '../support/clickhouse.ts';
import { batchOf, deliveries, streams } from '../support/fleet-streams.ts';

const root = join(import.meta.dirname, '../..');
const TO = Date.UTC(2026, 10, 20);
let engine: TestClickHouse;
let ask: ClickHouseQueryClient;

beforeAll(async () => {
  engine = await startClickHouse();
  await migrate(engine.client, engine.options, join(root, 'migrations/clickhouse'), TO);
  ask = new ClickHouseQueryClient(engine.client, engine.options);
});
afterAll(async () => {
  await engine.close();
});

function inSqlite(batches: readonly Batch[]): Database.Database {
  const db = new Database(':memory:');
  migrateSqlite(db, ':memory:', join(root, 'migrations/sqlite/telemetry'));
  const writer = new BatchWriter(db);
  for (const batch of batches) {
    db.exec('BEGIN');
    writer.apply(batch, { kind: 'logs', name: 'test' }, TO);
    writer.flush(TO);
    db.exec('COMMIT');
  }
  return db;
}

const ROW = [
  'endMs',
  'requestId',
  'stream',
  'runMs',
  'status',
  'cold',
  'felt',
  'version',
  'memory',
  'error',
  'initUs',
] as const;
type Row = Record<(typeof ROW)[number], unknown>;

function sqliteRows(db: Database.Database): readonly Row[] {
  const rows = db
    .prepare(
      `SELECT end_ms AS endMs, request_id AS requestId, log_stream AS stream, run_ms AS runMs, status, cold, user_felt AS felt,
         series.version AS version, series.memory_mb AS memory, label.text AS error, invocation.init_us AS initUs
       FROM invocation JOIN environment ON environment.id = environment_id JOIN series ON series.id = series_id
         LEFT JOIN label ON label.id = error_type_id`,
    )
    .all() as (Row & { requestId: Uint8Array })[];
  return sorted(rows.map((row) => ({ ...row, requestId: requestIdText(row.requestId) })));
}

async function clickhouseRows(): Promise<readonly Row[]> {
  return sorted(
    await ask.all<Row>(
      `SELECT end_ms AS endMs, request_id AS requestId, log_stream AS stream, run_ms AS runMs, judged_status AS status, cold,
         user_felt AS felt, series_version AS version, row.memory_mb AS memory, judged_error_type AS error, row.init_us AS initUs
       FROM ${invocationRows('1')} AS row
         JOIN (SELECT * FROM environment FINAL) AS environment USING (function_id, environment_id)`,
    ),
  );
}

function sorted(rows: readonly Row[]): readonly Row[] {
  return rows
    .map((row) => Object.fromEntries(ROW.map((name) => [name, row[name]])) as Row)
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

type Cells = readonly (readonly [key: string, cell: object])[];

function sqliteCells(db: Database.Database, table: string): Cells {
  const rows = db
    .prepare(
      `SELECT function.name AS name, bucket, series.version AS version, series.memory_mb AS memory, cell.*
       FROM ${table} AS cell JOIN series ON series.id = series_id JOIN function ON function.id = cell.function_id WHERE n > 0`,
    )
    .all() as (Record<string, number> & { duration: Uint8Array; cold: Uint8Array; version: string | null })[];
  return rows
    .map((row): Cells[number] => {
      const cell = new RollupBucket();
      cell.mergeEncodedCold(row.cold);
      return [
        [row['name'], row['bucket'], row.version, row['memory']].join(' '),
        {
          counts: COUNT_COLUMNS.map((name) => row[name]),
          most: row['max_memory_mb'],
          duration: Sketch.decode(row.duration).histogram(),
          cold: coldOf(cell),
        },
      ];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function coldOf(cell: RollupBucket): object {
  return Object.fromEntries(
    [...cell.cold]
      .map(([kind, { init, total }]) => [kind, [init.histogram(), total.histogram()]] as const)
      .filter(([, both]) => both.some((bins) => bins.length > 0)),
  );
}

async function clickhouseCells(table: string): Promise<Cells> {
  type Bins = Record<string, number>;
  const rows = await ask.all<
    Record<string, number> & { version: string; duration: Bins; cold_init: Bins; cold_total: Bins }
  >(
    `SELECT name, cell.* FROM ${table} AS cell FINAL
     JOIN (SELECT function_id, any(name) AS name FROM lambda_function GROUP BY function_id) AS f USING (function_id) WHERE n > 0`,
  );
  return rows
    .map((row): Cells[number] => {
      const cell = new RollupBucket();
      for (const [key, n] of Object.entries(row.cold_init)) addCold(cell, 'init', Number(key), n);
      for (const [key, n] of Object.entries(row.cold_total)) addCold(cell, 'total', Number(key), n);
      const duration = new Sketch();
      for (const [bin, n] of Object.entries(row.duration)) duration.addBin(Number(bin), n);
      const memory = row['memory_mb'] === -1 ? null : row['memory_mb'];
      return [
        [row['name'], row['bucket'], row.version === '' ? null : row.version, memory].join(' '),
        {
          counts: COUNT_COLUMNS.map((name) => row[name]),
          most: row['max_memory_mb'],
          duration: duration.histogram(),
          cold: coldOf(cell),
        },
      ];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function addCold(cell: RollupBucket, which: 'init' | 'total', key: number, n: number): void {
  const kind = COLD_START_KINDS[Math.floor(key / 65_536)];
  if (kind !== undefined) cell.coldOf(kind)[which].addBin((key % 65_536) - 32_768, n);
}

test.each([1, 2, 3])(
  'fleet %i in pieces, any order and with duplicates gives the same rows and rollup buckets',
  async (seed) => {
    for (const table of [
      'stream_fact',
      'invocation_fact',
      'start_fact',
      'init_fact',
      'fault_fact',
      'extension_fact',
      'pending',
      'settled',
      'environment',
      'lambda_function',
      ...LEVELS.map((level) => level.table),
    ])
      await engine.client.command({ query: `TRUNCATE TABLE ${table}` });
    const batches = deliveries(streams(seed, TO), seed);
    const writer = new FactWriter(engine.client, engine.options, () => TO);
    for (const [at, batch] of batches.entries()) {
      await writer.store(factsOf(batch, TO + at));
      // Workers run at arbitrary times.
      if (at % 7 === seed) await classifyPending(ask, { shard: WHOLE_FLEET, scope: 'all', detailSinceMs: 0 });
    }
    await classifyPending(ask, { shard: WHOLE_FLEET, scope: 'all', detailSinceMs: 0 });
    const db = inSqlite(batches);
    const expected = sqliteRows(db);
    expect(expected.length).toBeGreaterThan(200);
    expect(new Set(expected.map((row) => row.cold)).size).toBeGreaterThan(2);
    expect(await clickhouseRows()).toEqual(expected);
    for (const { table } of LEVELS) expect(await clickhouseCells(table), table).toEqual(sqliteCells(db, table));
    expect(await classifyPending(ask, { shard: WHOLE_FLEET, scope: 'all', detailSinceMs: 0 })).toEqual({
      environments: 0,
      changedRows: 0,
    });
  },
);

test('a late line for expired events does not reduce their rollups', async () => {
  const total = async (table: string): Promise<number> =>
    (await ask.one<{ n: number }>(`SELECT sum(n) AS n FROM ${table} FINAL`))?.n ?? 0;
  const before = await Promise.all(LEVELS.map(({ table }) => total(table)));
  expect(before[0]).toBeGreaterThan(200);
  // State after the TTL has deleted the events.
  await engine.client.command({ query: 'TRUNCATE TABLE invocation_fact' });
  const [late] = streams(3, TO);
  if (late === undefined) throw new Error('no stream');
  const writer = new FactWriter(engine.client, engine.options, () => TO);
  await writer.store(factsOf(batchOf([{ ...late, events: late.events.slice(0, 7) }]), TO));
  expect(
    (await classifyPending(ask, { shard: WHOLE_FLEET, scope: 'recent', detailSinceMs: TO + 1 })).environments,
  ).toBe(1);
  expect(await Promise.all(LEVELS.map(({ table }) => total(table)))).toEqual(before);
});
