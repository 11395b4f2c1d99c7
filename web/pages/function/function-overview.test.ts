/** The Overview tab of a function, and the links to its place in AWS, from fixed answers. */
import { afterEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { RANGE, showTabOf } from '../../../test/support/show-function.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

const showTab = showTabOf(FunctionPage);
const example = examples.getOverview.answer;

test('the worst finding comes first, with its next step', async () => {
  const [group] = example.findingGroups;
  if (group === undefined) throw new Error('The contract has no example of a group.');
  const second = { ...group, sentence: 'a second finding' };
  const first = { ...group, sentence: 'checkout ran out of memory: 14 of 1,379 invocations' };
  const { section, text, requested } = await showTab('overview', {
    answers: { getOverview: { ...example, findingGroups: [first, second] } },
  });
  expect(section('Worst finding')).toContain('high: checkout ran out of memory: 14 of 1,379 invocations');
  expect(section('Worst finding')).toContain('Raise the memory of thumbnail');
  expect(text).not.toContain('a second finding');
  expect(requested).toContain(`/api/v1/overview?${RANGE}&function=111122223333%3Aeu-west-1%3Acheckout&previous=true`);
});

test('figures of the function, without those of the fleet', async () => {
  const { tile, text } = await showTab('overview', { answers: { getOverview: { ...example, findingGroups: [] } } });
  expect(tile('Invocations')).toEqual({ value: '50.2 k', note: 'in this time range' });
  expect(text).not.toContain('This month');
  expect(text).not.toContain('Worst finding');
});

test('cost has parts of a dollar on its axis, counts have whole numbers', async () => {
  const { charts } = await showTab('overview', { answers: { getOverview: example } });
  expect(['Cost', 'Cold starts'].map((label) => charts.get(label)?.fractional)).toEqual([true, undefined]);
});

test('quantiles of the duration are one chart, whose table lists all three', async () => {
  const answer = {
    ...examples.getFunctionTimeseries.answer,
    series: [{ group: '', points: [{ at: '2026-11-22T00:00:00.000Z', value: 123, n: 5 }] }],
  };
  const page = await showTab('overview', { answers: { getFunctionTimeseries: answer } });
  const x = Date.UTC(2026, 10, 22);
  expect(page.charts.get('Duration')?.series.map(({ label, points }) => [label, points])).toEqual([
    ['p50', [{ x, y: 123 }]],
    ['p95', [{ x, y: 123 }]],
    ['p99', [{ x, y: 123 }]],
  ]);
  for (const stat of ['p50', 'p95', 'p99'])
    expect(page.requested.some((one) => one.includes(`metric=durationMs&stat=${stat}`))).toBe(true);
});

test('the AWS console is linked by account and region', async () => {
  const { link } = await showTab('overview', { facts: { region: 'cn-north-1' } });
  expect(link('Function')).toBe(
    'https://cn-north-1.console.amazonaws.cn/lambda/home?region=cn-north-1#/functions/checkout',
  );
});

test('durations of the period before are asked for in parts as wide, and drawn at the times of this one', async () => {
  const overview = examples.getOverview.answer;
  const durations = examples.getFunctionTimeseries.answer;
  const at = (text: string, value: number) => ({ at: text, value, n: 9 });
  const points = [at('2026-11-21T00:30:00.000Z', 100), at('2026-11-21T01:00:00.000Z', 200)];
  const range = { from: '2026-11-21T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z', bucketMs: HOUR_MS / 2 };
  const before = { from: '2026-11-20T00:00:00.000Z', to: '2026-11-21T00:00:00.000Z', bucketMs: HOUR_MS };
  const page = await showTab('overview', {
    chosen: '&previous=1',
    answers: {
      getOverview: {
        ...overview,
        previous: {
          ...{ range: before, isComplete: true, invocations: 1, errors: 0, userFeltColdStarts: 0, coldStartSeconds: 0 },
          ...{ errorRate: overview.errorRate, userFeltColdStartRate: overview.userFeltColdStartRate, costUsd: 0 },
          ...{ coverage: 1, series: [], differences: { errorRate: null, userFeltColdStartRate: null } },
        },
      },
      getFunctionTimeseries: { ...durations, range, series: [{ group: '', points }] },
    },
  });
  const asked = page.requested.filter((one) => one.includes('from=2026-11-20'));
  expect(asked).toHaveLength(3);
  expect(asked[0]).toContain('&to=2026-11-21T00%3A00%3A00.000Z');
  // As wide as those of this period, and not as those of the overview.
  expect(asked.every((one) => one.includes('interval=30m'))).toBe(true);
  const series = page.charts.get('Duration')?.series ?? [];
  expect(series.map(({ label }) => label)).toEqual(
    ['p50', 'p95', 'p99'].concat(['p50', 'p95', 'p99'].map((stat) => `${stat} in the period before`)),
  );
});
