import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { errorDaysIn, errorsKnownIn } from './error-days.ts';
import { ReadConnection } from './read-connection.ts';
import type { ControlTables, TelemetryTables } from './schema.ts';

let file: Database.Database;
const databases = () => ({
  telemetry: new ReadConnection<TelemetryTables>(file),
  control: new ReadConnection<ControlTables>(file),
  files: { telemetry: '' },
});

beforeEach(() => {
  file = new Database(':memory:');
  file.exec('CREATE TABLE error_day (function_id INTEGER NOT NULL, day INTEGER NOT NULL)');
  file.exec('INSERT INTO error_day VALUES (1, 10), (1, 11), (3, 12)');
});

afterEach(() => {
  file.close();
});

const TENTH = { fromMs: 10 * DAY_MS, toMs: 11 * DAY_MS - 1 };

test.each([
  [[1], TENTH, 'on some days'],
  [[1], { fromMs: 9 * DAY_MS, toMs: 10 * DAY_MS - 1 }, 'on no day'],
  [[1], { fromMs: 9 * DAY_MS, toMs: 20 * DAY_MS }, 'on some days'],
  [[2], { fromMs: 0, toMs: 20 * DAY_MS }, 'on no day'],
  [[2, 3], { fromMs: 0, toMs: 20 * DAY_MS }, 'on some days'],
  [[2, 3], TENTH, 'on no day'],
  [[], { fromMs: 0, toMs: 20 * DAY_MS }, 'on no day'],
] as const)('errors of functions %j in %j are known %s', (ids, range, expected) => {
  expect(errorsKnownIn(databases(), ids, range)).toBe(expected);
});

test('each function has days of its own, from midnight to midnight UTC', () => {
  const known = errorDaysIn(databases(), [1, 2, 3], { fromMs: 9 * DAY_MS, toMs: 13 * DAY_MS });
  expect([10, 11, 12].map((day) => known(1, day * DAY_MS))).toEqual([true, true, false]);
  expect(known(1, 12 * DAY_MS - HOUR_MS)).toBe(true);
  expect(known(1, 10 * DAY_MS - 1)).toBe(false);
  expect(known(2, 10 * DAY_MS)).toBe(false);
  expect(known(3, 12 * DAY_MS)).toBe(true);
  expect(errorDaysIn(databases(), [2], { fromMs: 0, toMs: 20 * DAY_MS })(2, 10 * DAY_MS)).toBe(false);
});
