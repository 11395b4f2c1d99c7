/** Reads the metric of a rule from the store: one metric over one range, one series per group. */
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { quantileOf, sketchOf, unitOf, unknownOf, valuesOf } from '../../analytics/metrics/catalogue.ts';
import { coverageOf, errorsOf } from '../../analytics/metrics/counts.ts';
import type { StoredMetricName } from '../../analytics/metrics/stored-metrics.ts';
import { isStored, queryUnitOf } from '../../analytics/metrics/stored-metrics.ts';
import type { DimensionFilter, DimensionValue, TelemetryReader } from '../../storage/ports.ts';
import { groupNamesOf, pointsQueryOf, storedValues } from '../../storage/questions/metrics/stored-query.ts';
import { fingerprint } from '../rules/fingerprint.ts';
import type { MetricResult } from './measurement.ts';
import type { MetricRangeQuery, QueryMetric } from './signals.ts';

/** Builds the query function that {@link Signals} measures metrics with. */
export function metricSource(
  read: Pick<TelemetryReader, 'aggregate' | 'metricPoints'>,
  terms: PriceTerms,
): QueryMetric {
  return async (query) => {
    const { metric, aggregation, filters, groupBy, fromMs, toMs, limit } = query;
    if (isStored(metric)) return storedMetric(read, { ...query, metric });
    const { groups } = await read.aggregate({
      fromMs,
      toMs,
      filters: filtersOf(filters),
      groupBy,
      widthMs: null,
      sketch: sketchOf(metric),
      quantiles: [quantileOf(aggregation)].filter((q) => q !== null),
    });
    const series = groups.slice(0, limit).flatMap(({ group, points: [point] }) => {
      if (point === undefined) return [];
      const { n, values, interval } = valuesOf(
        metric,
        [aggregation],
        { ...point, factors: factorsOf(terms, { fromMs, toMs }) },
        (toMs - fromMs) / 1000,
      );
      const isLowerBound = unknownOf(metric, point.counts) !== null;
      const errors = errorsOf(point.counts);
      const labels = Object.fromEntries(groupBy.flatMap((field, at) => labelsOf(field, String(group[at] ?? ''))));
      return [
        {
          labels,
          series: fingerprint(labels),
          value: metric === 'errorRate' && isLowerBound ? errors / n : (values[aggregation] ?? null),
          isLowerBound,
          n,
          interval,
          coverage: coverageOf(point.counts),
          errors,
        },
      ];
    });
    return { unit: unitOf(metric), series, truncated: groups.length > limit };
  };
}

export function filtersOf(filters: MetricRangeQuery['filters']): readonly DimensionFilter[] {
  return filters.map(({ field, op, value }) => ({
    field,
    values: Array.isArray(value) ? (value as readonly DimensionValue[]) : [value as DimensionValue],
    not: op === '!=' || op === 'not-in',
    isGlob: op === 'matches',
  }));
}

/** A metric of CloudWatch, or one that functions print. Groups without values in the range have no series. */
async function storedMetric(
  read: Pick<TelemetryReader, 'metricPoints'>,
  query: MetricRangeQuery & { readonly metric: StoredMetricName },
): Promise<MetricResult> {
  const { metric, aggregation, filters, fromMs, toMs } = query;
  const asked = { ...query, aggregations: [aggregation], filters: filtersOf(filters), widthMs: null };
  const { metrics } = await read.metricPoints(pointsQueryOf(asked));
  const names = groupNamesOf(query);
  const [found] = metrics;
  const series = (found?.groups ?? []).map(({ group, total }) => {
    const labels = Object.fromEntries(names.flatMap((name, at) => labelsOf(name, group[at] ?? '')));
    const value = storedValues(total, [aggregation], (toMs - fromMs) / 1000)[aggregation] ?? null;
    const n = Math.round(total.count);
    return { labels, series: fingerprint(labels), value, n, interval: null, coverage: null, errors: 0 };
  });
  return { unit: queryUnitOf(metric) ?? found?.unit ?? 'none', series, truncated: found?.truncated ?? false };
}

/** A function id `account:region:name` becomes three labels; other dimensions become one. */
function labelsOf(field: string, value: string): readonly (readonly [string, string])[] {
  if (field !== 'function') return [[field, value]];
  const [account = '', region = '', ...name] = value.split(':');
  return [
    ['account', account],
    ['region', region],
    ['function', name.join(':')],
  ];
}
