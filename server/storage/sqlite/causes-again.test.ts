/** An upgrade that changes the rules of causes attributes the hours again whose invocations are still stored. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { migrate } from './migrate.ts';

const MIGRATIONS = join(import.meta.dirname, '../../../migrations/sqlite/telemetry');
const TO = Date.UTC(2026, 10, 20);
const STORED = TO - 2 * HOUR_MS;
const EXPIRED = TO - 900 * HOUR_MS;

test('hours with stored invocations are stale after the upgrade, others keep their causes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'thermocline-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const before = join(folder, 'migrations');
  cpSync(MIGRATIONS, before, {
    recursive: true,
    filter: (path) => path === MIGRATIONS || basename(path) < '0011',
  });
  const path = join(folder, 'telemetry.db');
  const db = new BetterSqlite(path);
  onTestFinished(() => void db.close());
  migrate(db, path, before);
  db.pragma('foreign_keys = OFF');
  const hour = db.prepare(
    `INSERT INTO derived_slot (function_id, slot_ms, runs, idle_times, closing) VALUES (7, ?, ?, '[]', '{}')`,
  );
  hour.run(STORED, 1);
  hour.run(EXPIRED, 1);
  hour.run(TO - HOUR_MS, 0);
  const invocation = db.prepare(
    `INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, duration_us, status)
     VALUES (7, ?, x'00', 1, 1, 1000, 0)`,
  );
  invocation.run(STORED + 1000);
  invocation.run(TO - 1000);
  migrate(db, path, MIGRATIONS);
  const stale = db.prepare('SELECT function_id, slot_ms, changes, since_ms FROM dirty_slot').all();
  expect(stale).toEqual([{ function_id: 7, slot_ms: STORED, changes: 1, since_ms: expect.any(Number) }]);
  // The lag of attribution is counted from the upgrade on.
  expect((stale[0] as { since_ms: number }).since_ms).toBeGreaterThan(Date.UTC(2020, 0, 1));
});
