import { describe, expect, test } from 'vitest';
import { SqlRefusal } from '../../sql/refusal.ts';
import { readStatement, withQuantiles, withViews } from './statement.ts';

function refusal(sql: string): SqlRefusal {
  try {
    readStatement(sql);
  } catch (error) {
    if (error instanceof SqlRefusal) return error;
    throw error;
  }
  throw new Error(`not refused: ${sql}`);
}

test('a statement is what is between its first word and its semicolon', () => {
  expect(readStatement('-- a\n SELECT 1 ; -- b').sql).toBe('SELECT 1');
  expect(readStatement("select 'a;\\'b' /* ; */").sql).toBe("select 'a;\\'b'");
});

test.each([
  ['', 0, 'begins with SELECT or WITH'],
  ['  DROP TABLE a', 2, 'begins with SELECT or WITH'],
  ['SELECT 1; SELECT 2', 8, 'one statement'],
  ['SELECT {a:UInt8}', 7, 'parameters are not supported'],
  ['SELECT `a\n`', 7, 'to be closed'],
  ['SELECT `a(b)`', 7, 'to be closed'],
  ["SELECT 'a\\'", 7, 'to be closed'],
  ['SELECT $$a$$', 7, 'unexpected character "$"'],
  ['SELECT 1\0', 8, 'unexpected character'],
  [`SELECT ${'('.repeat(201)}`, 207, 'nested'],
])('%j is refused at %i', (sql, at, message) => {
  const found = refusal(sql);
  expect([found.at, found.message]).toEqual([at, expect.stringContaining(message)]);
});

test('65,536 characters are the most', () => {
  const most = `SELECT '${'x'.repeat(65_536 - 9)}'`;
  expect(readStatement(most).sql).toHaveLength(65_536);
  expect(refusal(`${most} `).message).toContain('65536');
});

describe('quantile', () => {
  const rewritten = (sql: string): string => withQuantiles(readStatement(sql));

  test('with two arguments is written out, and with others left', () => {
    const text = rewritten(
      '  SELECT quantile(if(a, b, c), 0.5) AS p, quantile(0.5)(x), "quantile"(a, 1), quantile(s, q) FROM t',
    );
    expect(text.startsWith('SELECT (if(arraySum(')).toBe(true);
    expect(text).toContain('sumMap(if(a, b, c))');
    expect(text).toContain('sumMap(s)');
    expect(text).toContain(' AS p, quantile(0.5)(x), "quantile"(a, 1), (if(');
    expect(text.endsWith(' FROM t')).toBe(true);
  });

  test('inside of a text is none', () => {
    for (const sql of [
      "SELECT 'quantile(a, 0.5)'",
      'SELECT quantile(a)',
      'SELECT quantile(a, b, c)',
      'SELECT 1 -- quantile(a, 1)\n',
    ])
      expect(rewritten(sql)).toBe(sql.split(' --')[0]);
  });

  test('more than fifty are refused', () => {
    const many = Array.from({ length: 51 }, () => 'quantile(a, 1)').join();
    expect(() => rewritten(`SELECT ${many}`)).toThrow('at most 50');
  });
});

test('views that are named come before the statement, also before its own expressions', () => {
  const views = { functions: 'SELECT 1', costs: 'SELECT 2', errors: 'SELECT 3' };
  expect(withViews('SELECT errors FROM costs', views)).toBe(
    'WITH costs AS (SELECT 2),\nerrors AS (SELECT 3)\nSELECT errors FROM costs',
  );
  expect(withViews('with recursive n AS (SELECT 1) SELECT * FROM n, functions', views)).toBe(
    'with recursive functions AS (SELECT 1),\n n AS (SELECT 1) SELECT * FROM n, functions',
  );
  expect(withViews('SELECT costs_2', views)).toBe('SELECT costs_2');
});
