/**
 * Records of metric streams in OpenTelemetry's format. Messages and figures are those of "CloudWatch metric stream output in OpenTelemetry
 * 1.0.0 format" and "… 0.7.0 format" of the guide, field numbers those of metrics.proto.
 */
import { describe, expect, test } from 'vitest';
import type { OtelPoint } from '../../test/support/otel-record.ts';
import {
  double,
  fixed64,
  metric,
  part,
  point07,
  point10,
  record,
  request,
  text,
} from '../../test/support/otel-record.ts';
import { MINUTE_MS } from '../records/time.ts';
import { readOtelRecord } from './otel-metrics.ts';

const FIRST: OtelPoint = {
  namespace: 'AWS/DynamoDB',
  name: 'ConsumedReadCapacityUnits',
  dimensions: [['TableName', 'MyTable']],
  startMs: 1_604_948_400_000,
  endMs: 1_604_948_460_000,
  count: 1,
  sum: 1,
  quantiles: [
    [0, 1],
    [0.95, 1],
    [0.99, 1],
    [1, 1],
  ],
};
const SECOND: OtelPoint = {
  ...FIRST,
  startMs: 1_604_948_460_000,
  endMs: 1_604_948_520_000,
  count: 2,
  sum: 5,
  quantiles: [
    [0, 2],
    [1, 3],
  ],
};
const NAME = 'AWS/DynamoDB/ConsumedReadCapacityUnits';
const STORED = {
  kind: 'metric-statistics',
  source: 'stream',
  account: '123456789012',
  region: 'us-east-1',
  namespace: 'AWS/DynamoDB',
  name: 'ConsumedReadCapacityUnits',
  unit: 'None',
  dimensions: [['TableName', 'MyTable']],
  startMs: 1_604_948_400_000,
  periodMs: MINUTE_MS,
  count: 1,
  sum: 1,
  min: 1,
  max: 1,
  percentiles: [
    [95, 1],
    [99, 1],
  ],
};
const STORED_SECOND = { ...STORED, startMs: 1_604_948_460_000, count: 2, sum: 5, min: 2, max: 3, percentiles: null };

const of = (...metrics: readonly Uint8Array[]): Uint8Array => request('123456789012', 'us-east-1', ...metrics);
const WHOLE = of(metric(NAME, '1', point10(FIRST), point10(SECOND)));
const ONE = of(metric(NAME, '1', point10(FIRST)));
const problemsOf = (bytes: Buffer) => readOtelRecord(bytes)?.problems.map(({ reason, n }) => [reason, n]);

test.each([
  ['1.0', point10],
  ['0.7', point07],
])('the example of version %s: a point has the start of its period', (_, point) => {
  const bytes = record(of(metric(NAME, '1', point(FIRST), point(SECOND))));
  expect(readOtelRecord(bytes)).toEqual({ records: [STORED, STORED_SECOND], problems: [] });
});

test('several messages and metrics of a record, and a resource after its metrics', () => {
  const resource = part(1, text(1, 'cloud.region'), part(2, text(1, 'eu-west-1')));
  const late = part(1, part(2, metric(NAME, '1', point10(FIRST))), part(1, resource));
  const read = readOtelRecord(record(of(metric(NAME, '1', point10(SECOND)), metric(NAME, '1', point10(FIRST))), late));
  expect(read).toEqual({
    records: [STORED_SECOND, STORED, { ...STORED, account: null, region: 'eu-west-1' }],
    problems: [],
  });
});

test('zeros are absent: of a count, a sum, a minimum and both figures of a quantile', () => {
  const zero = {
    ...FIRST,
    count: 0,
    sum: 0,
    quantiles: [
      [0, 0],
      [1, 0],
    ] as const,
  };
  expect(readOtelRecord(record(of(metric(NAME, '1', point10(zero)))))?.records).toEqual([
    { ...STORED, count: 0, sum: 0, min: 0, max: 0, percentiles: null },
  ]);
  const none = { ...FIRST, quantiles: [] };
  expect(readOtelRecord(record(of(metric(NAME, '1', point10(none)))))?.records).toEqual([
    { ...STORED, min: null, max: null, percentiles: null },
  ]);
});

