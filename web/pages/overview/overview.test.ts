/** The figures of the Overview page, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Overview } from './overview.tsx';

afterEach(restore);

const CHECKOUT = '111122223333:eu-west-1:checkout';
type Group = NonNullable<Answers['getOverview']>['findingGroups'][number];
const [EXAMPLE] = examples.getOverview.answer.findingGroups;
const group = (own: Partial<Group>): Group => {
  if (EXAMPLE === undefined) throw new Error('The contract has no example of a group.');
  return { ...EXAMPLE, wastedUsd: null, ...own };
};
const worst = (name: string, affected: number) => ({
  ...{ id: `111122223333:eu-west-1:${name}`, name, affected, parameters: {}, sentence: '' },
});
const answer: NonNullable<Answers['getOverview']> = {
  ...examples.getOverview.answer,
  range: { from: '2026-11-21T00:00:00.000Z', to: '2026-11-27T00:00:00.000Z', bucketMs: 10_800_000 },
  functions: 12,
  invocations: 1_234_567,
  errors: 881,
  errorRate: { value: 0.0714, low: 0.059, high: 0.085, n: 12_345, failures: 881, unknown: null },
  coldStarts: 844,
  userFeltColdStarts: 808,
  userFeltColdStartRate: { value: 0.423, low: 0.404, high: 0.45, n: 9999 },
  coldStartSeconds: 12_345,
  costUsd: 1_876_503.25,
  wastedUsd: 12.5,
  coverage: 0.9714,
  top: {
    ...examples.getOverview.answer.top,
    coldStartSeconds: [{ id: CHECKOUT, name: 'checkout', value: 258.51, n: 17_316 }],
    costUsd: [
      { id: CHECKOUT, name: 'checkout', value: 4321.5, n: 64 },
      { id: '111122223333:eu-west-1:search', name: 'search', value: 0.000_31, n: 1 },
    ],
  },
  findingGroups: [
    group({
      code: 'cold-starts',
      severity: 'medium',
      urgency: 1e12 + 808,
      sentence: 'Callers of 12 functions waited 808 times for a cold start, 259 s in total',
      affected: 808,
      functions: { total: 12, worst: ['checkout', 'basket', 'cart', 'auth'].map((name) => worst(name, 100)) },
      next: { code: 'cold-starts', functionId: CHECKOUT, parameters: {}, sentence: 'See why checkout starts cold' },
    }),
    group({
      code: 'out-of-memory',
      severity: 'high',
      urgency: 2e12,
      sentence: 'cart ran out of memory',
      wastedUsd: 12.5,
    }),
  ],
  previous: {
    ...{ isComplete: true, invocations: 1_100_000, errors: 700, userFeltColdStarts: 900, coldStartSeconds: 12_345 },
    range: { from: '2026-11-15T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z', bucketMs: 10_800_000 },
    errorRate: { value: 0.05, low: 0.04, high: 0.06, n: 14_000, failures: 700, unknown: null },
    userFeltColdStartRate: { value: 0.43, low: 0.41, high: 0.45, n: 9000 },
    ...{ costUsd: 2_000_000, coverage: 0.99, series: [] },
    differences: {
      errorRate: { value: 0.0214, low: 0.005, high: 0.0379 },
      userFeltColdStartRate: { value: -0.007, low: -0.034, high: 0.02 },
    },
  },
};
const recommendations: NonNullable<Answers['listRecommendations']> = {
  ...examples.listRecommendations.answer,
  findingGroups: [
    group({
      code: 'memory-saving',
      severity: 'low',
      urgency: 0.9,
      sentence: 'search would cost $1,235 a month less with 512 MB instead of 1024, and be 2.0 % slower',
      monthlySavingUsd: { value: 1234.5, low: 900, high: 1500.4 },
    }),
  ],
  looked: 8,
  undecided: 6,
};
const saving = group({
  code: 'memory-saving',
  next: {
    code: 'memory',
    functionId: '111122223333:eu-west-1:search',
    parameters: {},
    sentence: 'Compare cost of search',
  },
});
const show = (change: Partial<typeof answer> = {}, more: Answers = {}) =>
  showPage(h(Overview, {}), {
    search: '?from=now-7d&to=now-1d&tz=utc&q=x',
    answers: { getOverview: { ...answer, ...change }, listRecommendations: recommendations, ...more },
  });

test('asks for the range of the address', async () => {
  const { requested } = await show();
  expect(requested).toContain('/api/v1/overview?from=now-7d&to=now-1d&previous=true');
  expect(requested).toContain('/api/v1/cost/month?timeZone=UTC');
  // 14 days up to the full hour of the end: 2026-11-27T08:00 less 14 days.
  expect(requested).toContain(`/api/v1/recommendations?from=${Date.UTC(2026, 10, 13, 8)}&to=now-1d`);
});

test('each tile has its figure, unit and basis', async () => {
  const { tile, elements } = await show();
  expect(tile('Invocations')).toEqual({ value: '1.23 M', note: '12 functions' });
  expect(tile('Errors')).toEqual({
    value: '7.1 %',
    note: '881 failed invocations',
    detail: '5.9–8.5 %, n=12.3 k, assumes independent invocations',
  });
  expect(tile('User-felt cold starts')).toEqual({
    value: '42 %',
    note: '808 callers waited',
    detail: '40–45 %, n=9,999, assumes independent invocations',
  });
  expect(tile('Cold-start time')).toEqual({ value: '12.3 k s', note: 'init and restore that callers waited for' });
  expect(tile('Cost')).toEqual({
    value: '$1,876,503',
    note: '$12.50 on failed attempts',
    detail: 'By billed duration and requests.',
  });
  expect(tile('Coverage')).toEqual({ value: '97 %', note: 'attempts with START and REPORT' });
  // 1,234,567 against 1,100,000; +2.14 points of 5 %; −0.7 points, whose interval holds 0; the same; 1,876,503 against 2,000,000.
  const changes = elements('span').filter(({ attributes }) => attributes['class']?.startsWith('change'));
  expect(changes.map(({ attributes, text }) => [attributes['class']?.trim(), text.split(' in the period')[0]])).toEqual(
    [
      ['change', '+12 %1.10 M'],
      ['change worse', '+2.1 pointsworse: 5.0 %'],
      ['change', '-0.70 points43 %'],
      ['change', 'unchanged12.3 k s'],
      ['change', '-6.2 %$2,000,000'],
    ],
  );
  expect(changes[2]?.text).toContain(
    '43 % in the period of equal length before: 95 % interval of the difference -3.4 to +2.0 points; not significant',
  );
});

test('a previous period that data does not cover is not compared', async () => {
  const { elements } = await show({ previous: answer.previous && { ...answer.previous, isComplete: false } });
  expect(elements('span').some(({ attributes }) => attributes['class']?.startsWith('change'))).toBe(false);
});

test('the month has its forecast with an interval, or why there is none', async () => {
  const month = examples.getMonthCost.answer;
  const known = {
    ...month,
    costUsd: 1234.5,
    forecast: { value: 1500, low: 1400, high: 1600, weeks: 4 },
    forecastReason: null,
  };
  expect((await show({}, { getMonthCost: known })).tile('This month')).toEqual({
    value: '$1,235',
    note: '$1,500 at its end',
    detail: '2026-11 in Europe/Berlin, until now. Forecast $1,500, 95 % interval $1,400 to $1,600, from 4 whole weeks.',
  });
  restore();
  expect((await show()).tile('This month')).toEqual({
    value: '$0.23',
    note: 'no forecast yet',
    detail:
      '2026-11 in Europe/Berlin, until now. Not known, because data covers 7 whole days before today: 21 are required.',
  });
});

test('one function is not several; what is not known is not zero', async () => {
  const { tile } = await show({
    functions: 1,
    costUsd: null,
    costReason: 'the region is not known',
    wastedUsd: null,
    costAssumed: true,
    coverage: null,
    coverageReason: 'no START lines',
    userFeltColdStarts: null,
  });
  expect(tile('Invocations').note).toBe('1 function');
  expect(tile('Cost')).toEqual({
    value: '–',
    note: 'failed attempts not known',
    detail: 'Some regions or architectures are assumed. the region is not known.',
  });
  expect(tile('Coverage')).toEqual({ value: '–', note: 'no START lines' });
  expect(tile('User-felt cold starts').note).toBe('not known');
});

test('the charts say what they show', async () => {
  const { section } = await show();
  expect(section('Invocations and errors')).toContain('1,234,567 invocations, 881 failed, per 3 h. Drag to zoom.');
  expect(section('Cold starts')).toContain('844 cold starts, 808 user-felt.');
});

describe('the period before in charts', () => {
  const [point] = examples.getOverview.answer.series;
  if (point === undefined) throw new Error('no example');
  const at = (text: string, invocations: number) => ({ ...point, at: `2026-11-${text}:00:00.000Z`, invocations });
  // Six days, and the six before them: the first of them has no data before 03:00.
  const series = [at('21T00', 10), at('21T03', 20), at('21T06', 30)];
  const earlier = answer.previous && { ...answer.previous, series: [at('15T03', 16), at('15T06', 40)] };
  const shown = (search: string, previous = earlier) =>
    showPage(h(Overview, {}), { search, answers: { getOverview: { ...answer, series, previous } } });

  test('is drawn where the address asks for it, at the times of this one, with gaps where it has no data', async () => {
    const page = await shown('?previous=1');
    const [line, ...others] = (page.charts.get('Invocations and errors')?.series ?? []).filter(
      ({ comparedWith }) => comparedWith !== undefined,
    );
    const times = [0, 3, 6].map((hour) => Date.UTC(2026, 10, 21, hour));
    const place = (values: readonly (number | null)[]) => times.map((x, index) => ({ x, y: values[index] }));
    expect(others).toEqual([]);
    expect([line?.label, line?.points, line?.comparedWith]).toEqual([
      'the period before',
      place([null, 16, 40]),
      place([10, 20, 30]),
    ]);
    expect(page.section('Invocations and errors')).not.toContain('period before');
    // Links keep it.
    expect(page.link('checkout')).toContain('previous=1');
  });

  test('is not drawn else, and a part without data is said', async () => {
    const without = await shown('?from=now-7d');
    expect(without.charts.get('Invocations and errors')?.series.map(({ label }) => label)).toEqual([
      'succeeded',
      'failed',
    ]);
    restore();
    const partly = await shown('?previous=1', earlier && { ...earlier, isComplete: false });
    expect(partly.section('Invocations and errors')).toContain('Of the period before, only a part has data, or none.');
  });
});

test('the lists of functions show value, n and a link with the range', async () => {
  const { table, link } = await show();
  expect(table('Most cold-start time')).toEqual([['checkout', '259 s', 'n=17.3 k']]);
  expect(table('Most expensive')).toEqual([
    ['checkout', '$4,322', 'n=64'],
    ['search', '$0.00031', 'n=1'],
  ]);
  expect(link('search')).toBe('/functions/111122223333%3Aeu-west-1%3Asearch?from=now-7d&to=now-1d&tz=utc');
});

test('what needs attention is listed by urgency, with money and a next step that keeps the range', async () => {
  const { section, link } = await show();
  const text = section('What needs attention');
  const order = ['cart ran out of memory', 'Callers of 12 functions waited', 'search would cost $1,235'];
  expect(order.map((part) => text.indexOf(part))).toEqual(
    order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
  );
  expect(text).toContain('high: cart ran out of memory');
  expect(text).toContain('$12.50 wasted');
  expect(text).toContain('checkout 100, basket 100, cart 100 and 9 more');
  expect(text).toContain('95 % interval $900 to $1,500 a month');
  expect(text).toContain(
    'Memory sizes analysed over 14 days for the 8 most expensive functions; 6 of them inconclusive.',
  );
  expect(link('See why checkout starts cold')).toBe(
    '/functions/111122223333%3Aeu-west-1%3Acheckout?from=now-7d&to=now-1d&tz=utc&tab=cold-starts',
  );
  expect(link('basket')).toBe(
    '/functions/111122223333%3Aeu-west-1%3Abasket?from=now-7d&to=now-1d&tz=utc&tab=cold-starts',
  );
});

test('the next step about a memory size, found in 14 days, leaves the range as it is', async () => {
  // The end of the range is a day ago: 14 days up to the full hour of the end, 2026-11-27T08:00 less 14 days, as they were asked for.
  const from = Date.UTC(2026, 10, 13, 8);
  const { link, requested } = await show({}, { listRecommendations: { ...recommendations, findingGroups: [saving] } });
  expect(requested).toContain(`/api/v1/recommendations?from=${from}&to=now-1d`);
  expect(link('Compare cost of search')).toBe(
    '/functions/111122223333%3Aeu-west-1%3Asearch?from=now-7d&to=now-1d&tz=utc&tab=memory',
  );
});

test('where a finding counts fewer callers than the total, it is said why', async () => {
  const [first, ...others] = answer.findingGroups;
  if (first === undefined) throw new Error('no group');
  const why = /(\d+) more at functions where few callers waited/;
  const fewer = await show({ userFeltColdStarts: 1819, findingGroups: [{ ...first, affected: 1804 }, ...others] });
  expect(why.exec(fewer.section('What needs attention'))?.slice(1)).toEqual(['15']);
  restore();
  // 808 of 808.
  expect((await show()).section('What needs attention')).not.toMatch(why);
});

test('a saving below a dollar a month is named below the list', async () => {
  const sentence = 'search would cost $0.09 a month less';
  const small = { ...saving, sentence, monthlySavingUsd: { value: 0.09, low: 0.05, high: 0.12 } };
  const { section, elements } = await show({}, { listRecommendations: { ...recommendations, findingGroups: [small] } });
  expect(section('What needs attention')).toContain('Less than $1.00 a month: search would cost');
  expect(elements('li').some(({ text }) => text.includes('search would cost'))).toBe(false);
});

test('too little memory is not a second problem of a function that ran out of it', async () => {
  const [killed, ...others] = answer.findingGroups.filter(({ code }) => code === 'out-of-memory');
  if (killed === undefined) throw new Error('no group');
  const small = { ...killed, code: 'memory-too-small', sentence: 'cart needs 2048 MB instead of 1024' } as const;
  const listRecommendations = { ...recommendations, findingGroups: [small] };
  const page = await show({ findingGroups: [killed, ...others] }, { listRecommendations });
  expect(page.section('What needs attention')).not.toContain('cart needs');
  restore();
  const alone = await show({ findingGroups: [] }, { listRecommendations });
  expect(alone.section('What needs attention')).toContain('cart needs 2048 MB');
});

test('at most seven groups are listed until the others are asked for', async () => {
  const codes = ['out-of-memory', 'timeouts', 'errors', 'cold-starts', 'runtime-update-blocked', 'runtime-deprecated'];
  const findingGroups = [...codes, 'runtime-ending', 'memory-too-small'].map((code, at) =>
    group({ code: code as Group['code'], urgency: 100 - at, sentence: `group ${at + 1}` }),
  );
  const page = await show({ findingGroups });
  // The last place is that of the largest saving.
  expect(page.section('What needs attention')).toContain('group 6');
  expect(page.section('What needs attention')).not.toContain('group 7');
  expect(page.section('What needs attention')).toContain('$1,235 a month');
  await page.click('and 2 more');
  expect(page.section('What needs attention')).toContain('group 8');
});

test('a date in a finding is not broken at its hyphens', async () => {
  const sentence = 'python3.9 can be updated until 2027-02-01: 3 functions';
  const page = await show({ findingGroups: [group({ code: 'runtime-ending', sentence })] });
  expect(page.section('What needs attention')).toContain(sentence);
  expect(page.elements('time').map((one) => one.text)).toContain('2027-02-01');
});

test('without findings it says what was looked for', async () => {
  const none = { ...recommendations, findingGroups: [] };
  const { section } = await show({ findingGroups: [] }, { listRecommendations: none });
  expect(section('What needs attention')).toContain('No timeouts, no out-of-memory kills');
  expect(section('What needs attention')).toContain('No other memory size is certainly cheaper');
});

test('filters are asked of every part of the page', async () => {
  const search = '?account=1&region=eu-west-1&tag=team:shop';
  const { requested } = await showPage(h(Overview, {}), {
    search,
    answers: { getOverview: answer, listRecommendations: recommendations },
  });
  for (const path of ['/api/v1/overview', '/api/v1/recommendations', '/api/v1/cost/month'])
    expect(requested.find((address) => address.startsWith(path))).toContain(
      'account=1&region=eu-west-1&tag=team%3Ashop',
    );
});
