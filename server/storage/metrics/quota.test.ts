/** Limits of series, and what of a point and its series can be stored. */
import { describe, expect, test } from 'vitest';
import type { MetricStatistics } from '../../../ingest/records/metric.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { pointProblem, storableValues } from './admission.ts';
import type { MetricSeries } from './identity.ts';
import { hasOneUnit, seriesOfPoint, seriesOfValues, seriesParts } from './identity.ts';
import { METRIC_OPTIONS, SeriesQuota, seriesProblem } from './quota.ts';

const SERIES: MetricSeries = {
  source: 'emf',
  functionId: 7,
  account: '111122223333',
  region: 'eu-west-1',
  namespace: 'Shop',
  name: 'orders',
  unit: 'Count',
  dimensions: [['service', 'checkout']],
};

const POINT: MetricStatistics = {
  kind: 'metric-statistics',
  source: 'stream',
  account: null,
  region: null,
  namespace: 'AWS/Lambda',
  name: 'Errors',
  unit: 'Count',
  dimensions: [['FunctionName', 'f']],
  startMs: Date.UTC(2026, 10, 20, 10),
  periodMs: MINUTE_MS,
  count: 1,
  sum: 2,
  min: 2,
  max: 2,
} as unknown as MetricStatistics;

describe('the quota', () => {
  const admitted = (quota: SeriesQuota, ...changes: Partial<MetricSeries>[]) =>
    changes.map((change) => quota.admit({ ...SERIES, ...change }));

  test('of one function, of one namespace without a function, and of all', () => {
    const quota = new SeriesQuota({ seriesOfOne: 2, series: 5 }, []);
    expect(admitted(quota, {}, { namespace: 'Other' }, {})).toEqual([null, null, 'series-of-function']);
    const none = { functionId: 0 };
    expect(admitted(quota, none, none, none)).toEqual([null, null, 'series-of-namespace']);
    expect(admitted(quota, { ...none, namespace: 'Other' }, { functionId: 8 })).toEqual([null, 'series-in-all']);
  });

  test('begins with what is stored', () => {
    const stored = [
      { functionId: 7, namespace: 'a', n: 1 },
      { functionId: 7, namespace: 'b', n: 1 },
      { functionId: 0, namespace: 'Shop', n: 1 },
    ];
    const quota = new SeriesQuota({ seriesOfOne: 3, series: 5 }, stored);
    expect(admitted(quota, {}, {}, { functionId: 0 }, { functionId: 8 })).toEqual([
      null,
      'series-of-function',
      null,
      'series-in-all',
    ]);
  });

  test('leaves room for the metrics that the service counts of a whole function', () => {
    const whole = { source: 'cloudwatch', namespace: 'AWS/Lambda', dimensions: [['FunctionName', 'f']] } as const;
    const of = (change: Partial<MetricSeries>) =>
      new SeriesQuota({ seriesOfOne: 0, series: 5 }, []).admit({ ...SERIES, ...whole, ...change });
    expect([
      of({}),
      of({ source: 'emf' }),
      of({ namespace: 'AWS/SQS' }),
      of({ dimensions: [['Resource', 'f']] }),
      of({
        dimensions: [
          ['FunctionName', 'f'],
          ['Resource', 'f:1'],
        ],
      }),
      of({ dimensions: [] }),
    ]).toEqual([null, ...Array.from({ length: 5 }, () => 'series-of-function')]);
    // The limit of all is for them, too.
    expect(new SeriesQuota({ seriesOfOne: 0, series: 0 }, []).admit({ ...SERIES, ...whole })).toBe('series-in-all');
  });

  test('is a thousand of one and twenty thousand in all, kept for 15 days', () => {
    expect(METRIC_OPTIONS).toEqual({ seriesOfOne: 1000, series: 20_000, keptMs: 15 * DAY_MS });
  });
});