test('percentiles have the digits of CloudWatch', () => {
  const quantiles = [
    [0, 1],
    [0.999, 3],
    [0.07, 2],
    [1, 4],
  ] as const;
  expect(
    readOtelRecord(record(of(metric(NAME, '1', point10({ ...FIRST, quantiles })))))?.records[0]?.percentiles,
  ).toEqual([
    [7, 2],
    [99.9, 3],
  ]);
});

test.each([
  ['1.0', point10],
  ['0.7', point07],
])('dimensions may be called like the names of a metric: version %s', (_, point) => {
  const dimensions = [
    ['Namespace', 'a'],
    ['MetricName', 'b'],
  ] as const;
  expect(readOtelRecord(record(of(metric(NAME, '1', point({ ...FIRST, dimensions })))))?.records).toEqual([
    {
      ...STORED,
      dimensions: [
        ['MetricName', 'b'],
        ['Namespace', 'a'],
      ],
    },
  ]);
});

test.each([
  ['s', 'Seconds'],
  ['us', 'Microseconds'],
  ['ms', 'Milliseconds'],
  ['By', 'Bytes'],
  ['MBit', 'Megabits'],
  ['%', 'Percent'],
  ['{Count}', 'Count'],
  ['1', 'None'],
  ['By/s', 'Bytes/Second'],
  ['{Count}/s', 'Count/Second'],
  ['furlong', 'furlong'],
  ['furlong/s', 'furlong/s'],
  ['constructor', 'constructor'],
  ['', null],
])('the unit %j is %j', (unit, expected) => {
  expect(readOtelRecord(record(of(metric(NAME, unit, point10(FIRST)))))?.records[0]?.unit).toBe(expected);
});

describe('a message that is cut spoils itself alone', () => {
  test('at the end of the record', () => {
    const bytes = record(ONE, WHOLE);
    for (const missing of [1, 10, WHOLE.length - 8]) {
      const read = readOtelRecord(bytes.subarray(0, bytes.length - missing));
      expect(read?.records).toEqual([STORED]);
      expect(read?.problems.map(({ reason, n, bytes: own }) => [reason, n, own.length])).toEqual([
        ['otel-message-unreadable', 1, record(WHOLE).length - missing],
      ]);
    }
  });

  test('before another', () => {
    const cut = record(WHOLE).subarray(0, 150);
    const read = readOtelRecord(Buffer.concat([record(ONE), cut, record(ONE), record(ONE)]));
    expect(read?.records).toEqual([STORED, STORED, STORED]);
    expect(read?.problems.map(({ reason, bytes }) => [reason, bytes])).toEqual([['otel-message-unreadable', cut]]);
  });

  test('before the smallest message that has a point', () => {
    const times = [fixed64(2, BigInt(FIRST.startMs) * 1_000_000n), fixed64(3, BigInt(FIRST.endMs) * 1_000_000n)];
    const label = (key: string, value: string) => part(1, text(1, key), text(2, value));
    const point = part(1, label('Namespace', 'n'), label('MetricName', 'm'), ...times);
    // Tags and lengths of two bytes: labels of 2 + 11 + 3 and 2 + 12 + 3, and two times of 1 + 8.
    expect(point).toHaveLength(2 + 16 + 17 + 18);
    const smallest = part(1, part(2, part(2, part(11, point))));
    expect(smallest).toHaveLength(61);
    const cut = record(WHOLE).subarray(0, 150);
    const read = readOtelRecord(Buffer.concat([cut, record(smallest)]));
    expect(read?.records).toMatchObject([{ namespace: 'n', name: 'm', count: 0, unit: null }]);
    expect(read?.problems.map(({ bytes }) => bytes)).toEqual([cut]);
  });

  test('and only a hundred of one record', () => {
    const cut = record(WHOLE).subarray(0, 150);
    const read = readOtelRecord(
      Buffer.concat([record(ONE), ...Array.from({ length: 110 }, () => [cut, record(ONE)]).flat()]),
    );
    expect(read?.problems).toHaveLength(100);
    expect(read?.records).toHaveLength(100);
  });
});

