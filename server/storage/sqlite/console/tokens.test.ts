/** Tokens as SQLite's documentation of its syntax draws them (https://www.sqlite.org/syntax.html). */
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../../test/support/law.ts';
import { sqlTokens } from './tokens.ts';

const written = (sql: string): readonly string[] => sqlTokens(sql).map(({ kind, text }) => `${kind} ${text}`);

test.each<[sql: string, expected: readonly string[]]>([
  ['', []],
  [' \t\r\n\f\ufeff', []],
  ['a-- b\nc', ['name a', 'name c']],
  ['a--', ['name a']],
  ['a/**/b/* * / **/c', ['name a', 'name b', 'name c']],
  ['a/*b', ['name a']],
  ['a/b', ['name a', 'sign /', 'name b']],
  ['über_1$ b', ['name über_1$', 'name b']],
  ['1a', ['number 1a']],
  ['0x1F 0XaB_c', ['number 0x1F', 'number 0XaB_c']],
  ['12 1_000 1.5 1. .5 .5_5', ['number 12', 'number 1_000', 'number 1.5', 'number 1.', 'number .5', 'number .5_5']],
  ['1e5 1E+5 1.5e-30 .5e12_3', ['number 1e5', 'number 1E+5', 'number 1.5e-30', 'number .5e12_3']],
  ['1-5 1e', ['number 1', 'sign -', 'number 5', 'number 1e']],
  ['1.5.2', ['number 1.5', 'number .2']],
  ['a.5', ['name a', 'number .5']],
  ['x1', ['name x1']],
  ["x'ab' X'CD' x'e", ["number x'ab'", "number X'CD'", "number x'e"]],
  ["'a' 'it''s' ''", ["text 'a'", "text 'it''s'", "text ''"]],
  ['"a" "say ""b""" `c``d` [e"f]', ['name "a"', 'name "say ""b"""', 'name `c``d`', 'name [e"f]']],
  ['? ?1 ?23', ['variable ?', 'variable ?1', 'variable ?23']],
  [':a @b $c #1', ['variable :a', 'variable @b', 'variable $c', 'variable #1']],
  ['$a::b::c(d e)f', ['variable $a::b::c(d e)', 'name f']],
  ['$a::b(c', ['variable $a::b(c']],
  ['?a', ['variable ?', 'name a']],
  [
    '-> ->> || < <= <> << > >= >> = == !=',
    ['->', '->>', '||', '<', '<=', '<>', '<<', '>', '>=', '>>', '=', '==', '!='].map((sign) => `sign ${sign}`),
  ],
  ['-+*/%&~|(),.;', [...'-+*/%&~|(),.;'].map((sign) => `sign ${sign}`)],
  ['a!b', ['name a', 'illegal !', 'name b']],
  ["'a", ["illegal '", 'name a']],
  ['"a', ['illegal "', 'name a']],
  ['`', ['illegal `']],
  ['[a', ['illegal [', 'name a']],
  ['\0', ['illegal \0']],
  [':', ['illegal :']],
  ['\\ {', ['illegal \\', 'illegal {']],
])('%j', (sql, expected) => {
  expect(written(sql)).toEqual(expected);
});

test.each([
  ['Main', 'main'],
  ['"Main"', 'main'],
  ["'MAIN'", 'main'],
  ['[Main]', 'main'],
  ['`MAIN`', 'main'],
  ['"a""B"', 'a"b'],
  ["'it''S'", "it's"],
  ['`c``D`', 'c`d'],
  // Letters beyond ASCII are not folded.
  ['ÄB', 'Äb'],
  ['"İ"', 'İ'],
  ['12', ''],
  [';', ''],
])('the name in %s is %j', (sql, value) => {
  expect(sqlTokens(sql).map((token) => token.value)).toEqual([value]);
});

test('a token says where it begins', () => {
  expect(sqlTokens("SELECT /* x */ 'ü',\n  1.5").map(({ text, at }) => [text, at])).toEqual([
    ['SELECT', 0],
    ["'ü'", 15],
    [',', 18],
    ['1.5', 22],
  ]);
});

const db = new Database(':memory:');
const PARTS = [
  ...['1', '12', '0x1F', '1.5', '.5', '1.', '1e3', '2E-2', '1.5e+2', "'a'", "'it''s'", "''", "x'ab'", 'NULL', 'TRUE'],
  ...['+', '-', '*', '/', '%', '||', '<', '<=', '<>', '<<', '>', '>=', '>>', '=', '==', '!=', '&', '|', '~'],
  ...['(', ')', ',', ' ', '\n', '/* x */', '-- y\n', 'AS a', 'AS "b"', 'AS [c]', 'AND', 'IS', 'NOT'],
] as const;

/** Rows of a query with the names of their columns, or null if SQLite refuses it. */
function answered(sql: string): unknown {
  try {
    const statement = db.prepare(sql);
    return [statement.columns().map(({ name }) => name), statement.raw().all()];
  } catch {
    return null;
  }
}

/** Literals whose text is the name of their column would be another name with blanks. */
const hasNames = (sql: string): string => `WITH q(z) AS (SELECT ${sql}) SELECT z FROM q`;

test('SQLite answers the tokens with blanks between them as it answers the statement', () => {
  let answers = 0;
  law(
    fc.property(fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 8 }), (parts) => {
      const sql = hasNames(parts.join(''));
      const expected = answered(sql);
      if (expected === null) return;
      answers += 1;
      const tokens = sqlTokens(sql);
      expect(tokens.some(({ kind }) => kind === 'illegal')).toBe(false);
      expect(answered(tokens.map(({ text }) => text).join(' '))).toEqual(expected);
    }),
    { numRuns: 5000 },
  );
  expect(answers).toBeGreaterThan(200);
});
