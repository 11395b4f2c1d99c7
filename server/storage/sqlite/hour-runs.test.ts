import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { COLD_KIND, STATUS } from '../enums.ts';
import { boundsOf, runsOf } from './hour-runs.ts';
import { migrate } from './migrate.ts';
import { ReadConnection } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'thermocline-hour-runs-'));
const path = join(folder, 'telemetry.db');
const file = new BetterSqlite(path);
migrate(file, path, join(import.meta.dirname, '../../../migrations/sqlite/telemetry'));
file.pragma('foreign_keys = OFF');
const telemetry = new ReadConnection<TelemetryTables>(file);
afterAll(() => {
  file.close();
  rmSync(folder, { recursive: true, force: true });
});

const BEGIN_MS = 480_000 * HOUR_MS;
const add = file.prepare(
  `INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us, status, cold)
   VALUES (7, ?, ?, ?, 1, ?, 1000, ?, ?)`,
);
/** START and END in seconds after the hour, request id, environment; then what ends the row: failed, cold. */
const ROWS = [
  // Long, so that it ends after those that started later, and after the hour.
  [1, 4000, 'a', 1, STATUS.success, COLD_KIND['on-demand']],
  [5, 20, 'd', 4, STATUS.timeout, null],
  [5, 20, 'b', 3, STATUS.success, null],
  [5, 20, 'b', 2, STATUS.success, COLD_KIND['on-demand']],
  [5, 9, 'z', 5, STATUS.success, null],
  // Two attempts of one environment in the same milliseconds.
  [8, 10, 'y', 6, STATUS.success, COLD_KIND['on-demand']],
  [8, 10, 'x', 6, STATUS.success, COLD_KIND.suppressed],
  // Other hours: one started before, one starts after.
  [-1, 2, 'p', 8, STATUS.success, COLD_KIND['on-demand']],
  [3600, 3601, 'q', 9, STATUS.success, COLD_KIND['on-demand']],
] as const;
for (const [start, end, id, environment, status, cold] of ROWS) {
  add.run(BEGIN_MS + end * 1000, id, environment, (end - start) * 1000, status, cold);
}

const bounds = boundsOf(7, BEGIN_MS, BEGIN_MS, BEGIN_MS + 2 * HOUR_MS);

test.each([
  ['at once', 10],
  ['one by one', 3],
])('invocations come in order of START, END, request id and environment, read %s', (_how, most) => {
  const { cold, runs } = runsOf(telemetry, bounds, most);
  const read = [...runs];
  expect(read.map((run) => [run.environmentId, run.failed, run.cold?.requestId ?? null])).toEqual([
    [1, false, 'a'],
    [5, false, null],
    [2, false, 'b'],
    [3, false, null],
    [4, true, null],
    [6, false, 'x'],
    [6, false, 'y'],
  ]);
  expect(runs.count).toBe(7);
  expect(cold.map((run) => run.cold.requestId).toSorted()).toEqual(['a', 'b', 'x', 'y']);
});

test('an hour without cold starts has none', () => {
  const after = boundsOf(7, BEGIN_MS + 5000, BEGIN_MS + 9000, BEGIN_MS + 9500);
  const { cold, runs } = runsOf(telemetry, after);
  expect([cold.length, [...runs].map((run) => run.environmentId)]).toEqual([0, [5]]);
});
