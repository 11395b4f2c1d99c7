/** A store has a kept day for each function and day: of them, only those that were deleted are looked at. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, expect, test, vi } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { DETAIL_DAY } from '../enums.ts';
import { migrate } from './migrate.ts';
import { ReadConnection } from './read-connection.ts';
import { keptWidth } from './rollup-widths.ts';
import type { ControlTables, TelemetryTables } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-rollup-widths-'));
const path = join(folder, 'telemetry.db');
const file = new BetterSqlite(path);
migrate(file, path, join(import.meta.dirname, '../../../migrations/sqlite/telemetry'));
const db = {
  telemetry: new ReadConnection<TelemetryTables>(file),
  control: new ReadConnection<ControlTables>(file),
  files: { telemetry: path },
};
afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true, force: true });
});

const add = file.prepare('INSERT INTO kept_day (kind, scope, day, received_ms, dropped) VALUES (?, ?, ?, 0, ?)');
const width = (fromDay: number, toDay: number): number =>
  keptWidth(db, { fromMs: fromDay * DAY_MS, toMs: toDay * DAY_MS + 1 });

test('hours where retention has deleted, or begun to delete, the events of a function', () => {
  const prepare = vi.spyOn(file, 'prepare');
  add.run('function', 1, 100, DETAIL_DAY.expired);
  add.run('function', 1, 101, DETAIL_DAY.expiring);
  add.run('function', 1, 102, DETAIL_DAY.kept);
  add.run('log-group', 1, 102, DETAIL_DAY.expired);
  expect([width(100, 100), width(101, 103), width(102, 103), width(98, 99)]).toEqual([
    HOUR_MS,
    HOUR_MS,
    5 * MINUTE_MS,
    5 * MINUTE_MS,
  ]);
  add.run('metrics', 0, 98, DETAIL_DAY.expired);
  const range = { fromMs: 98 * DAY_MS, toMs: 99 * DAY_MS };
  expect([keptWidth(db, range, 'metrics'), keptWidth(db, range)]).toEqual([HOUR_MS, 5 * MINUTE_MS]);
  const [text = ''] = prepare.mock.calls[0] ?? [];
  expect(text).toContain('kept_day');
  const values = [...text.matchAll(/\?/g)].map((_, at) => at);
  const plan = file.prepare<number[], { detail: string }>(`EXPLAIN QUERY PLAN ${text}`).all(...values);
  expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining('kept_day_by_day (dropped=? AND day>?')]);
});
