import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { requestHash } from '../request-hash.ts';
import { ReadConnection } from './read-connection.ts';
import { attemptNumbers, attemptsOf } from './request-index.ts';
import type { ControlTables, InvocationRow, TelemetryTables } from './schema.ts';

const REQUEST = 'order-1';
const MS = 20_000 * DAY_MS;

test('attempts are numbered within a function: another function may run for the same request', () => {
  const file = new Database(':memory:');
  file.exec(`
    CREATE TABLE invocation (function_id INTEGER, end_ms REAL, request_id, environment_id INTEGER, status INTEGER);
    CREATE TABLE request_index_pending (entries BLOB);
    CREATE TABLE request_index (day INTEGER, hash INTEGER, end_ms REAL, environment_id INTEGER, function_id INTEGER);
  `);
  // Function 1 runs for the request twice, and function 2 three times, in turn.
  for (const [at, functionId] of [1, 2, 2, 1, 2].entries()) {
    const endMs = MS + at * 60_000;
    file.prepare('INSERT INTO invocation VALUES (?, ?, ?, ?, 0)').run(functionId, endMs, REQUEST, 7);
    file
      .prepare('INSERT INTO request_index VALUES (?, ?, ?, ?, ?)')
      .run(Math.floor(endMs / DAY_MS), requestHash(REQUEST), endMs, 7, functionId);
  }
  const databases = {
    telemetry: new ReadConnection<TelemetryTables>(file),
    control: new ReadConnection<ControlTables>(file),
    files: { telemetry: '' },
  };
  const rows: InvocationRow[] = attemptsOf(databases, REQUEST);
  expect(rows.map((row) => row.function_id)).toEqual([1, 2, 2, 1, 2]);
  expect(attemptNumbers(databases, rows)).toEqual([1, 1, 2, 2, 3]);
  file.close();
});
