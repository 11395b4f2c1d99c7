/** Values and units of every metric, worked out by hand. Wilson intervals: Newcombe 1998, table I. */
import { describe, expect, test } from 'vitest';
import { AT_LIST_PRICE } from '../cost/terms.ts';
import type { MetricName, MetricPoint } from './catalogue.ts';
import {
  defaultAggregations,
  isListedRate,
  quantileOf,
  sketchOf,
  unitOf,
  unknownOf,
  unsupportedAggregation,
  unsupportedMessage,
  valuesOf,
} from './catalogue.ts';
import { coldStartSecondsOf, coverageOf, userFeltOf } from './counts.ts';

/** Every count differs from every other and from every sum of others that is asked for. */
const counts = {
  n: 263,
  with_start: 250,
  timeouts: 1,
  errors: 2,
  ooms: 4,
  exits: 8,
  cold_on_demand: 16,
  cold_provisioned: 32,
  cold_snap_start: 3,
  cold_suppressed: 5,
  cold_managed_instance: 7,
  user_felt: 15,
  felt_init_us: 4_500_000,
  billed_ms: 26_300,
  errors_unknown: 0,
  unplaced: 115,
  unplaced_cold: 9,
};

const point: MetricPoint = {
  counts,
  // 100,000 GB-seconds and a million requests; a tenth of both failed.
  usage: [
    {
      region: 'us-east-1',
      memoryMb: 1024,
      architecture: 'x86_64',
      invocations: 1e6,
      billedMs: 1e8,
      failed: 1e5,
      failedBilledMs: 1e7,
    },
  ],
  factors: AT_LIST_PRICE,
  maxMemoryMb: 77,
  quantiles: [10, 20, 30],
  n: 199,
};

test.each<[MetricName, string, number]>([
  ['invocations', 'count', 263],
  ['errors', 'count', 15],
  ['timeouts', 'count', 1],
  ['outOfMemory', 'count', 4],
  ['exits', 'count', 8],
  ['coldStarts', 'count', 63],
  ['userFeltColdStarts', 'count', 15],
  ['coldStartSeconds', 's', 4.5],
  ['billedMs', 'ms', 26_300],
  // $0.20 per million requests and 100,000 × $0.0000166667.
  ['costUsd', 'USD', 1.86667],
  ['wastedUsd', 'USD', 0.186667],
])('%s is a sum in %s', (metric, unit, sum) => {
  expect(unitOf(metric)).toBe(unit);
  expect(defaultAggregations(metric)).toEqual(['sum']);
  const { n, values, interval } = valuesOf(metric, ['sum', 'perSecond'], point, 300);
  expect(n).toBe(263);
  expect(interval).toBeNull();
  expect(values['sum']).toBeCloseTo(sum, 9);
  expect(values['perSecond']).toBeCloseTo(sum / 300, 9);
});

test('the rate of user-felt cold starts is theirs, among the invocations whose environment is known', () => {
  expect(unitOf('userFeltColdStartRate')).toBe('ratio');
  // 15 of 263 − 115 = 148.
  const { n, values, interval } = valuesOf('userFeltColdStartRate', ['value'], point, 300);
  expect(n).toBe(148);
  expect(values).toEqual({ value: 15 / 148 });
  expect(interval?.low).toBeCloseTo(0.0624, 4);
  expect(interval?.high).toBeCloseTo(0.1605, 4);
});

test('the rate of cold starts is that of every kind, among all', () => {
  const { n, values, interval } = valuesOf(
    'coldStartRate',
    ['value'],
    { ...point, counts: { ...counts, cold_on_demand: 34 } },
    300,
  );
  expect(n).toBe(263);
  // 34 + 32 + 3 + 5 + 7 = 81.
  expect(values).toEqual({ value: 81 / 263 });
  expect(interval?.low).toBeCloseTo(0.2553, 4);
  expect(interval?.high).toBeCloseTo(0.3662, 4);
});

describe('with the counts of parts of the interval, intervals of rates come from the differences between them', () => {
  // Eight parts of 20 invocations, as a burst: ten of each 20 in the first four, none later.
  const lists = { n: new Array<number>(8).fill(20), placed: new Array<number>(8).fill(20) };
  const burst = [10, 10, 10, 10, 0, 0, 0, 0];
  const none = new Array<number>(8).fill(0);
  const zero = { ...counts, timeouts: 0, errors: 0, ooms: 0, exits: 0, user_felt: 0, unplaced: 0 };
  const warm = {
    cold_on_demand: 0,
    cold_provisioned: 0,
    cold_snap_start: 0,
    cold_suppressed: 0,
    cold_managed_instance: 0,
  };
  const ofParts = (metric: MetricName, hits: 'errors' | 'coldStarts' | 'userFelt', changes: Partial<typeof counts>) =>
    valuesOf(
      metric,
      ['value'],
      {
        ...point,
        counts: { ...zero, ...warm, n: 160, ...changes },
        blocks: { ...lists, errors: none, coldStarts: none, userFelt: none, [hits]: burst },
      },
      300,
    );

  test.each([
    ['errorRate', 'errors', { timeouts: 40 }],
    ['coldStartRate', 'coldStarts', { cold_on_demand: 40 }],
    ['userFeltColdStartRate', 'userFelt', { user_felt: 40 }],
  ] as const)('%s', (metric, hits, changes) => {
    const { values, interval } = ofParts(metric, hits, changes);
    expect(values).toEqual({ value: 0.25 });
    expect(interval?.blocks).toBe(8);
    // Wilson's interval of 40 of 160 is 0.19 to 0.32. Residuals of 5 and -5 have a variance of 657 in place of 160 · 0.25 · 0.75 = 30.
    expect(interval?.low).toBeLessThan(0.05);
    expect(interval?.high).toBeGreaterThan(0.7);
  });

  test('coverage is not counted in parts', () => {
    const { interval } = ofParts('coverage', 'errors', { with_start: 40 });
    expect(interval).not.toHaveProperty('blocks');
    expect(interval?.low).toBeCloseTo(0.19, 2);
    const metrics = [
      'errorRate',
      'coldStartRate',
      'userFeltColdStartRate',
      'coverage',
      'errors',
      'durationMs',
    ] as const;
    expect(metrics.map(isListedRate)).toEqual([true, true, true, false, false, false]);
  });

  test('parts that do not add up to the counts are not used', () => {
    expect(ofParts('coldStartRate', 'coldStarts', { cold_on_demand: 41 }).interval).not.toHaveProperty('blocks');
  });
});

