/** Periods of metric streams in JSON. Form and figures: "CloudWatch metric stream output in JSON format" of its guide. */
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../records/time.ts';
import { looksLikeMetric, readMetric } from './metric-stream.ts';
import { readDocument } from './read-document.ts';

const EXAMPLE = {
  metric_stream_name: 'MyMetricStream',
  account_id: '1234567890',
  region: 'us-east-1',
  namespace: 'AWS/EC2',
  metric_name: 'DiskWriteOps',
  dimensions: { InstanceId: 'i-123456789012' },
  timestamp: 1_611_929_698_000,
  value: { count: 3, sum: 20, max: 18, min: 0, p99: 17.56, 'p99.9': 17.8764, 'TM(25%:75%)': 16.43 },
  unit: 'Seconds',
};
const METRIC = {
  kind: 'metric-statistics',
  source: 'stream',
  account: '1234567890',
  region: 'us-east-1',
  namespace: 'AWS/EC2',
  name: 'DiskWriteOps',
  unit: 'Seconds',
  dimensions: [['InstanceId', 'i-123456789012']],
  startMs: 1_611_929_698_000,
  periodMs: MINUTE_MS,
  count: 3,
  sum: 20,
  min: 0,
  max: 18,
  percentiles: [
    [99, 17.56],
    [99.9, 17.8764],
  ],
};
const FOUR = { count: 3, sum: 20, max: 18, min: 0 };

test('the example of the guide, whose trimmed mean is counted and not kept', () => {
  expect(looksLikeMetric(EXAMPLE)).toBe(true);
  expect(readMetric(EXAMPLE)).toEqual({ ok: true, records: [METRIC], ignored: 'metric-statistic' });
});

test('other statistics than percentiles are counted once for each period', () => {
  const value = { ...FOUR, 'TM(10%:90%)': 1, 'PR(:300)': 85, IQM: 16, tm99: 15.8, p101: 1, p: 1 };
  expect(readMetric({ ...EXAMPLE, value })).toEqual({
    ok: true,
    records: [{ ...METRIC, percentiles: null }],
    ignored: 'metric-statistic',
  });
});

test.each([
  ['no percentiles', { value: FOUR }, { percentiles: null }],
  [
    'percentiles in any order',
    { value: { ...FOUR, p90: 16, p50: 10, p100: 18 } },
    {
      percentiles: [
        [50, 10],
        [90, 16],
        [100, 18],
      ],
    },
  ],
  ['no minimum and maximum', { value: { count: 3, sum: 20 } }, { min: null, max: null, percentiles: null }],
  ['no unit', { value: FOUR, unit: undefined }, { unit: null, percentiles: null }],
  [
    'no account and region',
    { value: FOUR, account_id: undefined, region: undefined },
    { account: null, region: null, percentiles: null },
  ],
  [
    'no values',
    { value: { count: 0, sum: 0, min: 0, max: 0 } },
    { count: 0, sum: 0, min: 0, max: 0, percentiles: null },
  ],
  // As EBS reports bytes written.
  [
    'a maximum below the mean',
    { value: { max: 0, min: 0, sum: 892_416, count: 172 } },
    { count: 172, sum: 892_416, min: 0, max: 0, percentiles: null },
  ],
  [
    'negative values',
    { value: { count: 2, sum: -3, min: -2, max: -1 } },
    { count: 2, sum: -3, min: -2, max: -1, percentiles: null },
  ],
  ['no dimensions', { value: FOUR, dimensions: {} }, { dimensions: [], percentiles: null }],
  [
    'a dimension of the name Namespace, and sorted names',
    { value: FOUR, dimensions: { b: '2', Namespace: 'x', a: '1' } },
    {
      dimensions: [
        ['Namespace', 'x'],
        ['a', '1'],
        ['b', '2'],
      ],
      percentiles: null,
    },
  ],
])('%s', (_, given, expected) => {
  expect(readMetric({ ...EXAMPLE, ...given })).toEqual({ ok: true, records: [{ ...METRIC, ...expected }] });
});

const long = (chars: number): string => 'x'.repeat(chars);
const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, at) => [`d${at}`, 'v']));

