/**
 * Lines in the embedded metric format. Documents are the examples of the specification, of the documentation of Powertools, and those that
 * tests of aws-embedded-metrics expect; limits are those of the specification.
 */
import { describe, expect, test } from 'vitest';
import { readEmbeddedMetrics } from './embedded-metrics.ts';

const AT = 1_574_109_732_004;
const ID = '989ffbf8-9ace-4817-a57c-e4dd734019ee';

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

const DIRECTIVE = {
  Namespace: 'lambda-function-metrics',
  Dimensions: [['functionVersion']],
  Metrics: [{ Name: 'time', Unit: 'Milliseconds' }],
};
const ROOT = { functionVersion: '$LATEST', time: 100, requestId: ID };

function document(directives: readonly unknown[], more: object = {}, aws: object = {}): object {
  return { _aws: { Timestamp: AT, CloudWatchMetrics: directives, ...aws }, ...ROOT, ...more };
}

const read = (value: unknown) => readEmbeddedMetrics(typeof value === 'string' ? value : JSON.stringify(value));
const one = (given: Directive, more: object = {}) => read(document([{ ...DIRECTIVE, ...given }], more));

const TIME = {
  namespace: 'lambda-function-metrics',
  name: 'time',
  unit: 'Milliseconds',
  dimensionSets: [[['functionVersion', '$LATEST']]],
  values: [[100, 1]],
};
const EXAMPLE = { atMs: AT, requestId: ID, metrics: [TIME], leftOut: [] };

test('the example of the specification', () => {
  expect(read(document([DIRECTIVE]))).toEqual(EXAMPLE);
});

describe('what libraries print', () => {
  test('Powertools for Python: lists of values', () => {
    const line = {
      _aws: {
        Timestamp: 1_656_620_400_000,
        CloudWatchMetrics: [
          {
            Namespace: 'ServerlessAirline',
            Dimensions: [['service']],
            Metrics: [{ Name: 'SuccessfulBooking', Unit: 'Count' }],
          },
        ],
      },
      service: 'booking',
      SuccessfulBooking: [1, 2.5],
    };
    expect(read(line)).toEqual({
      atMs: 1_656_620_400_000,
      requestId: null,
      leftOut: [],
      metrics: [
        {
          namespace: 'ServerlessAirline',
          name: 'SuccessfulBooking',
          unit: 'Count',
          dimensionSets: [[['service', 'booking']]],
          values: [
            [1, 1],
            [2.5, 1],
          ],
        },
      ],
    });
  });

  test('Powertools for TypeScript before it had a console of its own: behind the prefix of Node.js, over several lines', () => {
    const text = JSON.stringify(document([DIRECTIVE], { requestId: undefined }), null, 4);
    expect(read(`2023-10-25T17:38:05.273Z\t274cced9-0439-4a76-befe-eeef0ec34460\tINFO\t\n${text}\n`)).toEqual({
      ...EXAMPLE,
      requestId: '274cced9-0439-4a76-befe-eeef0ec34460',
    });
  });

  test('aws-embedded-metrics: a resolution, two sets of dimensions, and names of requests in properties', () => {
    const directive = {
      Namespace: 'aws-embedded-metrics',
      Dimensions: [['ServiceName', 'ServiceType'], ['TestDimension']],
      Metrics: [{ Name: 'something', Unit: 'Count', StorageResolution: 60 }],
    };
    const root = { ServiceName: 's', ServiceType: 'AWS::Lambda::Function', TestDimension: 'value', something: 7 };
    const found = read({ _aws: { CloudWatchMetrics: [directive], Timestamp: AT }, ...root, function_request_id: ID });
    expect(found?.requestId).toBe(ID);
    expect(found?.metrics).toEqual([
      {
        namespace: 'aws-embedded-metrics',
        name: 'something',
        unit: 'Count',
        dimensionSets: [
          [
            ['ServiceName', 's'],
            ['ServiceType', 'AWS::Lambda::Function'],
          ],
          [['TestDimension', 'value']],
        ],
        values: [[7, 1]],
      },
    ]);
  });

  test.each([
    ['as an object', document([DIRECTIVE], { requestId: undefined })],
    ['as text', JSON.stringify(document([DIRECTIVE], { requestId: undefined }))],
  ])('console.log in the JSON log format of Lambda, %s', (_, message) => {
    const line = { timestamp: '2023-11-01T00:21:51.358Z', level: 'INFO', requestId: ID, message };
    expect(read(line)).toEqual(EXAMPLE);
  });

  test('a logger that writes braces before the document', () => {
    expect(read(`[INFO] {thread-1} {{{ {"a" ${JSON.stringify(document([DIRECTIVE]))}`)).toEqual(EXAMPLE);
  });

  test('numbers of Python that JSON does not have: that metric is left out', () => {
    const Metrics = [{ Name: 'time', Unit: 'Milliseconds' }, { Name: 'a' }, { Name: 'b' }, { Name: 'c' }];
    const functionVersion = 'NaN, "Infinity\\';
    const text = JSON.stringify(document([{ ...DIRECTIVE, Metrics }], { a: 1, b: 2, c: [3], functionVersion }));
    const printed = text.replace('"a":1', '"a": NaN').replace('"b":2', '"b": -Infinity').replace('[3]', '[Infinity]');
    expect(read(printed)).toEqual({
      ...EXAMPLE,
      metrics: [{ ...TIME, dimensionSets: [[['functionVersion', functionVersion]]] }],
      leftOut: [['emf-metric-invalid', 3]],
    });
  });
});

