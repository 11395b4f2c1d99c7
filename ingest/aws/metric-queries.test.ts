import { expect, test } from 'vitest';
import { functionMetrics, joinResults, METRICS_PER_REQUEST, queriesOf } from './metric-queries.ts';

const T = new Date(Date.UTC(2026, 10, 20, 12));
const THROTTLES = { name: 'Throttles', functionName: 'f' };
const ERRORS = { name: 'Errors', functionName: 'f' };
const result = (Id: string, ...Values: number[]) => ({ Id, Timestamps: Values.map(() => T), Values });

test('metrics of functions as a whole are read, those of their versions and of other names are not', () => {
  const named = (name: string, value?: string) => ({ Name: name, Value: value });
  const listed = [
    { MetricName: 'Throttles', Dimensions: [named('FunctionName', 'f')] },
    { MetricName: 'Throttles', Dimensions: [named('FunctionName', 'f'), named('Resource', 'f:live')] },
    { MetricName: 'Throttles', Dimensions: [named('Resource', 'f')] },
    { MetricName: 'Throttles', Dimensions: [named('FunctionName')] },
    { MetricName: 'Throttles' },
    { MetricName: 'Duration', Dimensions: [named('FunctionName', 'f')] },
    {},
  ];
  expect(functionMetrics(listed, new Set(['Throttles', 'Errors']))).toEqual([THROTTLES]);
});

test('a metric has four queries, so that 125 metrics fill a request', () => {
  expect(METRICS_PER_REQUEST).toBe(125);
  const queries = queriesOf([THROTTLES, ERRORS]);
  expect(queries.map(({ Id, MetricStat }) => [Id, MetricStat?.Metric?.MetricName, MetricStat?.Stat])).toEqual([
    ['count0', 'Throttles', 'SampleCount'],
    ['sum0', 'Throttles', 'Sum'],
    ['min0', 'Throttles', 'Minimum'],
    ['max0', 'Throttles', 'Maximum'],
    ['count1', 'Errors', 'SampleCount'],
    ['sum1', 'Errors', 'Sum'],
    ['min1', 'Errors', 'Minimum'],
    ['max1', 'Errors', 'Maximum'],
  ]);
  expect(queries[0]?.MetricStat).toEqual({
    Metric: { Namespace: 'AWS/Lambda', MetricName: 'Throttles', Dimensions: [{ Name: 'FunctionName', Value: 'f' }] },
    Period: 60,
    Stat: 'SampleCount',
  });
});

test('statistics of a minute are joined over pages', () => {
  const later = new Date(T.getTime() + 60_000);
  const results = [
    { Id: 'count0', Timestamps: [T, later], Values: [4, 1] },
    { Id: 'sum0', Timestamps: [T], Values: [3] },
    { Id: 'sum0', Timestamps: [later], Values: [0] },
    { Id: 'min0', Timestamps: [T], Values: [0] },
    { Id: 'max0', Timestamps: [T], Values: [2] },
  ];
  const point = (at: Date, value: object) => ({
    namespace: 'AWS/Lambda',
    metric_name: 'Throttles',
    dimensions: { FunctionName: 'f' },
    timestamp: at.getTime(),
    value,
  });
  expect(joinResults([THROTTLES], results)).toEqual({
    points: [
      point(T, { count: 4, sum: 3, min: 0, max: 2 }),
      point(later, { count: 1, sum: 0, min: undefined, max: undefined }),
    ],
    incomplete: 0,
    problems: [],
  });
});

test('a minute without its count or sum is left to the next reading, and counted', () => {
  const { points, incomplete } = joinResults([THROTTLES, ERRORS], [result('sum0', 3), result('count1', 3)]);
  expect([points, incomplete]).toEqual([[], 2]);
});

test('a metric that cannot be read is named once with its reason', () => {
  const refused = { StatusCode: 'Forbidden' as const, Messages: [{ Code: 'Denied', Value: 'not you' }] };
  const { points, problems } = joinResults(
    [THROTTLES, ERRORS],
    [
      { Id: 'count0', ...refused },
      { Id: 'sum0', ...refused },
      { Id: 'sum1', StatusCode: 'InternalError' },
      { Id: 'count1', StatusCode: 'PartialData' },
    ],
  );
  expect(points).toEqual([]);
  expect(problems).toEqual(['Throttles of f: Forbidden (not you)', 'Errors of f: InternalError']);
});

test('results of other ids, and times without a value, are nothing', () => {
  const { points, incomplete } = joinResults(
    [THROTTLES],
    [result('e1', 1), result('sum7', 1), {}, { Id: 'sum0', Timestamps: [T], Values: [] }],
  );
  expect([points, incomplete]).toEqual([[], 0]);
});
