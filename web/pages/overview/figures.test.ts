/** Every number on the Overview is one of the API's answers, in its unit, and at its place; and so are the points of its charts. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { count, percent, seconds, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import {
  barHeights,
  barsOf,
  figuresIn,
  formsOf,
  otherNumbers,
  unknownFigures,
} from '../../../test/support/shown-figures.ts';
import { Overview } from './overview.tsx';

afterEach(restore);

const base = examples.getOverview.answer;
const [point] = base.series;
if (point === undefined) throw new Error('The contract has no example of a point.');
const at = (hour: number) => ({ ...point, at: `2026-11-27T0${hour}:00:00.000Z` });
const before = { value: 0.002, low: 0.001, high: 0.003, n: 48_000 };
const given: NonNullable<Answers['getOverview']> = {
  ...base,
  series: [at(1), at(4), at(7)],
  previous: {
    ...{ isComplete: true, invocations: 48_000, errors: 96, userFeltColdStarts: 700, coldStartSeconds: 400.5 },
    ...{ range: base.range, costUsd: 0.25, coverage: 0.99, series: [] },
    errorRate: { ...before, failures: 96, unknown: null },
    userFeltColdStartRate: before,
    differences: {
      errorRate: { value: 0.01, low: 0.005, high: 0.02 },
      userFeltColdStartRate: { value: -0.01, low: -0.03, high: 0.02 },
    },
  },
};
const month = {
  ...examples.getMonthCost.answer,
  ...{ forecast: { value: 1500, low: 1400, high: 1600, weeks: 4 }, forecastReason: null },
};
/** Numbers that the page states of itself. */
const OWN = ['95 % interval', '14 days', '95 % confidence', 'above 1 %', '000000000000', 'per 3 h'];

/** Answers with numbers of their own. Sentences of findings have those of the example, which their own test compares. */
async function shown(seed: number) {
  const overview = { ...otherNumbers(given, seed, ['bucketMs', 'findingGroups', 'findings']) };
  const getMonthCost = otherNumbers(month, seed + 1000);
  const listRecommendations = otherNumbers(examples.listRecommendations.answer, seed + 2000, ['findingGroups']);
  const answers = { getOverview: overview, getMonthCost, listRecommendations };
  const page = await showPage(h(Overview, {}), { search: '?from=now-7d&to=now-1d&tz=utc', answers });
  return { page, overview, month: getMonthCost, answers };
}

describe.each([1, 2, 3, 4, 5, 6])('answers of seed %d', (seed) => {
  test('no number of the page is from elsewhere', async () => {
    const { page, overview, answers } = await shown(seed);
    const { previous } = overview;
    if (previous === null) throw new Error('no previous period');
    const changes = (['invocations', 'coldStartSeconds', 'costUsd'] as const).map(
      (name) => (overview[name] ?? 0) / (previous[name] ?? 1) - 1,
    );
    // Sentences of the API are texts, and of two lists of lines the first is shown whole.
    const sentences = [
      ...[...overview.findingGroups, ...answers.listRecommendations.findingGroups].flatMap((group) => [
        ...[group.sentence, group.next.sentence],
      ]),
      ...overview.priceAssumptions,
    ];
    const known = [...OWN, ...sentences, ...sentences.map((text) => text.replaceAll(/\s+/g, ' '))];
    const forms = formsOf(answers, changes.map(Math.abs), changes);
    const text = page.readable.join('\n').replaceAll('updated 0 s ago', '');
    expect(figuresIn(text, known).length).toBeGreaterThan(30);
    expect(unknownFigures(text, forms, known)).toEqual([]);
  });

  test('each tile has the number of its field', async () => {
    const { page, overview, month: cost } = await shown(seed);
    const { previous } = overview;
    const values = [
      'Invocations',
      'Errors',
      'User-felt cold starts',
      'Cold-start time',
      'Cost',
      'This month',
      'Coverage',
    ];
    expect(values.map((label) => page.tile(label).value)).toEqual([
      count(overview.invocations),
      percent(overview.errorRate.value),
      percent(overview.userFeltColdStartRate.value),
      seconds(overview.coldStartSeconds),
      usd(overview.costUsd),
      usd(cost.costUsd),
      percent(overview.coverage),
    ]);
    const marks = page.elements('span').filter(({ attributes }) => attributes['class']?.startsWith('change'));
    const points = (value: number | undefined): string => `${signedPercent(value ?? 0).replace(' %', '')} points`;
    const relative = (now: number | null, old: number | null | undefined): string =>
      signedPercent((now ?? 0) / (old ?? 1) - 1);
    const expected = [
      relative(overview.invocations, previous?.invocations),
      points(previous?.differences.errorRate?.value),
      points(previous?.differences.userFeltColdStartRate?.value),
      relative(overview.coldStartSeconds, previous?.coldStartSeconds),
      relative(overview.costUsd, previous?.costUsd),
    ];
    expect(marks).toHaveLength(expected.length);
    for (const [n, text] of expected.entries())
      expect(marks[n]?.text.startsWith(text), `${marks[n]?.text}: ${text}`).toBe(true);
  });

  test('each point of the charts, and each bar beside a tile, has the number of its bucket', async () => {
    const { page, overview } = await shown(seed);
    const times = overview.series.map((one) => Date.parse(one.at));
    const drawn = (label: string) =>
      (page.charts.get(label)?.series ?? []).map((one) => one.points.map(({ x, y }) => [x, y]));
    const of = (value: (one: (typeof overview.series)[number]) => number | null) =>
      overview.series.map((one, n) => [times[n], value(one)]);
    expect(drawn('Invocations and errors')).toEqual([
      of(({ invocations, errors }) => invocations - errors),
      of(({ errors }) => errors),
    ]);
    expect(drawn('Cold starts')).toEqual([
      of(({ userFeltColdStarts }) => userFeltColdStarts),
      of(
        ({ coldStarts, userFeltColdStarts, coldStartsWithoutStream }) =>
          coldStarts - (userFeltColdStarts ?? 0) - coldStartsWithoutStream,
      ),
    ]);
    const fields = ['invocations', 'errors', 'userFeltColdStarts', 'coldStartSeconds', 'costUsd'] as const;
    const heights = fields.flatMap((name) => barHeights(overview.series.map((one) => one[name] ?? 0)));
    const bars = barsOf(page);
    expect(bars).toHaveLength(heights.length);
    for (const [n, height] of heights.entries()) expect(bars[n]).toBeCloseTo(height, 6);
    const rows = overview.top.costUsd.map(({ name, value, n }) => [name, usd(value), `n=${count(n)}`]);
    expect(page.table('Most expensive')).toEqual(rows);
    const cold = overview.top.coldStartSeconds.map(({ name, value, n }) => [name, seconds(value), `n=${count(n)}`]);
    expect(page.table('Most cold-start time')).toEqual(cold);
  });
});
