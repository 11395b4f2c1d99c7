/** The report, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { periodOf } from '../../../server/http/contract/periods.ts';
import { changeOf, costRows } from '../../../server/http/contract/report-rows.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Report } from './report.tsx';

afterEach(restore);

type Result = NonNullable<Answers['runQuery']>;
const result = (costs: Readonly<Record<string, number | null>>): Result => ({
  ...(examples.runQuery.answer as Result),
  groups: Object.entries(costs).map(([name, sum]) => ({
    group: { function: `1:eu-west-1:${name}` },
    n: 1,
    values: { sum },
    interval: null,
    unknown: null,
    costReason: null,
    series: [],
  })),
});
const show = (search = '', answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Report, {}), { path: '/report', search, answers, failures });

test('a period before without data is said once', async () => {
  const none = { ...examples.getOverview.answer, functions: 0, invocations: 0 };
  const { text } = await show('?period=2026-10', { getOverview: none });
  expect(text).toContain('October 2026, in UTC. No data of September 2026 to compare with.');
});

test('a period before with data of some days is not compared with', async () => {
  // September has data from the 22nd on, at 10:00: nine of thirty days.
  const range = { from: '2026-09-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z', bucketMs: 10_800_000 };
  const part = { ...examples.getOverview.answer, range, dataFrom: '2026-09-22T10:00:00.000Z' };
  const page = await show('?by=function', { getOverview: part, runQuery: result({ checkout: 2 }) });
  expect(page.text).toContain(
    'Not comparable with September 2026: the functions with most invocations have data of 9 of its 30 days.',
  );
  expect(page.text).not.toContain('against the period before');
  expect(page.tile('Coverage').note).toBe('data of 9 of 30 days, from 2026-09-22 on');
  expect(page.table('Cost by function')[1]).toEqual(['checkout', '$2.00', '$2.00', '–', MONTHS_OF('$2.00')]);
});

/** What is told of the bars of a trend of one cost. */
const MONTHS_OF = (cost: string): string =>
  ['May', 'June', 'July', 'August', 'September', 'October'].map((month) => `${month} 2026: ${cost}`).join(' ');

test('the last whole month against the one before, by days of the calendar', async () => {
  const page = await show('?by=function', { runQuery: result({ checkout: 2 }) });
  // Shown on 28 November 2026.
  expect(page.text).toContain('October 2026, in UTC, against September 2026.');
  expect(page.requested.filter((address) => address.startsWith('/api/v1/overview'))).toEqual([
    '/api/v1/overview?from=2026-10-01T00%3A00%3A00.000Z&to=2026-11-01T00%3A00%3A00.000Z',
    '/api/v1/overview?from=2026-09-01T00%3A00%3A00.000Z&to=2026-10-01T00%3A00%3A00.000Z',
  ]);
  expect(page.sent.map(([, body]) => (body as { from: string }).from.slice(0, 10))).toEqual([
    '2026-10-01',
    '2026-09-01',
    '2026-08-01',
    '2026-07-01',
    '2026-06-01',
    '2026-05-01',
  ]);
  expect(page.table('Cost by function')).toEqual([
    ['Function', 'October 2026', 'Before', 'Change', 'Trend: May 2026 – October 2026'],
    ['checkout', '$2.00', '$2.00', '+0 %September 2026: $2.00', MONTHS_OF('$2.00')],
  ]);
});

test('by team where functions have one; those without are a row, and the filters go along', async () => {
  const groups = [
    ['shop', 3],
    [null, 1],
  ].map(([team, sum]) => ({ group: { 'tag.team': team }, n: 1, values: { sum } }));
  const answer = { ...result({}), groups: groups.map((one) => ({ ...result({ x: 1 }).groups[0], ...one })) };
  const page = await show('?tag=team:shop&tag=!team&vpc=false', { runQuery: answer as Result });
  expect(page.table('Cost by team')).toEqual([
    ['team', 'October 2026', 'Before', 'Change', 'Trend: May 2026 – October 2026'],
    ['shop', '$3.00', '$3.00', '+0 %September 2026: $3.00', MONTHS_OF('$3.00')],
    ['no team', '$1.00', '$1.00', '+0 %September 2026: $1.00', MONTHS_OF('$1.00')],
  ]);
  const range = 'from=2026-10-01T00%3A00%3A00.000Z&to=2026-11-01T00%3A00%3A00.000Z&sort=-cost';
  expect(page.link('shop')).toBe(`/functions?vpc=false&${range}&tag=team%3Ashop`);
  expect(page.link('no team')).toBe(`/functions?vpc=false&${range}&tag=%21team`);
  expect(page.sent[0]?.[1]).toMatchObject({
    groupBy: ['tag.team'],
    filters: [
      { field: 'vpc', value: false },
      { field: 'tag.team', op: 'in', value: ['shop', null] },
    ],
  });
  await page.fill('cost by', 'region');
  expect(page.address).toBe('/report?tag=team%3Ashop&tag=%21team&vpc=false&by=region');
});