test('several directives: each has its namespace and sets', () => {
  const other = { Namespace: 'other', Dimensions: [[]], Metrics: [{ Name: 'n' }] };
  const found = read(document([DIRECTIVE, other], { n: [1, 1, 2] }));
  expect(found?.metrics).toEqual([
    TIME,
    {
      namespace: 'other',
      name: 'n',
      unit: null,
      dimensionSets: [[]],
      values: [
        [1, 1],
        [1, 1],
        [2, 1],
      ],
    },
  ]);
});

test('values with how often each came, as exporters of OpenTelemetry write', () => {
  const time = { Values: [1, 2, 3], Counts: [4, 0, 0.5], Max: 3, Min: 1, Count: 5, Sum: 7 };
  expect(one({}, { time })?.metrics[0]?.values).toEqual([
    [1, 4],
    [3, 0.5],
  ]);
  expect(one({}, { time: { Values: [1, 2] } })?.metrics[0]?.values).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test('a name that comes twice in a directive, in a set, and sets that are equal, count once', () => {
  const Metrics = [
    { Name: 'time', Unit: 'Milliseconds' },
    { Name: 'time', Unit: 'Milliseconds' },
  ];
  const Dimensions = [['functionVersion'], ['functionVersion', 'functionVersion']];
  expect(one({ Metrics, Dimensions })).toEqual(EXAMPLE);
});

const list = <T>(n: number, make: (at: number) => T): readonly T[] => Array.from({ length: n }, (_, at) => make(at));
const names = (n: number) => list(n, (at) => `d${at}`);
const members = (n: number) => Object.fromEntries(names(n).map((name) => [name, 'v']));

describe('what is left out', () => {
  test.each([
    ['no namespace', { Namespace: undefined }, {}, 'emf-directive-invalid'],
    ['an empty namespace', { Namespace: '' }, {}, 'emf-directive-invalid'],
    ['no metrics', { Metrics: undefined }, {}, 'emf-directive-invalid'],
    ['101 metrics', { Metrics: list(101, () => ({ Name: 'time' })) }, {}, 'emf-directive-invalid'],
    ['no dimensions', { Dimensions: undefined }, {}, 'emf-dimensions-invalid'],
    ['no set of dimensions', { Dimensions: [] }, {}, 'emf-dimensions-invalid'],
    ['names that are in no set', { Dimensions: ['functionVersion'] }, {}, 'emf-dimensions-invalid'],
    [
      'a dimension that the document does not have',
      { Dimensions: [['functionVersion', 'absent']] },
      {},
      'emf-dimensions-invalid',
    ],
    ['a dimension that every object has', { Dimensions: [['constructor']] }, {}, 'emf-dimensions-invalid'],
    ['a dimension that is a number', { Dimensions: [['time']] }, {}, 'emf-dimensions-invalid'],
    ['a dimension that is no name', { Dimensions: [[5]] }, {}, 'emf-dimensions-invalid'],
    ['an empty dimension', {}, { functionVersion: '' }, 'emf-dimensions-invalid'],
    ['a dimension with an escape character', {}, { functionVersion: '\u001b[31m' }, 'emf-dimensions-invalid'],
    ['31 dimensions', { Dimensions: [names(31)] }, members(31), 'emf-dimensions-invalid'],
    ['a metric that is absent', {}, { time: undefined }, 'emf-metric-absent'],
    ['no values', {}, { time: [] }, 'emf-metric-absent'],
    ['values that never came', {}, { time: { Values: [1], Counts: [0] } }, 'emf-metric-absent'],
    ['a value as text', {}, { time: '100' }, 'emf-metric-invalid'],
    ['null', {}, { time: null }, 'emf-metric-invalid'],
    ['text among values', {}, { time: [1, '2'] }, 'emf-metric-invalid'],
    ['101 values', {}, { time: list(101, () => 1) }, 'emf-metric-invalid'],
    ['151 values with counts', {}, { time: { Values: list(151, () => 1) } }, 'emf-metric-invalid'],
    ['fewer counts than values', {}, { time: { Values: [1, 2], Counts: [1] } }, 'emf-metric-invalid'],
    ['a negative count', {}, { time: { Values: [1], Counts: [-1] } }, 'emf-metric-invalid'],
    ['an object', {}, { time: { a: 1 } }, 'emf-metric-invalid'],
    ['a statistic set', {}, { time: { Max: 3, Min: 1, Count: 2, Sum: 4 } }, 'emf-statistic-set'],
    ['a metric without a name', { Metrics: [{ Unit: 'Count' }] }, {}, 'emf-metric-invalid'],
    ['a metric that is text', { Metrics: ['time'] }, {}, 'emf-metric-invalid'],
    ['a long unit', { Metrics: [{ Name: 'time', Unit: 'x'.repeat(33) }] }, {}, 'emf-metric-invalid'],
  ])('%s', (_, directive, more, reason) => {
    expect(one(directive, more)).toEqual({ atMs: AT, requestId: ID, metrics: [], leftOut: [[reason, 1]] });
  });

  test('a value beyond what a number holds', () => {
    const text = JSON.stringify(document([DIRECTIVE])).replace('"time":100', '"time":1e400');
    expect(read(text)).toMatchObject({ metrics: [], leftOut: [['emf-metric-invalid', 1]] });
  });

  test('that metric or that directive alone', () => {
    const Metrics = [{ Name: 'gone' }, { Name: 'time', Unit: 'Milliseconds' }, { Name: 'text' }, { Name: 'gone too' }];
    const found = read(
      document(
        [
          { ...DIRECTIVE, Dimensions: [['absent']] },
          { ...DIRECTIVE, Metrics },
        ],
        { text: 'x' },
      ),
    );
    expect(found).toEqual({
      ...EXAMPLE,
      leftOut: [
        ['emf-dimensions-invalid', 1],
        ['emf-metric-absent', 2],
        ['emf-metric-invalid', 1],
      ],
    });
  });

  test('the most of all is read', () => {
    const found = one(
      { Metrics: list(100, (at) => ({ Name: `m${at}` })), Dimensions: [names(30)] },
      { ...members(30), ...Object.fromEntries(list(100, (at) => [`m${at}`, list(100, () => at)])) },
    );
    expect(found?.leftOut).toEqual([]);
    expect(found?.metrics).toHaveLength(100);
    expect(found?.metrics[99]?.dimensionSets[0]).toHaveLength(30);
    expect(found?.metrics[99]?.values).toHaveLength(100);
    expect(one({}, { time: { Values: list(150, () => 1) } })?.metrics[0]?.values).toHaveLength(150);
  });

  test('beyond 1,000 pairs of metric and set of dimensions: a short line could state millions', () => {
    const given = { Metrics: list(100, (at) => ({ Name: `m${at}` })), Dimensions: names(11).map((name) => [name]) };
    const more = { ...members(11), ...Object.fromEntries(list(100, (at) => [`m${at}`, 1])) };
    const found = one(given, more);
    expect(found?.metrics).toHaveLength(90);
    expect(found?.leftOut).toEqual([['emf-too-many-series', 10]]);
  });
});

describe('what is none', () => {
  test.each([
    ['no member', '{"a":1}', null],
    ['another member', '{"_aws_region":"eu-west-1"}', null],
    ['a document that is cut', JSON.stringify(document([DIRECTIVE])).slice(0, -2), 'emf-not-json'],
    ['text after the document', `${JSON.stringify(document([DIRECTIVE]))} x`, 'emf-not-json'],
    ['no document', 'the member "_aws" is missing', 'emf-not-json'],
    ['more braces than are tried', `{"{"{"${JSON.stringify(document([DIRECTIVE]))}`, 'emf-not-json'],
    ['a member further in', { a: { _aws: {} } }, 'emf-without-directives'],
    ['a member that is text', { _aws: 'x' }, 'emf-without-directives'],
    ['no directives', { _aws: { Timestamp: AT } }, 'emf-without-directives'],
    ['an empty list', { _aws: { Timestamp: AT, CloudWatchMetrics: [] } }, 'emf-without-directives'],
    ['a directive without metrics', document([{ ...DIRECTIVE, Metrics: [] }]), 'emf-without-directives'],
    ['no time', document([DIRECTIVE], {}, { Timestamp: undefined }), 'emf-without-time'],
    ['a time as text', document([DIRECTIVE], {}, { Timestamp: String(AT) }), 'emf-without-time'],
    ['a time in seconds', document([DIRECTIVE], {}, { Timestamp: 1_574_109_732 }), 'emf-without-time'],
  ])('%s', (_, line, reason) => {
    const found = read(line);
    expect(found?.leftOut ?? null).toEqual(reason === null ? null : [[reason, 1]]);
    expect(found?.metrics ?? []).toEqual([]);
  });
});

test('parts of a millisecond are cut', () => {
  expect(read(document([DIRECTIVE], {}, { Timestamp: AT + 0.7 }))?.atMs).toBe(AT);
});
