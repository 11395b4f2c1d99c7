/** Which values of a statement are in its text, and which are bound. */
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Param } from './read-connection.ts';
import { ReadConnection, telemetryStatement } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

let file: Database.Database;
let db: ReadConnection<TelemetryTables>;

beforeEach(() => {
  file = new Database(':memory:');
  file.exec('CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT');
  file.exec("INSERT INTO counter VALUES ('a', 1), ('it''s', 5000000000), ('c', 3)");
  db = new ReadConnection(file);
});

afterEach(() => {
  file.close();
});

test('small integers and names are written out, other constants and named values are bound', () => {
  const statement = telemetryStatement((tables, param: Param<{ low: number }>) =>
    tables
      .selectFrom('counter')
      .select(['name', sql<number>`${5_000_000_000} / ${2}`.as('half'), sql<number>`${0.5}`.as('fraction')])
      .where('n', '>=', param('low'))
      .where('n', 'not in', [3, 5])
      .where('name', '=', "it's")
      .where('name', '<>', 'no-name')
      .where('n', '>', -2)
      .limit(1),
  );
  const prepare = vi.spyOn(file, 'prepare');
  // The driver binds the large number as a floating-point number.
  expect(statement.all(db, { low: 2 })).toEqual([{ name: "it's", half: 2_500_000_000, fraction: 0.5 }]);
  expect(prepare.mock.calls[0]?.[0]).toBe(
    'select "name", ? / 2 as "half", ? as "fraction" from "counter" where "n" >= ? and "n" not in (?, ?) ' +
      'and "name" = ? and "name" <> \'no-name\' and "n" > -2 limit +1',
  );
});

test('a limit that is bound is hidden from the planner, and still limits', () => {
  const statement = telemetryStatement((tables, param: Param<{ limit: number }>) =>
    tables.selectFrom('counter').select('name').orderBy('n').limit(param('limit')),
  ).asValues();
  const prepare = vi.spyOn(file, 'prepare');
  expect(statement.all(db, { limit: 2 })).toEqual(['a', 'c']);
  expect(statement.all(db, { limit: 1 })).toEqual(['a']);
  expect(prepare.mock.calls).toEqual([['select "name" from "counter" order by "n" limit +?']]);
});

test.each(['\u0000', "'", "' OR 1=1 --", '1', 'a b', ';', '"', '\u202e', 'ä', 'x'.repeat(41)])(
  '%j is bound',
  (text) => {
    const statement = telemetryStatement((tables) => tables.selectFrom('counter').select('n').where('name', '=', text));
    const prepare = vi.spyOn(file, 'prepare');
    expect(statement.all(db)).toEqual([]);
    expect(prepare.mock.calls).toEqual([['select "n" from "counter" where "name" = ?']]);
  },
);
