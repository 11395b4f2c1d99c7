/** Series of a slice worked out by hand: when samples stand, what counters count, and what is left out as not known. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../../ingest/records/time.ts';
import { CAUSES } from '../../../analytics/cold-starts/cause.ts';
import type { LabelMatcher } from '../../../analytics/promql/expression.ts';
import { Budget } from '../../../analytics/promql/values.ts';
import { HISTOGRAM_BOUNDS_MS } from '../../../storage/questions/series/bounds.ts';
import type { BucketSums, RollupSeries, SeriesSlice } from '../../../storage/questions/series/types.ts';
import { READ_AT, READ_COLUMNS, type ReadColumn } from '../../../storage/rollup/bucket.ts';
import { labelSetsOf, seriesOf } from './series-source.ts';

const FROM_MS = 1000 * HOUR_MS;
const WIDTH_MS = 5 * MINUTE_MS;
const TERMS = { plans: [], tier: 1, logTier: 1 } as const;
const CONTEXT = {
  terms: TERMS,
  tags: new Map([['1:eu-west-1:checkout', { team: 'shop', 'cost.center': '7', 'cost-center': '8' }]]),
};

function sums(counts: Partial<Record<ReadColumn, number>>, further: Partial<BucketSums> = {}): BucketSums {
  const all = new Float64Array(READ_COLUMNS.length);
  for (const name of READ_COLUMNS) all[READ_AT[name]] = counts[name] ?? 0;
  return {
    counts: all,
    maxMemoryMb: null,
    duration: null,
    init: [null, null, null, null, null],
    causes: null,
    ...further,
  };
}

function slice(buckets: readonly BucketSums[], further: Partial<SeriesSlice> = {}): SeriesSlice {
  return {
    ...{ function: 'checkout', account: '1', region: 'eu-west-1', version: '7', memoryMb: 512, architecture: 'arm64' },
    ...{ runtime: 'nodejs22.x', packageType: null },
    before: sums({ n: 100, billed_ms: 5000 }),
    buckets: buckets.map((one, at) => ({ ...one, atMs: FROM_MS + at * WIDTH_MS })),
    ...further,
  };
}

function rollups(...slices: readonly SeriesSlice[]): RollupSeries {
  return { range: { fromMs: FROM_MS, toMs: FROM_MS + 3 * WIDTH_MS, widthMs: WIDTH_MS }, slices };
}

function named(name: string, ...further: readonly LabelMatcher[]): readonly LabelMatcher[] {
  return [{ name: '__name__', op: '=', value: name }, ...further];
}

/** `[minutes from the start, value]` of each sample of each series. */
function samples(found: RollupSeries, name: string): readonly (readonly (readonly [number, number])[])[] {
  return seriesOf(found, named(name), CONTEXT, new Budget(10_000_000)).map(({ times, values }) =>
    [...times].map((ms, at) => [(ms - FROM_MS) / MINUTE_MS, values[at] ?? 0] as const),
  );
}

test('a counter goes on from what was before, with a sample at the end of each bucket', () => {
  const found = rollups(slice([sums({ n: 3 }), sums({ n: 4 })]));
  expect(samples(found, 'thermocline_invocations_total')).toEqual([
    [
      [0, 100],
      [5, 103],
      [10, 107],
      [15, 107],
    ],
  ]);
});

test('labels are those that are known', () => {
  const found = rollups(slice([sums({ n: 1 })], { version: null, architecture: null }));
  const sets = labelSetsOf(found, named('thermocline_invocations_total'), CONTEXT).map((one) => one.toObject());
  expect(sets).toEqual([
    {
      __name__: 'thermocline_invocations_total',
      ...{ function: 'checkout', account: '1', region: 'eu-west-1', memory_mb: '512' },
    },
  ]);
});

test('errors that are not known leave the series out', () => {
  const known = rollups(slice([sums({ n: 5, errors: 1, timeouts: 2 })]));
  expect(samples(known, 'thermocline_errors_total')[0]?.at(-1)).toEqual([15, 3]);
  expect(samples(known, 'thermocline_failures_total')).toHaveLength(4);
  const unknown = rollups(slice([sums({ n: 5, timeouts: 2, errors_unknown: 5 })]));
  expect(samples(unknown, 'thermocline_errors_total')).toEqual([]);
  const types = labelSetsOf(unknown, named('thermocline_failures_total'), CONTEXT).map((one) => one.get('type'));
  expect(types.toSorted()).toEqual(['exit', 'out-of-memory', 'timeout']);
  expect(samples(unknown, 'thermocline_errors_unknown_total')[0]?.at(-1)).toEqual([15, 5]);
});

test('cold starts of unknown log streams leave what callers felt out', () => {
  const known = rollups(slice([sums({ n: 5, user_felt: 1, felt_init_us: 250_000 })]));
  expect(samples(known, 'thermocline_user_felt_init_seconds_total')[0]?.at(-1)).toEqual([15, 0.25]);
  const unknown = rollups(slice([sums({ n: 5, unplaced: 1, user_felt: 1 })]));
  expect(samples(unknown, 'thermocline_user_felt_cold_starts_total')).toEqual([]);
  expect(samples(unknown, 'thermocline_user_felt_init_seconds_total')).toEqual([]);
});

