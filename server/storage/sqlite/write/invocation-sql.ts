/** SQL of the table `invocation`. */
import type Database from 'better-sqlite3';
import { STATUS } from '../../enums.ts';
import { DECISIVE_FIRST } from './reset-statuses.ts';

/** Rows per multi-row INSERT, and of the last rows of an environment. The overhead of a statement is a fifth of the cost of storing a row. */
export const ROWS_AT_ONCE = 33;
export const LAST_ROWS_AT_ONCE = 8;
/** Values of each row of a multi-row INSERT that differ from row to row. */
export const OWN_VALUES = 6;

/** Columns of an {@link InvocationRow}. */
export const ROW = `function_id AS functionId, end_ms AS endMs, request_id AS requestId, environment_id AS environmentId,
  series_id AS seriesId, run_ms AS runMs, duration_us AS durationUs, billed_ms AS billedMs, max_memory_mb AS maxMemoryMb,
  status, cold, user_felt AS userFelt, init_us AS initUs, restore_us AS restoreUs, billed_restore_ms AS billedRestoreMs,
  error_type_id AS errorTypeId, sampled, trace_id AS traceId, segment_id AS segmentId, tenant_id AS tenantId,
  hidden_init_us AS hiddenInitUs, init_timed_out AS initTimedOut`;

/** Statements on the table `invocation`. */
export function prepareInvocations(db: Database.Database) {
  return {
    insert: db.prepare(
      `INSERT OR IGNORE INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us,
       billed_ms, max_memory_mb, status, cold, user_felt, init_us, restore_us, billed_restore_ms, error_type_id, sampled,
       trace_id, segment_id, tenant_id, hidden_init_us, init_timed_out)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertPlain: db.prepare(
      `INSERT OR IGNORE INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us,
       billed_ms, max_memory_mb, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    insertTogether: new Map([ROWS_AT_ONCE, LAST_ROWS_AT_ONCE].map((rows) => [rows, prepareTogether(db, rows)])),
    find: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms = ? AND request_id = ? AND environment_id = ?`,
    ),
    next: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms > ? AND end_ms <= ? AND environment_id = ?
       ORDER BY end_ms LIMIT 1`,
    ),
    endingAt: db.prepare(`SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms = ? AND environment_id = ?`),
    inits: db.prepare(
      `SELECT ${ROW} FROM invocation WHERE function_id = ? AND end_ms BETWEEN ? AND ? AND environment_id = ?
       AND (init_us IS NOT NULL OR cold IS NOT NULL) ORDER BY end_ms LIMIT ?`,
    ),
    remove: db.prepare(
      'DELETE FROM invocation WHERE function_id = ? AND end_ms = ? AND request_id = ? AND environment_id = ?',
    ),
    ends: db.prepare(
      `SELECT min(end_ms) AS firstMs, max(end_ms) AS lastMs FROM invocation
       WHERE function_id = ? AND end_ms BETWEEN ? AND ? AND environment_id = ?`,
    ),
    statusAt: db
      .prepare(
        `SELECT status FROM invocation WHERE function_id = ? AND end_ms = ? AND environment_id = ?
         ORDER BY ${DECISIVE_FIRST} LIMIT 1`,
      )
      .pluck(),
    update: db.prepare(
      `UPDATE invocation SET run_ms = ?, status = ?, error_type_id = ?, cold = ?, user_felt = ?, hidden_init_us = ?,
         init_timed_out = ?
       WHERE function_id = ? AND end_ms = ? AND request_id = ? AND environment_id = ?`,
    ),
  };
}

/** Inserts warm successes of one environment and series, whose values are bound once: each binding costs a tenth of a row. */
function prepareTogether(db: Database.Database, rows: number) {
  const row = `(@functionId, ?, ?, @environmentId, @seriesId, ?, ?, ?, ?, ${STATUS.success})`;
  const statement = db.prepare(
    `INSERT INTO invocation (function_id, end_ms, request_id, environment_id, series_id, run_ms, duration_us, billed_ms,
       max_memory_mb, status) VALUES ${new Array(rows).fill(row).join(', ')}`,
  );
  return { statement, values: new Array<unknown>(rows * OWN_VALUES) };
}
