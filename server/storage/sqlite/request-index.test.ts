import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { requestHash } from '../request-hash.ts';
import { ReadConnection } from './read-connection.ts';
import { attemptNumbers, attemptsOf } from './request-index.ts';
import type { ControlTables, InvocationRow, TelemetryTables } from './schema.ts';

const REQUEST = 'order-1';
const MS = 20_000 * DAY_MS;

interface Run {
  readonly requestId?: string;
  readonly functionId: number;
  readonly endMs: number;
}

/** Databases in which functions ran, each at its time; all invocations are in the merged index. */
function ranAt(...runs: readonly Run[]) {
  const file = new Database(':memory:');
  file.exec(`
    CREATE TABLE invocation (function_id INTEGER, end_ms REAL, request_id, environment_id INTEGER, status INTEGER);
    CREATE TABLE request_index_pending (entries BLOB);
    CREATE TABLE request_index (day INTEGER, hash INTEGER, end_ms REAL, environment_id INTEGER, function_id INTEGER);
  `);
  for (const { requestId = REQUEST, functionId, endMs } of runs) {
    file.prepare('INSERT INTO invocation VALUES (?, ?, ?, ?, 0)').run(functionId, endMs, requestId, 7);
    file
      .prepare('INSERT INTO request_index VALUES (?, ?, ?, ?, ?)')
      .run(Math.floor(endMs / DAY_MS), requestHash(requestId), endMs, 7, functionId);
  }
  onTestFinished(() => {
    file.close();
  });
  return {
    telemetry: new ReadConnection<TelemetryTables>(file),
    control: new ReadConnection<ControlTables>(file),
    files: { telemetry: '' },
  };
}

test('attempts are numbered within a function: another function may run for the same request', () => {
  // Function 1 runs for the request twice, and function 2 three times, in turn.
  const databases = ranAt(...[1, 2, 2, 1, 2].map((functionId, at) => ({ functionId, endMs: MS + at * 60_000 })));
  const rows: InvocationRow[] = attemptsOf(databases, REQUEST);
  expect(rows.map((row) => row.function_id)).toEqual([1, 2, 2, 1, 2]);
  expect(attemptNumbers(databases, rows)).toEqual([1, 1, 2, 2, 3]);
});

test('a retry after midnight, up to six hours and a run later, is numbered on a page without its first attempt', () => {
  // An event is kept for 6 hours, and its last attempt may run for 15 minutes.
  const first = MS - 60_000;
  const databases = ranAt(
    { functionId: 1, endMs: first },
    { functionId: 1, endMs: first + 6 * HOUR_MS + 15 * MINUTE_MS },
  );
  const [one, two] = attemptsOf(databases, REQUEST);
  if (one === undefined || two === undefined) throw new Error('two attempts are stored');
  expect(attemptNumbers(databases, [one])).toEqual([1]);
  expect(attemptNumbers(databases, [two])).toEqual([2]);
});

test('the attempts of a request on two days are found in a page of many days', () => {
  const databases = ranAt(
    { functionId: 1, endMs: MS - 60_000 },
    { functionId: 1, endMs: MS + 60_000 },
    { requestId: 'order-2', functionId: 1, endMs: MS - 9 * DAY_MS },
    { requestId: 'order-3', functionId: 1, endMs: MS + 9 * DAY_MS },
  );
  const rows = ['order-3', REQUEST, 'order-2'].flatMap((requestId) => attemptsOf(databases, requestId));
  expect(attemptNumbers(databases, rows)).toEqual([1, 1, 2, 1]);
});

/** Bytes of pending entries, as the writer stores them. */
function entriesOf(
  entries: readonly (readonly [hash: number, functionId: number, environmentId: number, endMs: number])[],
): Buffer {
  const bytes = Buffer.alloc(entries.length * 20);
  for (const [at, [hash, functionId, environmentId, endMs]] of entries.entries()) {
    bytes.writeUInt32LE(hash, at * 20);
    bytes.writeUInt32LE(functionId, at * 20 + 4);
    bytes.writeInt32LE(environmentId, at * 20 + 8);
    bytes.writeDoubleLE(endMs, at * 20 + 12);
  }
  return bytes;
}

test('an attempt that is not merged yet is found among others, of which some hashes end alike', () => {
  const databases = ranAt({ functionId: 1, endMs: MS });
  const hash = requestHash(REQUEST);
  const { telemetry } = databases;
  telemetry.prepare('INSERT INTO invocation VALUES (1, ?, ?, 7, 0)').run(MS + MINUTE_MS, REQUEST);
  // The same last 16 bits in another entry; then the attempt, its merged twin, and an entry that was cut off.
  const others = Array.from({ length: 300 }, (_, at) => [(hash ^ ((at + 1) << 16)) >>> 0, 1, 7, MS] as const);
  const pend = telemetry.prepare('INSERT INTO request_index_pending VALUES (?)');
  pend.run(entriesOf(others));
  const own = entriesOf([
    [hash, 1, 7, MS + MINUTE_MS],
    [hash, 1, 7, MS],
    [hash, 1, 7, MS + HOUR_MS],
  ]);
  pend.run(own.subarray(0, own.length - 1));
  const rows = attemptsOf(databases, REQUEST);
  expect(rows.map((row) => row.end_ms)).toEqual([MS, MS + MINUTE_MS]);
  expect(attemptNumbers(databases, rows)).toEqual([1, 2]);
});