test('costs by the price of the region and the architecture, and none without a price', () => {
  // 1000 requests and 100 GB-seconds on arm64 in Ireland.
  const usage = slice([sums({ n: 1000, billed_ms: 200_000 })], { before: sums({}) });
  const [first = []] = samples(rollups(usage), 'thermocline_cost_usd_total');
  expect(first.at(-1)?.[1]).toBeCloseTo(1000 * 0.000_000_2 + 100 * 0.000_013_333_4, 9);
  expect(samples(rollups({ ...usage, memoryMb: null }), 'thermocline_cost_usd_total')).toEqual([]);
});

test('a gauge has samples where there were invocations', () => {
  const found = rollups(
    slice([sums({ n: 1 }, { maxMemoryMb: 84 }), sums({ n: 1 }), sums({ n: 1 }, { maxMemoryMb: 90 })]),
  );
  expect(samples(found, 'thermocline_max_memory_used_bytes')).toEqual([
    [
      [5, 84 * 1_048_576],
      [15, 90 * 1_048_576],
    ],
  ]);
});

test('buckets of a histogram are cumulative', () => {
  const duration = new Float64Array(HISTOGRAM_BOUNDS_MS.length + 2);
  duration[0] = 2;
  duration[3] = 1;
  duration[HISTOGRAM_BOUNDS_MS.length] = 1;
  duration[HISTOGRAM_BOUNDS_MS.length + 1] = 2_000_060;
  const found = rollups(slice([sums({ n: 4 }, { duration })]));
  const last = (name: string, le: string): number | undefined => {
    const matchers = named(name, { name: 'le', op: '=', value: le });
    return seriesOf(found, matchers, CONTEXT, new Budget(10_000_000))[0]?.values.at(-1);
  };
  const bounds = ['0.005', '0.025', '0.05', '900', '+Inf'];
  expect(bounds.map((le) => last('thermocline_duration_seconds_bucket', le))).toEqual([2, 2, 3, 3, 4]);
  expect(last('thermocline_duration_seconds_count', '')).toBe(4);
  expect(last('thermocline_duration_seconds_sum', '')).toBe(2000.06);
});

test('one information series for all versions of a function', () => {
  const found = rollups(slice([sums({ n: 1 })]), slice([sums({ n: 1 })], { version: '8' }));
  const sets = labelSetsOf(found, named('thermocline_function_info'), CONTEXT).map((one) => one.toObject());
  expect(sets).toEqual([
    {
      __name__: 'thermocline_function_info',
      ...{ function: 'checkout', account: '1', region: 'eu-west-1', runtime: 'nodejs22.x' },
    },
  ]);
});

test('too many samples are refused with the limit', () => {
  const many = { fromMs: FROM_MS, toMs: FROM_MS + 6_000_000 * WIDTH_MS, widthMs: WIDTH_MS };
  const found = { ...rollups(slice([sums({ n: 1 })])), range: many };
  expect(() => seriesOf(found, named('thermocline_invocations_total'), CONTEXT, new Budget(10_000_000))).toThrow(
    'more than the limit of 5000000',
  );
});

test('samples are part of what the query may hold', () => {
  // Two counters of four samples each.
  const found = rollups(slice([sums({ n: 1 })]), slice([sums({ n: 1 })], { version: '8' }));
  const budget = new Budget(15);
  expect(seriesOf(found, named('thermocline_invocations_total'), CONTEXT, budget)).toHaveLength(2);
  expect(() => seriesOf(found, named('thermocline_invocations_total'), CONTEXT, budget)).toThrow(
    'exceed the limit of 15.',
  );
});

test('causes of cold starts that have any', () => {
  const causes = new Float64Array(CAUSES.length);
  causes[CAUSES.indexOf('scale-out')] = 2;
  const found = rollups(slice([sums({ n: 5, cold_on_demand: 3 }, { causes })]));
  const all = seriesOf(found, named('thermocline_cold_start_causes_total'), CONTEXT, new Budget(1000));
  expect(all.map(({ labels, values }) => [labels.get('cause'), [...values]])).toEqual([['scale-out', [0, 2, 2, 2]]]);
});

test('tags are labels, with names of their own where keys would have the same', () => {
  const found = rollups(slice([sums({ n: 1 })]), slice([sums({ n: 1 })], { version: '8' }));
  const other = rollups(slice([sums({ n: 1 })], { function: 'plain' }));
  const setsOf = (of: RollupSeries) =>
    labelSetsOf(of, named('thermocline_function_tags'), CONTEXT).map((one) => one.toObject());
  const own = { __name__: 'thermocline_function_tags', account: '1', region: 'eu-west-1' };
  expect(setsOf(found)).toEqual([
    { ...own, function: 'checkout', tag_team: 'shop', tag_cost_center_conflict1: '8', tag_cost_center_conflict2: '7' },
  ]);
  // A function without tags has the series too, so that joins keep it.
  expect(setsOf(other)).toEqual([{ ...own, function: 'plain' }]);
});
