import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Param } from './read-connection.ts';
import { byFilters, byShape, idList, ReadConnection, telemetryStatement } from './read-connection.ts';
import type { TelemetryTables } from './schema.ts';

let file: Database.Database;
let db: ReadConnection<TelemetryTables>;

beforeEach(() => {
  file = new Database(':memory:');
  file.exec('CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT');
  file.exec("INSERT INTO counter VALUES ('a', 1), ('b', 2), ('c', 3)");
  db = new ReadConnection(file);
});

afterEach(() => {
  file.close();
});

const BETWEEN = telemetryStatement((tables, param: Param<{ low: number; high: number }>) =>
  tables
    .selectFrom('counter')
    .select(['name', 'n'])
    .where('n', '>=', param('low'))
    .where('name', '<>', 'b')
    .where('n', '<=', param('high'))
    .orderBy('n'),
);

test('a statement binds named values and constants in the order of the query', () => {
  expect(BETWEEN.all(db, { high: 3, low: 1 })).toEqual([
    { name: 'a', n: 1 },
    { name: 'c', n: 3 },
  ]);
  expect(BETWEEN.get(db, { low: 2, high: 3 })).toEqual({ name: 'c', n: 3 });
  expect(BETWEEN.get(db, { low: 4, high: 9 })).toBeUndefined();
});

test('a statement is read several times at once, as tuples', () => {
  const tuples = BETWEEN.asTuples('name', 'n');
  const all = tuples.open(db, { low: 1, high: 3 });
  expect(all.next().value).toEqual(['a', 1]);
  const last = tuples.open(db, { low: 2, high: 3 });
  expect(last.next().value).toEqual(['c', 3]);
  expect(all.next().value).toEqual(['c', 3]);
  expect([last.next().done, all.next().done]).toEqual([true, true]);
});

test('a statement is built once per connection', () => {
  let built = 0;
  const counted = telemetryStatement((tables) => {
    built += 1;
    return tables.selectFrom('counter').select('n').orderBy('n');
  });
  expect(counted.all(db)).toHaveLength(3);
  expect(counted.all(db)).toHaveLength(3);
  expect(built).toBe(1);
  const other = new ReadConnection<TelemetryTables>(file);
  expect(counted.all(other)).toHaveLength(3);
  expect(built).toBe(2);
});

test('tuples and values have the order and the type of the columns', () => {
  const rows: [string, number][] = BETWEEN.asTuples('name', 'n').all(db, { low: 1, high: 3 });
  expect(rows).toEqual([
    ['a', 1],
    ['c', 3],
  ]);
  expect(() => BETWEEN.asTuples('n', 'name').all(db, { low: 1, high: 3 })).toThrow(
    'columns are name,n, expected n,name',
  );
  const query = db.selectFrom('counter').select('n').orderBy('n');
  expect([...db.values(query)]).toEqual([1, 2, 3]);
  expect(db.tuples(query, ['n'])).toEqual([[1], [2], [3]]);
});

test('a statement can run again after its loop was left early', () => {
  for (const row of BETWEEN.iterate(db, { low: 1, high: 3 })) {
    expect(row.n).toBe(1);
    break;
  }
  expect(BETWEEN.all(db, { low: 1, high: 1 })).toHaveLength(1);
});

test('few ids are written out, many are one parameter, and none match nothing', () => {
  const named = (ids: readonly number[]) => db.selectFrom('counter').select('name').where('n', 'in', idList(ids));
  const many = Array.from({ length: 100 }, (_, at) => at + 2);
  expect(named([1, 3]).compile().parameters).toEqual([]);
  expect(named(many).compile().parameters).toEqual([JSON.stringify(many)]);
  expect(db.all(named([1, 3]))).toEqual([{ name: 'a' }, { name: 'c' }]);
  expect(db.all(named(many))).toEqual([{ name: 'b' }, { name: 'c' }]);
  expect(db.all(named([]))).toEqual([]);
});

test('a family builds each of its statements once', () => {
  const built: string[] = [];
  const NAMES = byShape((scope: 'all' | 'above') => {
    built.push(scope);
    return telemetryStatement((counters, param: Param<{ low?: number | undefined }>) => {
      const select = counters.selectFrom('counter').select('name').orderBy('n');
      return scope === 'all' ? select : select.where('n', '>', param('low'));
    });
  });
  expect(NAMES('above').all(db, { low: 1 })).toEqual([{ name: 'b' }, { name: 'c' }]);
  expect(NAMES('all').all(db, {})).toHaveLength(3);
  expect(NAMES('above').all(db, { low: 2 })).toEqual([{ name: 'c' }]);
  expect(built).toEqual(['above', 'all']);
});

test('a statement refuses to run without a value that it uses', () => {
  const ABOVE = telemetryStatement((counters, param: Param<{ low?: number | undefined }>) =>
    counters.selectFrom('counter').select('name').where('n', '>', param('low')),
  );
  expect(() => ABOVE.all(db, {})).toThrow(TypeError);
});

test('a family by filters has one statement for each set of given filters', () => {
  const built: string[] = [];
  const NAMES = byFilters(['least', 'most'], (given) => {
    built.push([...given].join());
    return telemetryStatement((counters, param: Param<{ least?: number | undefined; most?: number | undefined }>) => {
      let select = counters.selectFrom('counter').select('name').orderBy('n');
      if (given.has('least')) select = select.where('n', '>=', param('least'));
      if (given.has('most')) select = select.where('n', '<=', param('most'));
      return select;
    });
  });
  const named = (query: { least?: number; most?: number }) => NAMES(query).all(db, query);
  expect(named({})).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
  expect(named({ least: 2 })).toEqual([{ name: 'b' }, { name: 'c' }]);
  expect(named({ most: 2 })).toEqual([{ name: 'a' }, { name: 'b' }]);
  expect(named({ most: 2, least: 2 })).toEqual([{ name: 'b' }]);
  expect(named({ least: 3 })).toEqual([{ name: 'c' }]);
  expect(built).toEqual(['', 'least', 'most', 'least,most']);
});
