/** After an upgrade, existing data is queued for attribution and rollups include the billed time of failed attempts. */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrate } from '../../server/storage/sqlite/migrate.ts';
import { removeFolder, temporaryFolder } from '../support/product.ts';

const MIGRATIONS = join(import.meta.dirname, '../../migrations/sqlite/telemetry');
const HOUR = 3_600_000;
const AT = Date.UTC(2026, 10, 20, 10);

test('hours with rows and the hours before them are pending; failed attempts are billed', () => {
  const folder = temporaryFolder();
  const before = join(folder, 'before');
  mkdirSync(before);
  for (const file of readdirSync(MIGRATIONS))
    if (file < '0003') copyFileSync(join(MIGRATIONS, file), join(before, file));
  const path = join(folder, 'telemetry.db');
  const db = new Database(path);
  migrate(db, path, before);
  const row = db.prepare(
    `INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, duration_us, billed_ms, status)
     VALUES (1, ?, ?, 1, ?, 5000, ?, ?)`,
  );
  row.run(AT + 1000, 'a', 1, 100, 0);
  row.run(AT + 2000, 'b', 1, 200, 1);
  row.run(AT + 3000, 'c', 2, 400, 4);
  row.run(AT + 5 * HOUR, 'd', 1, 800, 0);
  const cell = (table: string, bucket: number, series: number, n: number, timeouts: number, exits: number): void => {
    db.prepare(
      `INSERT INTO ${table} (function_id, bucket, series_id, n, with_start, timeouts, errors, ooms, exits, cold_on_demand,
       cold_provisioned, cold_snap_start, cold_suppressed, cold_managed_instance, user_felt, billed_ms, felt_init_us,
       duration, cold) VALUES (1, ?, ?, ?, 0, ?, 0, 0, ?, 0, 0, 0, 0, 0, 0, 0, 0, x'', x'')`,
    ).run(bucket, series, n, timeouts, exits);
  };
  for (const table of ['rollup_5m', 'rollup_1h']) {
    cell(table, AT, 1, 2, 1, 0);
    cell(table, AT, 2, 1, 0, 1);
    cell(table, AT + 5 * HOUR, 1, 1, 0, 0);
  }
  cell('rollup_1d', Date.UTC(2026, 10, 20), 1, 3, 1, 0);
  migrate(db, path, MIGRATIONS);
  for (const table of ['rollup_5m', 'rollup_1h']) {
    expect(db.prepare(`SELECT failed_billed_ms FROM ${table} ORDER BY bucket, series_id`).pluck().all()).toEqual([
      200, 400, 0,
    ]);
  }
  expect(db.prepare('SELECT failed_billed_ms FROM rollup_1d').pluck().all()).toEqual([200]);
  expect(db.prepare('SELECT slot_ms, changes FROM dirty_slot ORDER BY slot_ms').all()).toEqual([
    { slot_ms: AT - HOUR, changes: 1 },
    { slot_ms: AT, changes: 3 },
    { slot_ms: AT + 4 * HOUR, changes: 1 },
    { slot_ms: AT + 5 * HOUR, changes: 1 },
  ]);
  db.close();
  removeFolder(folder);
});
