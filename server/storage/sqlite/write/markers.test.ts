import Database from 'better-sqlite3';
import { beforeEach, expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { addMarker, deleteMarker } from './markers.ts';

let control: Database.Database;
beforeEach(() => {
  control = new Database(':memory:');
  migrate(control, ':memory:', 'migrations/sqlite/control');
});

const UNSAID = { label: null, version: null, author: null, url: null };
const marker = (id: string, atMs: number, commit: string | null = null) => ({
  ...{ id, atMs, functions: ['checkout', 'orders-*'], commit, ...UNSAID },
  sender: 'pipeline',
});
const at = (nowMs: number) => ({ nowMs, isDated: true });
const ids = () => control.prepare('SELECT id FROM marker ORDER BY at_ms, id').pluck().all();

test('a marker that is sent again is the same one, whoever repeats it', () => {
  expect(addMarker(control, marker('a', 1000, 'f00d'), at(5))).toBe(1000);
  expect(addMarker(control, { ...marker('a', 1000, 'f00d'), sender: 'other' }, at(9))).toBe(1000);
  expect(addMarker(control, marker('a', 7000, 'f00d'), { nowMs: 7000, isDated: false })).toBe(1000);
  expect(control.prepare('SELECT * FROM marker').all()).toEqual([
    {
      ...{ id: 'a', at_ms: 1000, received_ms: 5, functions: '["checkout","orders-*"]', revision: 'f00d' },
      ...UNSAID,
      sender: 'pipeline',
    },
  ]);
});

test.each([
  ['another commit', { commit: 'beef' }],
  ['no commit', { commit: null }],
  ['another time', { atMs: 1001 }],
  ['other functions', { functions: [] }],
  ['a version', { version: '7' }],
])('an id with %s is refused, and the first marker stays', (_, other) => {
  addMarker(control, marker('a', 1000, 'f00d'), at(5));
  expect(addMarker(control, { ...marker('a', 1000, 'f00d'), ...other }, at(9))).toBe(null);
  expect(control.prepare('SELECT at_ms, revision FROM marker').all()).toEqual([{ at_ms: 1000, revision: 'f00d' }]);
});

test('beyond ten thousand the oldest are deleted', () => {
  control.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
     INSERT INTO marker SELECT printf('m%05d', i), i, i, '[]', NULL, NULL, NULL, NULL, NULL, 'x' FROM n`,
  );
  addMarker(control, marker('new', 20_000), at(20_000));
  expect([ids().length, ids()[0], ids().at(-1)]).toEqual([10_000, 'm00002', 'new']);
});

test('a marker is deleted by its id', () => {
  addMarker(control, marker('a', 1), at(1));
  addMarker(control, marker('b', 2), at(2));
  expect([deleteMarker(control, 'a'), deleteMarker(control, 'a'), ids()]).toEqual([true, false, ['b']]);
});
