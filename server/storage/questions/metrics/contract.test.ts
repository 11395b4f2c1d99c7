import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { queryBoth } from '../../../../test/support/contract.ts';
import { METRICS_MS } from '../../../../test/support/metric-fixture.ts';
import type { MetricPointsQuery } from './types.ts';

const RANGE = { fromMs: METRICS_MS, toMs: METRICS_MS + HOUR_MS };
const LAMBDA: Omit<MetricPointsQuery, 'names'> = {
  ...RANGE,
  namespace: 'AWS/Lambda',
  owners: [],
  dimensions: [],
  groupBy: [],
  widthMs: null,
  quantiles: [],
  limit: 10,
};
const SHOP = { ...LAMBDA, namespace: 'Shop' };
const NOTHING_ELSE = { sources: [], units: [], dimensions: [] };

test('series in the order of names, a page at a time', async () => {
  const all = await queryBoth('metricSeries', () => ({ namespace: 'Shop', limit: 100 }));
  expect(all.series.map(({ name, source, unit, dimensions }) => [name, source, unit, dimensions])).toEqual([
    ['Balance', 'emf', 'Count', [['service', 'shop']]],
    ['Latency', 'cloudwatch', 'Milliseconds', [['FunctionName', 'checkout']]],
    ['Latency', 'cloudwatch', 'Seconds', [['FunctionName', 'checkout']]],
    ['Orders', 'emf', 'Count', [['service', 'shop']]],
    [
      'Orders',
      'emf',
      'Count',
      [
        ['service', 'shop'],
        ['tenant', 'a'],
      ],
    ],
    [
      'Orders',
      'emf',
      'Count',
      [
        ['service', 'shop'],
        ['tenant', 'b'],
      ],
    ],
  ]);
  expect(all.series[3]).toMatchObject({
    firstMs: METRICS_MS,
    lastMs: METRICS_MS + 9 * MINUTE_MS,
    identity: { name: 'checkout' },
  });
  expect(all.series[1]?.identity).toBeNull();
  const first = await queryBoth('metricSeries', () => ({ namespace: 'Shop', limit: 4 }));
  expect(first.more).toBe(true);
  const after = first.series.at(-1)?.key;
  const rest = await queryBoth('metricSeries', () => ({ namespace: 'Shop', limit: 4, after }));
  expect(rest.more).toBe(false);
  expect([...first.series, ...rest.series]).toEqual(all.series);
});

test('series by function, name, source and text, and what was not stored', async () => {
  const own = await queryBoth('metricSeries', ({ checkout }) => ({ functionId: checkout, limit: 100 }));
  expect(own.series.map(({ namespace, name }) => `${namespace} ${name}`)).toEqual([
    'AWS/Lambda ConcurrentExecutions',
    'AWS/Lambda Errors',
    'AWS/Lambda Invocations',
    'AWS/Lambda Throttles',
    'AWS/Lambda Throttles',
    'Shop Balance',
    'Shop Orders',
    'Shop Orders',
    'Shop Orders',
  ]);
  expect(own.dropped).toMatchObject([
    { namespace: 'Shop', name: 'Orders', reason: 'request-id', n: 1, identity: { name: 'checkout' } },
  ]);
  const found = await queryBoth('metricSeries', () => ({ search: 'CHECKOUT:7', limit: 100 }));
  expect(found.series).toMatchObject([
    {
      name: 'Throttles',
      dimensions: [
        ['FunctionName', 'checkout'],
        ['Resource', 'checkout:7'],
      ],
    },
  ]);
  const named = await queryBoth('metricSeries', () => ({ name: 'Latency', source: 'emf', limit: 100 }));
  expect(named).toEqual({ series: [], more: false, dropped: [] });
});

test('a function’s figure is that of its own series, and the newest of repeated points counts', async () => {
  const query = { ...LAMBDA, names: ['Throttles', 'ConcurrentExecutions', 'IteratorAge'] };
  const { range, metrics } = await queryBoth('metricPoints', ({ checkout }) => ({ ...query, functionId: checkout }));
  expect(range).toEqual({ ...RANGE, widthMs: 300_000 });
  const [throttles, concurrency] = metrics;
  expect(metrics).toHaveLength(2);
  // 3 + 0 + 4 + 1.
  expect(throttles).toEqual({
    name: 'Throttles',
    source: 'cloudwatch',
    unit: 'Count',
    dimensions: ['FunctionName'],
    others: { ...NOTHING_ELSE, dimensions: [['FunctionName', 'Resource']] },
    quantilesUnknown: null,
    lastMs: METRICS_MS + 6 * MINUTE_MS,
    groups: [{ group: [], series: 1, total: { count: 4, sum: 8, min: 0, max: 4, quantiles: [] }, buckets: [] }],
    truncated: false,
  });
  expect(concurrency?.groups[0]?.total).toEqual({ count: 3, sum: 13, min: null, max: 6, quantiles: [] });
});

test('values over time, with null where nothing came', async () => {
  const { metrics } = await queryBoth('metricPoints', ({ checkout }) => ({
    ...LAMBDA,
    toMs: METRICS_MS + 15 * MINUTE_MS,
    functionId: checkout,
    names: ['Throttles'],
    widthMs: 300_000,
  }));
  expect(metrics[0]?.groups[0]?.buckets).toEqual([
    { count: 3, sum: 7, min: 0, max: 4, quantiles: [] },
    { count: 1, sum: 1, min: 1, max: 1, quantiles: [] },
    null,
  ]);
});

