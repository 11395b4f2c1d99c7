/** The first wall of the console (docs/sql.md): one statement that reads, without names of schemas and what SQLite keeps for itself. */
import { expect, test } from 'vitest';
import { SqlRefusal } from '../../sql/refusal.ts';
import { checkStatement } from './guard.ts';

/** `message at offset` of a refusal; null if the statement passes. */
function fault(sql: string): string | null {
  try {
    checkStatement(sql);
    return null;
  } catch (error) {
    if (!(error instanceof SqlRefusal)) throw error;
    return `${error.message} at ${error.at}`;
  }
}

test.each([
  'SELECT 1',
  'select 1',
  '  Values (1)',
  '-- a\nWITH a AS (SELECT 1) SELECT * FROM a',
  'SELECT 1;',
  'SELECT 1; -- the end',
  // A schema is one only before a dot, and what only looks like a function of files is a text or a column.
  'SELECT main, temp FROM functions',
  "SELECT 'readfile', 'fts5'",
  'SELECT "main" FROM (SELECT 1 AS main)',
  'SELECT sqlite, pragma, sqlitex_y FROM functions',
  'SELECT x.sqlite FROM functions x',
  'SELECT functions.name FROM functions',
])('%j passes', (sql) => {
  expect(fault(sql)).toBeNull();
});

const BEGIN = 'expected a statement that begins with SELECT, WITH or VALUES';
test.each([
  ['', `${BEGIN} at 0`],
  ['  -- nothing', `${BEGIN} at 0`],
  ['  UPDATE x', `${BEGIN}: the console only reads at 2`],
  ["'select' 1", `${BEGIN}: the console only reads at 0`],
  ['"select" 1', `${BEGIN}: the console only reads at 0`],
  ['SELECT 1\0', 'unexpected NUL at 8'],
  ['\0', 'unexpected NUL at 0'],
  ['SELECT 1; SELECT 2', 'expected one statement at 10'],
  ['SELECT 1;;', 'expected one statement at 9'],
  ['SELECT main.x', 'names of views have no schema before them: leave out main. at 7'],
  ['SELECT "TEMP" . x', 'names of views have no schema before them: leave out "TEMP". at 7'],
  ['SELECT ?1', '?1: parameters are not supported; write the value at 7'],
  [`SELECT @${'a'.repeat(60)}`, `@${'a'.repeat(49)}: parameters are not supported; write the value at 7`],
  ["SELECT 'a", "unterminated ' at 7"],
  ['SELECT "a', 'unterminated " at 7'],
  ['SELECT `a', 'unterminated ` at 7'],
  ['SELECT [a', 'unterminated [ at 7'],
  ['SELECT \\', 'unexpected character "\\\\" at 7'],
  ["SELECT * FROM 'sqlite_schema'", "'sqlite_schema' is not available here: query the documented views at 14"],
  ['SELECT * FROM Pragma_List', 'Pragma_List is not available here: query the documented views at 14'],
  ['SELECT ReadFile(1)', 'ReadFile is not available here: query the documented views at 7'],
  ['SELECT rtreecheck(1)', 'rtreecheck is not available here: query the documented views at 7'],
])('%j does not: %s', (sql, expected) => {
  expect(fault(sql)).toBe(expected);
});

test('65,536 characters are the longest statement', () => {
  const of = (length: number): string => `SELECT '${'x'.repeat(length - 9)}'`;
  expect(of(65_536)).toHaveLength(65_536);
  expect([fault(of(65_536)), fault(of(65_537))]).toEqual([null, 'expected at most 65536 characters at null']);
});

test('200 parentheses are the deepest, and those side by side do not count', () => {
  const deep = (n: number): string => `SELECT ${'('.repeat(n)}1${')'.repeat(n)}`;
  expect(fault(deep(200))).toBeNull();
  expect(fault(deep(201))).toBe('expected at most 200 nested parentheses at 207');
  expect(fault(`SELECT ${'(1)+'.repeat(500)}1`)).toBeNull();
  expect(fault(`SELECT '${'('.repeat(500)}'`)).toBeNull();
});

test('the tokens of what passes are returned', () => {
  expect(checkStatement('SELECT a -- b').map(({ text }) => text)).toEqual(['SELECT', 'a']);
});
