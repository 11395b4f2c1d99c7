/** The series of rollups that a selector matches, with a sample at the end of each bucket. */
import type { LabelMatcher } from '../../../analytics/promql/expression.ts';
import { Labels, METRIC_NAME } from '../../../analytics/promql/labels.ts';
import type { Budget, Series } from '../../../analytics/promql/values.ts';
import { PromqlError } from '../../../analytics/promql/values.ts';
import { matcherTest, testOf } from '../../../storage/questions/series/matchers.ts';
import type { RollupSeries, SeriesSlice } from '../../../storage/questions/series/types.ts';
import type { Family } from '../../presentation/prometheus-metrics.ts';
import { FAMILIES, namesOf } from '../../presentation/prometheus-metrics.ts';
import type { FamilyContext, Source } from './families.ts';
import { INFOS, sourcesOf } from './families.ts';

/** Most samples that a selector may select. */
const MAX_SAMPLES = 5_000_000;
/** Most series that a selector may select. */
const MAX_SERIES = 50_000;

/** Families that have a name which passes the matchers. */
export function familiesOf(matchers: readonly LabelMatcher[]): readonly Family[] {
  const tests = matchers.filter(({ name }) => name === METRIC_NAME).map(testOf);
  return FAMILIES.filter((family) => namesOf(family).some((name) => tests.every((test) => test(name))));
}

interface Found {
  readonly labels: Labels;
  readonly source: Source;
  readonly slice: SeriesSlice;
}

/** @throws PromqlError if there are too many */
function findAll(
  { slices }: RollupSeries,
  matchers: readonly LabelMatcher[],
  context: FamilyContext,
): ReadonlyMap<string, Found> {
  const passes = matcherTest(matchers);
  const found = new Map<string, Found>();
  for (const family of familiesOf(matchers)) {
    for (const slice of slices) {
      for (const source of sourcesOf(family, slice, context)) {
        const labels = Labels.of([...source.labels, [METRIC_NAME, source.name]]);
        if (!passes(labels)) continue;
        found.set(labels.key, { labels, source, slice });
        if (found.size > MAX_SERIES)
          throw new PromqlError(
            'execution',
            `the query selects more than ${MAX_SERIES} series. Select fewer functions`,
          );
      }
    }
  }
  return found;
}

/** Label sets of the series that pass the matchers. @throws PromqlError if there are too many */
export function labelSetsOf(
  rollups: RollupSeries,
  matchers: readonly LabelMatcher[],
  context: FamilyContext,
): readonly Labels[] {
  return [...findAll(rollups, matchers, context).values()].map(({ labels }) => labels);
}

/** @throws PromqlError if there are too many samples, by themselves or with all else that the query holds */
export function seriesOf(
  rollups: RollupSeries,
  matchers: readonly LabelMatcher[],
  context: FamilyContext,
  budget: Budget,
): readonly Series[] {
  const { fromMs, toMs, widthMs } = rollups.range;
  const points = Math.round((toMs - fromMs) / widthMs) + 1;
  const found = [...findAll(rollups, matchers, context).values()];
  if (found.length * points > MAX_SAMPLES)
    throw new PromqlError(
      'execution',
      `the query selects ${found.length} series with ${points} samples each, more than the limit of ${MAX_SAMPLES} samples. Select fewer series, or a shorter time range`,
    );
  budget.take(found.length * points);
  const times = Float64Array.from({ length: points }, (_, at) => fromMs + at * widthMs);
  return found.flatMap((one) => sampled(one, times, widthMs));
}

/** A counter has a sample at every time, those of {@link INFOS} too, and other gauges one for each bucket with a value. */
function sampled({ labels, source, slice }: Found, times: Float64Array, widthMs: number): readonly Series[] {
  const [firstMs = 0] = times;
  if (INFOS.has(source.name)) return [{ labels, times, values: times.map(() => 1) }];
  if (source.isCounter) {
    const added = new Float64Array(times.length);
    added[0] = source.read(slice.before, firstMs - 1) ?? 0;
    for (const bucket of slice.buckets) {
      const at = Math.round((bucket.atMs - firstMs) / widthMs) + 1;
      added[at] = (added[at] ?? 0) + (source.read(bucket, bucket.atMs) ?? 0);
    }
    let sum = 0;
    return [{ labels, times, values: added.map((one) => (sum += one)) }];
  }
  const samples = slice.buckets.flatMap((bucket) => {
    const value = source.read(bucket, bucket.atMs);
    return value === null ? [] : [[bucket.atMs + widthMs, value] as const];
  });
  if (samples.length === 0) return [];
  return [
    {
      labels,
      times: Float64Array.from(samples, ([ms]) => ms),
      values: Float64Array.from(samples, ([, value]) => value),
    },
  ];
}