test('sums of buckets of any width are the sum of the whole', async () => {
  for (const widthMs of [300_000, 900_000, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS]) {
    const { metrics } = await queryBoth('metricPoints', ({ checkout }) => ({
      ...SHOP,
      functionId: checkout,
      names: ['Orders'],
      widthMs,
      quantiles: [0.5, 0.99],
    }));
    const [group] = metrics[0]?.groups ?? [];
    expect(group?.total).toMatchObject({ count: 4, sum: 46, min: 1, max: 40 });
    expect(group?.buckets.reduce((sum, one) => sum + (one?.sum ?? 0), 0)).toBe(46);
    // Sketches are exact to one per cent.
    expect(Math.abs((group?.total.quantiles[0] ?? 0) - 2)).toBeLessThanOrEqual(0.02);
    expect(Math.abs((group?.total.quantiles[1] ?? 0) - 40)).toBeLessThanOrEqual(0.4);
  }
});

test('the metric of all functions is the one that CloudWatch states without dimensions', async () => {
  const { metrics } = await queryBoth('metricPoints', () => ({ ...LAMBDA, names: ['Throttles'] }));
  expect(metrics).toMatchObject([{ dimensions: [], groups: [{ total: { sum: 36 } }] }]);
  const named = await queryBoth('metricPoints', () => ({ ...LAMBDA, names: ['Throttles'], groupBy: ['function'] }));
  expect(named.metrics[0]?.groups).toMatchObject([{ group: [expect.stringMatching(/:checkout$/)], total: { sum: 8 } }]);
});

test('groups by a dimension, filters by its value and by the owner', async () => {
  const query = { ...SHOP, names: ['Orders'] };
  const groups = await queryBoth('metricPoints', () => ({ ...query, groupBy: ['dimension:tenant'] as const }));
  expect(groups.metrics[0]?.groups).toMatchObject([
    { group: ['a'], total: { count: 3, sum: 6 } },
    { group: ['b'], total: { count: 1, sum: 40 } },
  ]);
  const one = await queryBoth('metricPoints', () => ({ ...query, dimensions: [['tenant', 'a']] as const }));
  expect(one.metrics[0]).toMatchObject({ dimensions: ['service', 'tenant'], groups: [{ total: { sum: 6 } }] });
  const first = await queryBoth('metricPoints', () => ({ ...query, groupBy: ['dimension:tenant'] as const, limit: 1 }));
  expect(first.metrics[0]).toMatchObject({ truncated: true, groups: [{ group: ['a'] }] });
  const owners = [{ field: 'function', values: ['checkout'], not: true }] as const;
  const others = await queryBoth('metricPoints', () => ({ ...query, owners }));
  expect(others.metrics).toEqual([]);
});

test.each([
  ['check*', false, 8],
  ['*:check*', false, 8],
  // The series of the account has no function: 36, as without a filter.
  ['check*', true, 36],
  ['check', false, undefined],
])('functions like %s, or not: %s', async (pattern, not, sum) => {
  const owners = [{ field: 'function', values: [pattern], not, isGlob: true }] as const;
  const query = { ...LAMBDA, names: ['Throttles'], groupBy: ['function'], owners } as const;
  const { metrics } = await queryBoth('metricPoints', () => query);
  expect(metrics[0]?.groups[0]?.total.sum).toBe(sum);
});

test('one unit at a time, and no percentile where none can be told', async () => {
  const query = { ...SHOP, names: ['Latency', 'Balance'], quantiles: [0.99] };
  const { metrics } = await queryBoth('metricPoints', () => query);
  expect(metrics).toMatchObject([
    {
      unit: 'Seconds',
      others: { units: ['Milliseconds'] },
      quantilesUnknown: 'statistics',
      groups: [{ total: { sum: 30, quantiles: [null] } }],
    },
    {
      quantilesUnknown: 'negative-values',
      groups: [{ total: { count: 4, sum: 2, min: -4, max: 2, quantiles: [null] } }],
    },
  ]);
  const stated = await queryBoth('metricPoints', () => ({ ...query, unit: 'Milliseconds' }));
  expect(stated.metrics).toMatchObject([{ unit: 'Milliseconds', groups: [{ total: { sum: 20 } }] }]);
});

test('an hour later there is nothing', async () => {
  const later = { ...LAMBDA, fromMs: RANGE.toMs, toMs: RANGE.toMs + HOUR_MS, names: ['Throttles'] };
  const { metrics } = await queryBoth('metricPoints', () => later);
  expect(metrics).toMatchObject([{ groups: [], truncated: false }]);
});

test('what findings are made of: each function as a whole, with parts of the range', async () => {
  const names = ['Throttles', 'Invocations', 'ConcurrentExecutions', 'DeadLetterErrors'];
  const question = { ...LAMBDA, names, source: 'cloudwatch' as const, groupBy: ['function' as const] };
  const { metrics } = await queryBoth('metricPoints', () => ({ ...question, widthMs: 5 * MINUTE_MS }));
  // Three and four replace two and five; those of the version and of the account are not the function's. Nothing came of dead letters.
  expect(
    metrics.map(({ name, groups }) => [
      name,
      groups.map(({ group, total, buckets }) => [
        group[0]?.split(':')[2],
        total.sum,
        total.max,
        buckets.slice(0, 3).map((part) => part?.sum ?? null),
      ]),
    ]),
  ).toEqual([
    ['Throttles', [['checkout', 8, 4, [7, 1, null]]]],
    ['Invocations', [['checkout', 4, 3, [3, 1, null]]]],
    ['ConcurrentExecutions', [['checkout', 13, 6, [13, null, null]]]],
  ]);
});
