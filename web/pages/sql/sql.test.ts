/** The page SQL: a statement is run, its rows or its error are shown, and what was run can be run again. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Sql } from './sql.tsx';

afterEach(restore);

const show = (answers: Answers = {}, failures: Failures = {}, history: string | null = null) =>
  showPage(h(Sql, {}), {
    path: '/sql',
    answers,
    failures,
    stored: (key) => (key === 'sql-history' ? history : null),
  });

test('the rows of a statement, and that there are more', async () => {
  const page = await show();
  await page.fill('SQL statement', 'SELECT 1');
  await page.submit('Run');
  expect(page.sent).toEqual([['POST /api/v1/sql', { sql: 'SELECT 1', limit: 1000 }]]);
  expect(page.table('Result')).toEqual([
    ['function', 'usd'],
    ['checkout', '12.81'],
    ['search', '3.02'],
  ]);
  expect(page.section('Result')).toContain('The first 2 rows; there are more');
  expect(page.section('Views')).toContain('functions');
});

test('null is a dash, and text that would change the order of other text is escaped', async () => {
  const page = await show({ runSql: { columns: ['a'], rows: [[null], ['x\u202ey']], truncated: null } });
  await page.submit('Run');
  expect(page.table('Result')).toEqual([['a'], ['–'], ['x\\u202ey']]);
  expect(page.section('Result')).toContain('2 rows');
});

test('an error has its place', async () => {
  const message = 'line 1, column 8: no such column: x';
  const page = await show({}, { runSql: { code: 'invalid-request', errors: [{ field: 'sql', message }] } });
  await page.submit('Run');
  expect(page.section('Statement')).toContain(message);
  const late = await show({}, { runSql: { code: 'deadline', detail: 'The query took longer than 30 s' } });
  await late.submit('Run');
  expect(late.section('Statement')).toContain('The query took longer than 30 s');
});

test('the newest of earlier statements is there, and what is no list is none', async () => {
  const page = await show({}, {}, JSON.stringify(['SELECT 2', 'SELECT 3', 7]));
  await page.submit('Run');
  expect(page.sent[0]?.[1]).toMatchObject({ sql: 'SELECT 2' });
  expect((await show({}, {}, '{"a":')).text).not.toContain('Earlier statements');
});

test('where there is no console, it says why', async () => {
  const reason = 'The SQL console is switched off (THERMOCLINE_SQL_CONSOLE=off)';
  const page = await show({ getSqlSchema: { ...examples.getSqlSchema.answer, available: false, reason } });
  expect(page.text).toContain(reason);
});
