/** The lines and bars of each chart, and the table behind it, which is exported as CSV and JSON: each figure in its own column. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import { showTabOf } from '../../test/support/show-function.ts';
import type { ShownPage } from '../../test/support/show-page.ts';
import { restore, showPage } from '../../test/support/show-page.ts';
import { Compare } from './compare/compare.tsx';
import { FunctionPage } from './function/function.tsx';
import { Network } from './network/network.tsx';
import { Overview } from './overview/overview.tsx';

afterEach(restore);

const AT = '2026-11-27T10:00:00.000Z';
const showTab = showTabOf(FunctionPage);

/** The first of a list, with other members. */
const first = <T>(list: readonly T[], more: Partial<T>): T[] => list.slice(0, 1).map((one) => ({ ...one, ...more }));

/** Label, colour and style of each line, dots or bars of a chart. */
const seriesOf = (page: ShownPage, label: string) =>
  page.charts
    .get(label)
    ?.series.map((one) => [
      one.label,
      one.colour,
      one.dashed === true ? 'dashed' : one.dotsOnly === true ? 'dots' : '',
    ]);

/** Shows all charts as tables; the header and the first rows of each. */
async function tables(page: ShownPage, titles: readonly string[], rows = 1) {
  for (let n = 0; n < titles.length; n += 1) await page.click('Table');
  return titles.map((title) => page.table(title).slice(0, rows + 1));
}

test('the overview', async () => {
  const { answer } = examples.getOverview;
  const series = first(answer.series, {
    at: AT,
    invocations: 11,
    errors: 2,
    coldStarts: 3,
    userFeltColdStarts: 4,
    coldStartsWithoutStream: 5,
    coldStartSeconds: 6.5,
  });
  const page = await showPage(h(Overview, {}), { answers: { getOverview: { ...answer, series } } });
  expect(seriesOf(page, 'Invocations and errors')).toEqual([
    ['succeeded', 'chart-1', ''],
    ['failed', 'chart-bad', ''],
  ]);
  expect(seriesOf(page, 'Cold starts')).toEqual([
    ['user-felt', 'chart-2', ''],
    ['no caller waited', 'grey', ''],
  ]);
  // 11 invocations of which 2 failed;
  expect(page.charts.get('Invocations and errors')?.series.map(({ points }) => points)).toEqual([
    [{ x: Date.parse(AT), y: 9 }],
    [{ x: Date.parse(AT), y: 2 }],
  ]);
  expect(await tables(page, ['Invocations and errors', 'Cold starts'])).toEqual([
    [
      ['at', 'invocations', 'errors'],
      [AT, '11', '2'],
    ],
    [
      ['at', 'coldStarts', 'userFelt', 'withoutStream', 'coldStartSeconds'],
      [AT, '3', '4', '5', '6.5'],
    ],
  ]);
});

test('network-interface events', async () => {
  const { answer } = examples.getFleetNetwork;
  const series = first(answer.series, { at: AT, created: 3, deleted: 2, failed: 1 });
  const page = await showPage(h(Network, {}), { answers: { getFleetNetwork: { ...answer, series } } });
  expect(await tables(page, ['Network-interface events'])).toEqual([
    [
      ['at', 'created', 'deleted', 'failed'],
      [AT, '3', '2', '1'],
    ],
  ]);
});

test('two periods', async () => {
  const { answer } = examples.comparePeriods;
  const side = (part: typeof answer.before, ms: number, n: number) => ({
    ...part,
    histogram: [{ ms, n }],
  });
  const page = await showPage(h(Compare, {}), {
    search: '?function=a',
    answers: {
      comparePeriods: { ...answer, before: side(answer.before, 80, 7), after: side(answer.after, 90, 9) },
    },
  });
  expect(seriesOf(page, 'Duration histogram')).toEqual([
    ['before', 'grey', 'dashed'],
    ['after', 'chart-1', ''],
  ]);
  expect(await tables(page, ['Duration histogram'], 2)).toEqual([
    [
      ['period', 'ms', 'n'],
      ['before', '80', '7'],
      ['after', '90', '9'],
    ],
  ]);
});

