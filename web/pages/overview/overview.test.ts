/** The figures of the Overview page, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Overview } from './overview.tsx';

afterEach(restore);

const CHECKOUT = '111122223333:eu-west-1:checkout';
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
  findings: [
    {
      ...{ functionId: CHECKOUT, kind: 'cold-starts', code: 'cold-starts', severity: 'medium', parameters: {} },
      sentence: 'checkout: 42 % start cold',
    },
    {
      ...{ functionId: '111122223333:eu-west-1:orders', kind: 'throttles', code: 'throttles', severity: 'medium' },
      ...{ parameters: {}, sentence: 'orders: 3 throttled requests' },
    },
  ],
};
const [recommended] = examples.listRecommendations.answer.items;
const recommendations: NonNullable<Answers['listRecommendations']> = {
  ...examples.listRecommendations.answer,
  items:
    recommended === undefined
      ? []
      : [
          {
            ...recommended,
            sentence: 'search: use 512 MB',
            monthlySavingUsd: { value: 1234.5, low: 900, high: 1500.4 },
          },
        ],
  looked: 8,
  undecided: 6,
};
const show = (change: Partial<typeof answer> = {}) =>
  showPage(h(Overview, {}), {
    search: '?from=now-7d&to=now-1d&tz=utc&q=x',
    answers: { getOverview: { ...answer, ...change }, listRecommendations: recommendations },
  });

test('asks for the range of the address', async () => {
  const { requested } = await show();
  expect(requested).toContain('/api/v1/overview?from=now-7d&to=now-1d');
  // 14 days up to the full hour of the end: 2026-11-27T08:00 less 14 days.
  expect(requested).toContain(`/api/v1/recommendations?from=${Date.UTC(2026, 10, 13, 8)}&to=now-1d`);
});

test('each tile has its figure, unit and basis', async () => {
  const { tile } = await show();
  expect(tile('Invocations')).toEqual({ value: '1.23 M', note: '12 functions' });
  expect(tile('Errors')).toEqual({ value: '7.1 %', note: '5.9–8.5 %, n=12.3 k, assumes independent invocations' });
  expect(tile('User-felt cold starts')).toEqual({
    value: '42 %',
    note: '40–45 %, n=9,999, assumes independent invocations',
  });
  expect(tile('Cold-start time')).toEqual({ value: '12.3 k s', note: 'init and restore, all functions' });
  expect(tile('Cost')).toEqual({
    value: '$1,876,503',
    note: '$12.50 on failed attempts; prices as stated below',
  });
  expect(tile('Coverage')).toEqual({ value: '97 %', note: 'attempts with START and REPORT' });
});

test('one function is not several; what is not known is not zero', async () => {
  const { tile, text } = await show({
    functions: 1,
    costUsd: null,
    costReason: 'the region is not known',
    wastedUsd: null,
    costAssumed: true,
    coverage: null,
    coverageReason: 'no START lines',
  });
  expect(tile('Invocations').note).toBe('1 function');
  expect(tile('Cost')).toEqual({ value: '–', note: 'x86 or region assumed' });
  expect(tile('Coverage')).toEqual({ value: '–', note: 'no START lines' });
  expect(text).toContain('Cost: the region is not known.');
});

test('the charts say what they show', async () => {
  const { section } = await show();
  expect(section('Invocations and errors')).toContain('1,234,567 invocations, 881 failed, per 3 h. Drag to zoom.');
  expect(section('Cold starts')).toContain('844 cold starts, 808 user-felt.');
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

test('findings lead to the tab that explains them, with the range', async () => {
  const { section, link } = await show();
  expect(section('Findings')).toBe(
    'Findings medium checkout: 42 % start cold medium orders: 3 throttled requests low search: use 512 MB: $1,235 a month ($900 to $1,500) Memory sizes analysed over 14 days for the 8 most expensive functions; 6 of them inconclusive.',
  );
  const range = 'from=now-7d&to=now-1d&tz=utc';
  expect(link('checkout: 42 % start cold')).toBe(
    `/functions/111122223333%3Aeu-west-1%3Acheckout?${range}&tab=cold-starts`,
  );
  expect(link('search: use 512 MB: $1,235 a month ($900 to $1,500)')).toBe(
    `/functions/000000000000%3Aeu-west-1%3Asearch?${range}&tab=memory`,
  );
  expect(link('orders: 3 throttled requests')).toBe(
    `/functions/111122223333%3Aeu-west-1%3Aorders?${range}&tab=metrics`,
  );
});
