/** Reads the metric of a rule from the store: one metric over one range, one series per group. */
import type { PriceTerms } from '../../analytics/cost/terms.ts';
import { factorsOf } from '../../analytics/cost/terms.ts';
import { quantileOf, sketchOf, unitOf, unknownOf, valuesOf } from '../../analytics/metrics/catalogue.ts';
import { coverageOf, errorsOf } from '../../analytics/metrics/counts.ts';
import type { TelemetryReader } from '../../storage/ports.ts';
import { fingerprint } from '../rules/fingerprint.ts';
import type { QueryMetric } from './signals.ts';

/** Builds the query function that {@link Signals} measures metrics with. */
export function metricSource(read: Pick<TelemetryReader, 'aggregate'>, terms: PriceTerms): QueryMetric {
  return async ({ metric, aggregation, filters, groupBy, fromMs, toMs, limit }) => {
    const { groups } = await read.aggregate({
      fromMs,
      toMs,
      filters: filters.map(({ field, op, value }) => ({
        field,
        values: Array.isArray(value) ? value : [value],
        not: op === '!=' || op === 'not-in',
      })),
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