test('a row leads to the functions of its figure: filters by other tags stay, and a key with a colon is escaped', async () => {
  const groups = ['blue', null].map((value) => ({ group: { 'tag.aws:stack': value }, n: 1, values: { sum: 3 } }));
  const answer = { ...result({}), groups: groups.map((one) => ({ ...result({ x: 1 }).groups[0], ...one })) };
  const [tag] = examples.listTags.answer.items;
  if (tag === undefined) throw new Error('no example');
  const page = await show('?tag=tier:gold&tag=aws\\:stack:blue&by=tag.aws:stack', {
    runQuery: answer as Result,
    listTags: { ...examples.listTags.answer, items: [{ ...tag, key: 'aws:stack' }] },
  });
  const tagsOf = (name: string): readonly string[] =>
    new URL(page.link(name), 'http://thermocline.test').searchParams.getAll('tag');
  expect(tagsOf('blue')).toEqual(['tier:gold', 'aws\\:stack:blue']);
  expect(tagsOf('no aws:stack')).toEqual(['tier:gold', '!aws\\:stack']);
  restore();
  const byRegion = { group: { region: 'eu-west-1' }, n: 1, values: { sum: 3 } };
  const regions = { ...result({}), groups: [{ ...result({ x: 1 }).groups[0], ...byRegion }] };
  const other = await show('?tag=tier:gold&by=region', { runQuery: regions as Result });
  const { searchParams } = new URL(other.link('eu-west-1'), 'http://thermocline.test');
  expect([searchParams.get('region'), searchParams.getAll('tag')]).toEqual(['eu-west-1', ['tier:gold']]);
});

test('without tags, costs are by function', async () => {
  const none = { ...examples.listTags.answer, items: [] } as NonNullable<Answers['listTags']>;
  const page = await show('', { runQuery: result({ checkout: 2 }), listTags: none });
  expect(page.table('Cost by function')[1]?.[0]).toBe('checkout');
});

test('another period is chosen in the address, and one that has not ended says so', async () => {
  const page = await show('?period=2026-W47');
  expect(page.text).toContain('Week 47, 2026-11-16 to 2026-11-22, in UTC, against Week 46, 2026-11-09 to 2026-11-15.');
  await page.fill('period', '2026-11');
  expect(page.address).toBe('/report?period=2026-11');
  expect(page.text).toContain('November 2026, in UTC, which has not ended yet.');
});

test('rows: the most expensive first, new and vanished functions, and what is not known', () => {
  const period = periodOf('2026-10');
  if (period === null) throw new Error('no period');
  const byPeriod = new Map([
    ['2026-10', result({ checkout: 1, search: 3, odd: null })],
    ['2026-09', result({ checkout: 2, gone: 5 })],
    ['2026-08', result({ checkout: 4 })],
  ]);
  const rows = costRows(byPeriod, period, 'function');
  expect(rows.map(({ id, costUsd, beforeUsd, trend }) => [id?.split(':').at(-1), costUsd, beforeUsd, trend])).toEqual([
    ['search', 3, null, [null, null, null, null, null, 3]],
    ['checkout', 1, 2, [null, null, null, 4, 2, 1]],
    ['odd', null, null, [null, null, null, null, null, null]],
    ['gone', 0, 5, [null, null, null, null, 5, 0]],
  ]);
  expect([changeOf(1, 2), changeOf(3, null), changeOf(null, 2), changeOf(1, 0)]).toEqual([-0.5, null, null, null]);
});

test('failures', async () => {
  const page = await show('', {}, { getOverview: { code: 'deadline' } });
  expect(page.text).toContain('Failed to load the report.');
  restore();
  const costs = await show('', {}, { runQuery: { code: 'unavailable' } });
  expect(costs.text).toContain('Failed to load the costs.');
});