describe('what no metric is', () => {
  test.each([
    ['no namespace', { namespace: undefined }, 'metric-without-name'],
    ['an empty name', { metric_name: '' }, 'metric-without-name'],
    ['a name that is a number', { metric_name: 5 }, 'metric-without-name'],
    ['a long name', { metric_name: long(256) }, 'metric-without-name'],
    ['a control character', { metric_name: 'a\u001b[31m' }, 'metric-without-name'],
    ['a line break', { namespace: 'a\nb' }, 'metric-without-name'],
    ['half a character', { namespace: 'a\ud800' }, 'metric-without-name'],
    ['a unit of 33 characters', { unit: long(33) }, 'metric-without-name'],
    ['no time', { timestamp: undefined }, 'metric-without-time'],
    ['a time as text', { timestamp: '2021-01-29T14:14:58Z' }, 'metric-without-time'],
    ['a time in seconds', { timestamp: 1_611_929_698 }, 'metric-without-time'],
    ['part of a millisecond', { timestamp: 1_611_929_698_000.5 }, 'metric-without-time'],
    ['no value', { value: undefined }, 'metric-without-value'],
    ['a number for a value', { value: 42.5 }, 'metric-without-value'],
    ['no count', { value: { sum: 1 } }, 'metric-without-value'],
    ['a count as text', { value: { ...FOUR, count: '3' } }, 'metric-without-value'],
    ['no sum', { value: { count: 1 } }, 'metric-without-value'],
    ['a negative count', { value: { ...FOUR, count: -1 } }, 'metric-value-impossible'],
    ['a sum of no values', { value: { count: 0, sum: 1 } }, 'metric-value-impossible'],
    ['an infinite sum', { value: { ...FOUR, sum: Number.POSITIVE_INFINITY } }, 'metric-value-impossible'],
    ['a minimum above the maximum', { value: { ...FOUR, min: 19 } }, 'metric-value-impossible'],
    ['a maximum as text', { value: { ...FOUR, max: '18' } }, 'metric-value-impossible'],
    ['a percentile as text', { value: { ...FOUR, p99: '17' } }, 'metric-value-impossible'],
    ['more statistics than a stream sends', { value: { ...FOUR, ...many(97) } }, 'metric-value-impossible'],
    ['dimensions as a list', { dimensions: [] }, 'metric-dimensions-unreadable'],
    ['31 dimensions', { dimensions: many(31) }, 'metric-dimensions-unreadable'],
    ['an empty dimension', { dimensions: { a: '' } }, 'metric-dimensions-unreadable'],
    ['a dimension that is a number', { dimensions: { a: 1 } }, 'metric-dimensions-unreadable'],
    ['a long dimension', { dimensions: { a: long(1025) } }, 'metric-dimensions-unreadable'],
    ['a dimension with a long name', { dimensions: { [long(256)]: 'a' } }, 'metric-dimensions-unreadable'],
  ])('%s', (_, given, reason) => {
    expect(readMetric({ ...EXAMPLE, ...given })).toEqual({ ok: false, reason });
  });

  test('the longest names and the most dimensions are read', () => {
    const dimensions = { ...many(29), [long(255)]: long(1024) };
    expect(readMetric({ ...EXAMPLE, metric_name: long(255), dimensions })).toMatchObject({ ok: true });
  });
});

test('a file holds periods as it holds other documents', () => {
  const { metric_name: _, ...nameless } = EXAMPLE;
  expect(readDocument(EXAMPLE, () => '')).toEqual({ records: [METRIC], problems: [], ignored: ['metric-statistic'] });
  expect(readDocument(nameless, () => 'text')).toEqual({
    records: [],
    problems: [{ reason: 'metric-without-name', text: 'text' }],
    ignored: [],
  });
});

test('statistics and dimensions of a large object are counted in its text', () => {
  const many = (n: number): Record<string, unknown> =>
    Object.fromEntries(Array.from({ length: n }, (_, at) => [`x${at}`, 'y']));
  const read = (given: object): unknown => {
    const record = { ...EXAMPLE, ...given };
    const text = JSON.stringify({ ...record, more: 'x'.repeat(5000) });
    expect(readMetric(record, text)).toEqual(readMetric(record));
    return readMetric(record, text);
  };
  expect(read({ value: { ...FOUR, ...many(96) } })).toMatchObject({ ok: true, ignored: 'metric-statistic' });
  expect(read({ value: { ...FOUR, ...many(97) } })).toEqual({ ok: false, reason: 'metric-value-impossible' });
  expect(read({ dimensions: many(30) })).toMatchObject({ ok: true });
  expect(read({ dimensions: many(31) })).toEqual({ ok: false, reason: 'metric-dimensions-unreadable' });
});