describe('what is no point of CloudWatch', () => {
  const point = (given: Partial<OtelPoint>) =>
    record(of(metric(NAME, '1', point10({ ...FIRST, ...given }), point10(SECOND))));
  test.each([
    ['no name', point({ name: '' }), 'metric-without-name'],
    ['no namespace', point({ namespace: '' }), 'metric-without-name'],
    ['a control character', point({ name: 'a\n' }), 'metric-without-name'],
    ['no start', point({ startMs: 0 }), 'metric-without-time'],
    ['an end before the start', point({ endMs: FIRST.startMs }), 'metric-without-time'],
    ['a period of more than a day', point({ endMs: FIRST.startMs + 86_400_001 }), 'metric-without-time'],
    ['a sum of no values', point({ count: 0 }), 'metric-value-impossible'],
    ['a sum that is none', point({ sum: Number.NaN }), 'metric-value-impossible'],
    [
      'a minimum above the maximum',
      point({
        quantiles: [
          [0, 2],
          [1, 1],
        ],
      }),
      'metric-value-impossible',
    ],
    ['a quantile above 1', point({ quantiles: [[2, 2]] }), 'metric-value-impossible'],
    [
      'a percentile that is infinite',
      point({ quantiles: [[0.5, Number.POSITIVE_INFINITY]] }),
      'metric-value-impossible',
    ],
    ['an empty dimension', point({ dimensions: [['a', '']] }), 'metric-dimensions-unreadable'],
    [
      '31 dimensions',
      point({ dimensions: Array.from({ length: 31 }, (_, at) => [`d${at}`, 'v'] as const) }),
      'metric-dimensions-unreadable',
    ],
    [
      'a long unit',
      record(of(metric(NAME, 'x'.repeat(33), point10(FIRST)), metric(NAME, '1', point10(SECOND)))),
      'metric-without-name',
    ],
    ['an empty point', record(of(metric(NAME, '1', part(1), point10(SECOND)))), 'metric-without-time'],
    [
      'a gauge',
      record(of(part(2, text(1, 'a gauge of others'), part(5)), metric(NAME, '1', point10(SECOND)))),
      'otel-without-summary',
    ],
    ['an empty metric', record(of(part(2), metric(NAME, '1', point10(SECOND)))), 'otel-without-summary'],
  ])('%s', (_, bytes, reason) => {
    expect(readOtelRecord(bytes)?.records).toEqual([STORED_SECOND]);
    expect(problemsOf(bytes)).toEqual([[reason, 1]]);
  });

  test.each([
    [
      'more pairs than a point has',
      metric(NAME, '1', point10({ ...FIRST, dimensions: Array.from({ length: 101 }, () => ['d', 'v'] as const) })),
    ],
    [
      'more quantiles',
      metric(NAME, '1', point10({ ...FIRST, quantiles: Array.from({ length: 101 }, () => [0.5, 1] as const) })),
    ],
    ['more than a thousand empty points', metric(NAME, '1', ...Array.from({ length: 1001 }, () => part(1)))],
  ])('a message with %s is not read', (_, own) => {
    const bytes = record(of(metric(NAME, '1', point10(FIRST)), own));
    expect(readOtelRecord(bytes)?.records).toEqual([]);
    expect(problemsOf(bytes)?.[0]).toEqual(['otel-message-unreadable', 1]);
  });
});

test('fields of later versions and of other types are skipped', () => {
  const strange = [text(99, 'x'), fixed64(98, 5n), double(97, 1.5), part(2, text(1, 'n'))];
  const own = part(1, point10(FIRST).subarray(0, 0));
  expect(own.length).toBeGreaterThan(0);
  const message = Buffer.concat([ONE, ...strange]);
  expect(readOtelRecord(record(message))).toEqual({ records: [STORED], problems: [] });
});

test.each([
  ['JSON', '{"a":1}'],
  ['indented JSON', '{\n  "messageType": "DATA_MESSAGE"\n}'],
  ['text that begins like a message', `Z\n0\n${'x'.repeat(200)}`],
  ['nothing', ''],
  ['a line', 'START RequestId: x Version: 1'],
])('%s is no such record', (_, given) => {
  expect(readOtelRecord(Buffer.from(given))).toBeNull();
});