describe('a series', () => {
  const long = (n: number) => 'x'.repeat(n);
  const many = (n: number) => Array.from({ length: n }, (_, at) => [`d${at}`, 'v'] as const);
  test.each<[Partial<MetricSeries>, string | null]>([
    [{}, null],
    [{ unit: null }, null],
    [{ namespace: long(255), name: long(255), unit: long(255), dimensions: [[long(255), long(1024)]] }, null],
    [{ namespace: long(256) }, 'text-too-long'],
    [{ name: long(256) }, 'text-too-long'],
    [{ unit: long(256) }, 'text-too-long'],
    [
      {
        dimensions: [
          ['a', 'b'],
          [long(256), 'v'],
        ],
      },
      'text-too-long',
    ],
    [
      {
        dimensions: [
          ['a', 'b'],
          ['k', long(1025)],
        ],
      },
      'text-too-long',
    ],
    [{ dimensions: many(30) }, null],
    [{ dimensions: many(31) }, 'text-too-long'],
    [
      {
        dimensions: [
          ['a', 'b'],
          ['id', 'of request-1'],
        ],
      },
      'request-id',
    ],
  ])('is stored as the limits of CloudWatch say, case %#', (change, expected) => {
    expect(seriesProblem({ ...SERIES, ...change }, 'request-1')).toBe(expected);
  });

  test('whose line has no request id cannot name it', () => {
    expect(seriesProblem({ ...SERIES, dimensions: [['id', 'null']] }, null)).toBeNull();
  });

  test('of a function is told by it, and of none by account and region', () => {
    expect(seriesParts(SERIES)).toEqual(['emf', '7', 'Shop', 'orders', 'Count', '[["service","checkout"]]']);
    expect(seriesParts({ ...SERIES, functionId: 0, unit: null })).toEqual([
      'emf',
      '111122223333',
      'eu-west-1',
      'Shop',
      'orders',
      '',
      '[["service","checkout"]]',
    ]);
  });

  test.each([
    ['cloudwatch', 'AWS/Lambda', true],
    ['cloudwatch', 'Shop/AWS/', false],
    ['emf', 'AWS/Lambda', false],
  ] as const)('of %s in %s has one unit: %s', (source, namespace, one) => {
    expect(hasOneUnit({ source, namespace })).toBe(one);
    const parts = seriesParts({ ...SERIES, source, namespace });
    expect(parts.includes('Count')).toBe(!one);
    expect(parts).toHaveLength(one ? 5 : 6);
  });

  test('of a point has the place that it states, or that of its delivery', () => {
    const scope = { account: 'a', region: 'r' };
    const common = { source: 'cloudwatch', functionId: 3, namespace: 'AWS/Lambda', name: 'Errors', unit: 'Count' };
    const dimensions = [['FunctionName', 'f']];
    expect(seriesOfPoint(POINT, 3, scope)).toEqual({ ...common, dimensions, account: 'a', region: 'r' });
    expect(seriesOfPoint({ ...POINT, account: 'b', region: 's' }, 3, scope)).toEqual({
      ...common,
      dimensions,
      account: 'b',
      region: 's',
    });
  });

  test('of printed values has the set of dimensions that is asked for', () => {
    const printed = { namespace: 'Shop', name: 'orders', unit: null } as Parameters<typeof seriesOfValues>[0];
    expect(seriesOfValues(printed, [['a', 'b']], 4, { account: 'a', region: 'r' })).toEqual({
      source: 'emf',
      functionId: 4,
      account: 'a',
      region: 'r',
      namespace: 'Shop',
      name: 'orders',
      unit: null,
      dimensions: [['a', 'b']],
    });
  });
});

describe('a point', () => {
  test.each<[Partial<MetricStatistics>, string | null]>([
    [{}, null],
    [{ count: 0, min: null, max: null }, null],
    [{ periodMs: HOUR_MS }, null],
    [{ periodMs: HOUR_MS + 1 }, 'period-too-long'],
    [{ periodMs: 0 }, 'not-a-number'],
    [{ periodMs: -1 }, 'not-a-number'],
    [{ count: -1 }, 'not-a-number'],
    [{ count: Number.NaN }, 'not-a-number'],
    [{ sum: Number.POSITIVE_INFINITY }, 'not-a-number'],
    [{ min: Number.NaN }, 'not-a-number'],
    [{ max: Number.NaN }, 'not-a-number'],
    [{ startMs: Number.NaN }, 'not-a-number'],
  ])('case %#: %j', (change, expected) => {
    expect(pointProblem({ ...POINT, ...change })).toBe(expected);
  });

  test('values are those that can be added up', () => {
    expect(
      storableValues([
        [1, 1],
        [-2.5, 3],
        [1, 0],
        [1, -1],
        [1, 0.5],
        [1, 2 ** 53],
        [1e308, 10],
        [Number.NaN, 1],
      ]),
    ).toEqual([
      [1, 1],
      [-2.5, 3],
    ]);
  });
});
