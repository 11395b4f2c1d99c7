/** Trees are as ClickHouse 26.7 prints them; test/clickhouse/sql.test.ts asks it. */
import { expect, test } from 'vitest';
import { SqlRefusal } from '../../sql/refusal.ts';
import { mayCall, mayReadFrom } from './functions.ts';
import { checkSyntaxTree } from './syntax-tree.ts';

/** A SELECT of the given nodes, which begin at the third level. */
const select = (...nodes: readonly string[]): readonly string[] => [
  'SelectWithUnionQuery (children 1)',
  ' ExpressionList (children 1)',
  '  SelectQuery (children 2)',
  '   ExpressionList (children 1)',
  ...nodes,
  '',
];
const FROM = [
  '   TablesInSelectQuery (children 1)',
  '    TablesInSelectQueryElement (children 1)',
  '     TableExpression (children 1)',
];

function refusal(lines: readonly string[]): string | null {
  try {
    checkSyntaxTree(lines, new Set(['reject']), ['functions', 'costs'], (name) => name.length);
    return null;
  } catch (error) {
    if (error instanceof SqlRefusal) return `${error.at} ${error.message}`;
    throw error;
  }
}

test('views, expressions and functions that compute are allowed', () => {
  const lines = select(
    '    Function sum (alias n) (children 1)',
    '     ExpressionList (children 1)',
    '      Identifier reject',
    ...FROM,
    '      TableIdentifier functions (alias f)',
  );
  expect(refusal(lines)).toBeNull();
  expect(refusal(select('    Literal UInt64_1', ...FROM, '      Function numbers (children 1)'))).toBeNull();
});

test.each([
  [['      TableIdentifier reject (alias functions)'], '6 no such view: reject. Views: functions, costs'],
  [['      TableIdentifier system.tables'], '6 names of views have no database before them: system.tables'],
  [['      Function file (children 1)'], '4 no such view: file(). Queries read the documented views'],
  [['      Function sum (children 1)'], '3 no such view: sum(). Queries read the documented views'],
])('a table other than a view is not: %j', (nodes, message) => {
  expect(refusal(select('    Asterisk', ...FROM, ...nodes))).toBe(message);
});

test('the right side of IN may not be a table, its left side is a column', () => {
  const member = (...sides: readonly string[]) =>
    refusal(select('    Function globalNotIn (children 1)', '     ExpressionList (children 2)', ...sides));
  expect(member('      Literal UInt64_1', '      Identifier reject')).toContain('no such view: reject');
  expect(
    member(
      '      Function plus (children 1)',
      '       ExpressionList (children 1)',
      '        Identifier a',
      '      Identifier a.b',
    ),
  ).toContain('no database before them: a.b');
  expect(member('      Identifier reject', '      Literal Tuple_(UInt64_1, UInt64_2)')).toBeNull();
  expect(member('      Identifier f.name', '      Identifier costs')).toBeNull();
});

test.each([
  ['    Set', 'SETTINGS is not available here'],
  ['    ColumnsApplyTransformer', 'APPLY is not available here'],
  ['    QueryParameter x:UInt8', 'a parameter is not available here'],
  ['    SampleRatio 0.1', 'SAMPLE is not available here'],
  ['    NodeOfALaterVersion', 'NodeOfALaterVersion is not available here'],
])('%s is refused', (node, message) => {
  expect(refusal(select(node))).toContain(message);
});

test('a format or a file is another child of the root, and another statement another root', () => {
  const [, ...rest] = select('    Literal UInt64_1');
  expect(refusal(['SelectWithUnionQuery (children 2)', ...rest, ' Identifier JSON'])).toContain('FORMAT');
  expect(refusal(['InsertQuery   (children 1)', ' Identifier a'])).toContain('returns rows');
  expect(refusal([])).toContain('returns rows');
});

test('functions that compute may be called; tables that are computed may be read', () => {
  for (const name of [
    'sum',
    'sumIf',
    'COUNT',
    'quantileExact',
    'toStartOfHour',
    'arrayMap',
    'JSONExtractString',
    'has',
    'addDays',
    'isNull',
    'formatDateTime',
  ])
    expect([name, mayCall(name)]).toEqual([name, true]);
  for (const name of [
    ...[
      'file',
      'url',
      'dictGet',
      'dictGetOrDefault',
      'joinGet',
      'getSetting',
      'getMacro',
      'hostName',
      'currentUser',
      'user',
      'version',
    ],
    ...[
      'sleep',
      'sleepEachRow',
      'hasColumnInTable',
      'addressToLine',
      'demangle',
      'catboostEvaluate',
      'executable',
      'evalMLMethod',
    ],
    ...[
      'currentDatabase',
      'uptime',
      'queryID',
      'getClientHTTPHeader',
      'filesystemAvailable',
      'isMergeTreePartCoveredBy',
      'throwIf',
      'summ()x y',
    ],
  ])
    expect([name, mayCall(name)]).toEqual([name, false]);
  expect(['numbers', 'generate_series', 'generateSeries', 'values'].every(mayReadFrom)).toBe(true);
  for (const name of ['file', 'merge', 'remote', 'view', 'numbers2', 'input', 'url'])
    expect([name, mayReadFrom(name)]).toEqual([name, false]);
});