test('cold starts of a function', async () => {
  const { answer } = examples.getFunctionColdStarts;
  const rate = { value: 0.25, low: 0.125, high: 0.5, n: 8 };
  const series = first(answer.series, { at: AT, invocations: 8, coldStarts: 2, userFelt: 1, rate });
  const page = await showTab('cold-starts', { answers: { getFunctionColdStarts: { ...answer, series } } });
  expect(seriesOf(page, 'Cold-start rate over time')).toEqual([['cold-start rate', 'chart-2', '']]);
  expect(page.charts.get('Cold-start rate over time')?.series[0]).toMatchObject({
    points: [{ x: Date.parse(AT), y: 0.25 }],
    band: [{ x: Date.parse(AT), low: 0.125, high: 0.5 }],
  });
  expect(seriesOf(page, 'Init duration')).toEqual([['on-demand inits', 'chart-1', '']]);
  const [rates, inits] = await tables(page, ['Cold-start rate over time', 'Init duration']);
  expect(rates).toEqual([
    ['at', 'invocations', 'coldStarts', 'userFelt', 'rate', 'low', 'high'],
    [AT, '8', '2', '1', '0.25', '0.125', '0.5'],
  ]);
  expect(inits?.[0]).toEqual(['up to ms', 'n']);
});

test('failures of a function', async () => {
  const { answer } = examples.getFunctionFailures;
  const series = first(answer.series, { at: AT, invocations: 99, timeouts: 1, outOfMemory: 2, errors: 3, exits: 4 });
  const page = await showTab('failures', { answers: { getFunctionFailures: { ...answer, series } } });
  expect(seriesOf(page, 'Failures over time')).toEqual([
    ['timeouts', 'chart-bad', ''],
    ['out of memory', 'chart-3', ''],
    ['errors', 'chart-2', ''],
    ['exits', 'grey', ''],
  ]);
  expect(page.charts.get('Failures over time')?.series.map(({ points }) => points[0]?.y)).toEqual([1, 2, 3, 4]);
  expect(await tables(page, ['Failures over time'])).toEqual([
    [
      ['at', 'invocations', 'timeouts', 'outOfMemory', 'errors', 'exits'],
      [AT, '99', '1', '2', '3', '4'],
    ],
  ]);
});

test('environments of a function', async () => {
  const { answer } = examples.getFunctionEnvironments;
  const series = first(answer.concurrency.series, { at: AT, max: 4, mean: 2.5 });
  const page = await showTab('environments', {
    answers: { getFunctionEnvironments: { ...answer, concurrency: { ...answer.concurrency, series } } },
  });
  expect(seriesOf(page, 'Concurrency')).toEqual([
    ['max', 'chart-1', ''],
    ['mean', 'chart-2', 'dashed'],
  ]);
  const [concurrency, timeline] = await tables(page, ['Concurrency', 'Environment timeline']);
  expect(concurrency).toEqual([
    ['at', 'max', 'mean'],
    [AT, '4', '2.5'],
  ]);
  expect(timeline?.[0]).toEqual([
    'log stream',
    'first seen',
    'last seen',
    'invocations',
    'peak concurrency',
    'failures',
    'init ms',
    'max memory MB',
  ]);
});

test('memory sizes of a function', async () => {
  const { answer } = examples.getFunctionMemory;
  const candidates = first(answer.candidates, {
    memoryMb: 512,
    basis: 'fitted',
    costPerMillionUsd: 2.5,
    durationMs: 84.5,
    interval: { low: 2, high: 3 },
  });
  const page = await showTab('memory', { answers: { getFunctionMemory: { ...answer, candidates } } });
  expect(await tables(page, ['Cost by memory size', 'Duration by memory size'])).toEqual([
    [
      ['memoryMb', 'costPerMillionUsd', 'basis', 'low', 'high'],
      ['512', '2.5', 'fitted', '2', '3'],
    ],
    [
      ['memoryMb', 'durationMs', 'basis', 'low', 'high'],
      ['512', '84.5', 'fitted', '–', '–'],
    ],
  ]);
});