test('the error rate is that of all four kinds of failures; coverage that of invocations with START', () => {
  expect(valuesOf('errorRate', ['value'], point, 300)).toMatchObject({ n: 263, values: { value: 15 / 263 } });
  expect(valuesOf('coverage', ['value'], point, 300)).toMatchObject({ n: 263, values: { value: 250 / 263 } });
  expect(coverageOf(counts)).toBe(250 / 263);
  expect(coverageOf({ n: 0, with_start: 0 })).toBeNull();
});

test('quantiles keep the order in which they were asked for, and count their own values', () => {
  const { n, values } = valuesOf('durationMs', ['p50', 'count', 'p95', 'p99'], point, 300);
  expect(n).toBe(199);
  expect(values).toEqual({ p50: 10, count: 199, p95: 20, p99: 30 });
  expect(unitOf('initMs')).toBe('ms');
  expect(['durationMs', 'initMs', 'coldStartMs', 'errors'].map((name) => sketchOf(name as MetricName))).toEqual([
    'duration',
    'init',
    'coldStartTotal',
    null,
  ]);
});

test('a quantile by its name', () => {
  expect(['p99.9', 'p50', 'p5', 'p', 'x50', 'max'].map(quantileOf)).toEqual([0.999, 0.5, 0.05, null, null, null]);
});

test('a quantile without a value is not known', () => {
  expect(valuesOf('durationMs', ['p50', 'p95', 'p99'], { ...point, quantiles: [null, 7] }, 300).values).toEqual({
    p50: null,
    p95: 7,
    p99: null,
  });
});

test('costs of an unknown price are not known', () => {
  const unpriced = { ...point, usage: point.usage.map((one) => ({ ...one, memoryMb: null })) };
  for (const metric of ['costUsd', 'wastedUsd'] as const)
    expect(valuesOf(metric, ['sum'], unpriced, 300).values).toEqual({ sum: null });
});

test('default aggregations of each kind', () => {
  expect(
    (['errors', 'errorRate', 'coverage', 'initMs', 'maxMemoryUsedMb'] as const).map((one) => defaultAggregations(one)),
  ).toEqual([['sum'], ['value'], ['value'], ['p50', 'p95', 'p99'], ['max']]);
});

test('memory is a maximum in MB', () => {
  expect(unitOf('maxMemoryUsedMb')).toBe('MB');
  expect(valuesOf('maxMemoryUsedMb', ['max'], point, 300).values).toEqual({ max: 77 });
});

test('what callers felt is unknown, not zero, if no environment is known', () => {
  const none = { n: 263, unplaced: 263, user_felt: 0, felt_init_us: 0 };
  expect(userFeltOf(none)).toBeNull();
  expect(coldStartSecondsOf(none)).toBeNull();
  expect(userFeltOf({ ...none, unplaced: 262 })).toBe(0);
  const unplaced = { ...point, counts: { ...counts, ...none } };
  expect(valuesOf('userFeltColdStarts', ['sum', 'perSecond'], unplaced, 300).values).toEqual({
    sum: null,
    perSecond: null,
  });
  expect(valuesOf('userFeltColdStartRate', ['value'], unplaced, 300)).toMatchObject({ n: 0, values: { value: null } });
});

test('each kind of metric takes its own aggregations', () => {
  expect(unsupportedAggregation('errors', ['sum', 'perSecond'])).toBeNull();
  expect(unsupportedAggregation('errors', ['sum', 'p50'])).toBe('p50');
  expect(unsupportedAggregation('errorRate', ['value', 'sum'])).toBe('sum');
  expect(unsupportedAggregation('maxMemoryUsedMb', ['max', 'value'])).toBe('value');
  expect(unsupportedAggregation('durationMs', ['count', 'p99.9', 'max'])).toBe('max');
  expect(unsupportedAggregation('durationMs', ['p50', 'top5'])).toBe('top5');
  expect(unsupportedAggregation('durationMs', ['p'])).toBe('p');
  expect(unsupportedAggregation('coverage', ['value', 'perSecond'])).toBe('perSecond');
  expect(unsupportedMessage('durationMs', 'max')).toBe('durationMs does not support max. Use p50, p95, p99.');
  expect(unsupportedMessage('errors', 'p50')).toBe('errors does not support p50. Use sum.');
});

test('only metrics of failures are lower bounds where errors are unknown', () => {
  const unknown = { ...counts, errors_unknown: 40 };
  expect(unknownOf('errors', unknown)).toMatchObject({ invocations: 40 });
  expect(unknownOf('wastedUsd', unknown)).toMatchObject({ invocations: 40 });
  expect(unknownOf('timeouts', unknown)).toBeNull();
  expect(unknownOf('errors', counts)).toBeNull();
});
