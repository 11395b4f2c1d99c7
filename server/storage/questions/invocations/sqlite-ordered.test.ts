/** What a list in the order of a number refuses to read. Rows are written by hand. */
import Database from 'better-sqlite3';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { migrate } from '../../sqlite/migrate.ts';
import { ReadConnection } from '../../sqlite/read-connection.ts';
import type { ControlTables, TelemetryTables } from '../../sqlite/schema.ts';
import { orderedInvocations } from './sqlite-ordered.ts';

const file = new Database(':memory:');
migrate(file, ':memory:', 'migrations/sqlite/telemetry');
const db: Databases = {
  telemetry: new ReadConnection<TelemetryTables>(file),
  control: new ReadConnection<ControlTables>(file),
  files: { telemetry: ':memory:' },
};
afterAll(() => file.close());

/** Midnight of a day; two functions have details since its noon, and rollups since the day before. */
const MIDNIGHT = 100 * DAY_MS;
const NOON = MIDNIGHT + 12 * HOUR_MS;

const addFunction = file.prepare(
  `INSERT INTO function (id, account, region, name, labelled, first_seen_ms, last_seen_ms)
   VALUES (?, '123456789012', 'eu-west-1', ?, 0, ?, ?)`,
);
const addInvocation = file.prepare(
  `INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, duration_us, status)
   VALUES (?, ?, x'00', 1, 1, 5000, 0)`,
);
const addRollup = (table: string) =>
  file.prepare(
    `INSERT INTO ${table} (function_id, bucket, series_id, n, with_start, timeouts, errors, ooms, exits, cold_on_demand,
       cold_provisioned, cold_snap_start, cold_suppressed, cold_managed_instance, user_felt, billed_ms, felt_init_us,
       max_memory_mb, duration, cold, failed_billed_ms, unplaced, unplaced_cold)
     VALUES (?, ?, 1, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL, x'', x'', 0, 0, 0)`,
  );

beforeEach(() => {
  for (const table of ['function', 'invocation', 'rollup_1h', 'rollup_1d']) file.exec(`DELETE FROM ${table}`);
  for (const id of [1, 2]) {
    addFunction.run(id, `f${id}`, MIDNIGHT - DAY_MS, MIDNIGHT + DAY_MS);
    addInvocation.run(id, NOON + 1);
    addRollup('rollup_1h').run(id, MIDNIGHT, 9_000_000);
    addRollup('rollup_1h').run(id, NOON, 2_000_000);
    addRollup('rollup_1h').run(id, NOON + 2 * HOUR_MS, 600_000);
    addRollup('rollup_1d').run(id, MIDNIGHT - DAY_MS, 9_000_000);
    addRollup('rollup_1d').run(id, MIDNIGHT, 3_000_000);
  }
});

const sorted = (fromMs: number, toMs: number, functionId?: number) =>
  orderedInvocations(
    db,
    { fromMs, toMs, limit: 10, ...(functionId === undefined ? {} : { functionId }) },
    { by: 'durationMs', descending: true },
  );

test('a range of hours: what came before the first stored invocation is not counted', async () => {
  // 2 × (2,000,000 + 600,000) since noon.
  await expect(sorted(MIDNIGHT, NOON + 3 * HOUR_MS)).rejects.toThrow(
    new RangeError(
      'sort: durationMs of about 5,200,000 invocations; expected at most 5,000,000. Choose a shorter range or fewer functions',
    ),
  );
  expect((await sorted(MIDNIGHT, NOON + 3 * HOUR_MS, 1)).items).toHaveLength(1);
  expect((await sorted(MIDNIGHT, NOON + HOUR_MS)).items).toHaveLength(2);
});

test('a range of days, by the rollups of days', async () => {
  await expect(sorted(MIDNIGHT - 30 * DAY_MS, MIDNIGHT + 3 * DAY_MS)).rejects.toThrow('about 6,000,000 invocations');
  expect((await sorted(MIDNIGHT - 30 * DAY_MS, MIDNIGHT + 3 * DAY_MS, 2)).items).toHaveLength(1);
});
