import Database from 'better-sqlite3';
import { beforeEach, expect, test } from 'vitest';
import { migrate } from '../migrate.ts';
import { mergeErrors, saveErrorState } from './error-states.ts';

let control: Database.Database;
beforeEach(() => {
  control = new Database(':memory:');
  migrate(control, ':memory:', 'migrations/sqlite/control');
});

const decide = (fingerprint: string, state: 'resolved' | 'ignored', atMs: number) =>
  saveErrorState(control, { function: 'f', fingerprint, state, atMs, versions: ['7', null] });
const merge = (fingerprints: readonly string[], into: string | null, name = 'f') =>
  mergeErrors(control, { function: name, fingerprints, into });
const rows = () =>
  (control.prepare('SELECT * FROM error_state ORDER BY function, fingerprint').all() as object[]).map(Object.values);

test('a decision replaces the one before; a merge stays', () => {
  decide('a', 'ignored', 1);
  merge(['a'], 'b');
  decide('a', 'resolved', 2);
  expect(rows()).toEqual([['f', 'a', 'resolved', 2, '["7",""]', 'b']]);
});

test('what was merged into a group moves with it', () => {
  merge(['a', 'b'], 'c');
  merge(['a'], 'x', 'g');
  merge(['c'], 'd');
  expect(rows()).toEqual([
    ['f', 'a', 'open', 0, '[]', 'd'],
    ['f', 'b', 'open', 0, '[]', 'd'],
    ['f', 'c', 'open', 0, '[]', 'd'],
    ['g', 'a', 'open', 0, '[]', 'x'],
  ]);
});

test('a group that is separated keeps its decision', () => {
  decide('a', 'ignored', 1);
  merge(['a', 'b'], 'c');
  merge(['a'], null);
  expect(rows()).toEqual([
    ['f', 'a', 'ignored', 1, '["7",""]', null],
    ['f', 'b', 'open', 0, '[]', 'c'],
  ]);
});
