/** The structured query as rules ask it: one metric over one range, group by group. */

import type { QueryMetric } from '../../http/contract/query.ts';
import { errorsOf } from '../../http/presentation/present.ts';
import type { TelemetryReader } from '../../storage/ports.ts';
import type { AskMetric } from '../evaluate/signals.ts';
import { seriesKey } from '../rules/rule.ts';
import { quantileOf, sketchOf, unitOf, valuesOf } from './catalogue.ts';

export function metricSource(read: Pick<TelemetryReader, 'aggregate'>): AskMetric {
  return async ({ metric: name, aggregation, filters, groupBy, fromMs, toMs, limit }) => {
    const metric = name as QueryMetric;
    const { groups } = await read.aggregate({
      fromMs,
      toMs,
      filters: filters.map(({ field, op, value }) => ({
        field: field as 'function',
        values: Array.isArray(value) ? value : [value as string],
        not: op === '!=' || op === 'not-in',
      })),
      groupBy,
      widthMs: null,
      sketch: sketchOf(metric),
      quantiles: [quantileOf(aggregation)].filter((q) => q !== null),
    });
    const series = groups.slice(0, limit).flatMap(({ group, points: [point] }) => {
      if (point === undefined) return [];
      const { n, values, interval } = valuesOf(metric, [aggregation], point, (toMs - fromMs) / 1000);
      const labels = Object.fromEntries(groupBy.flatMap((field, at) => labelsOf(field, String(group[at] ?? ''))));
      const { counts } = point;
      const key = seriesKey(labels);
      const coverage = counts.n === 0 ? null : counts.with_start / counts.n;
      return [
        { labels, series: key, value: values[aggregation] ?? null, n, interval, coverage, errors: errorsOf(counts) },
      ];
    });
    return { unit: unitOf(metric), series, truncated: groups.length > limit };
  };
}

/** A function is told by name, and by where it is. */
function labelsOf(field: string, value: string): readonly (readonly [string, string])[] {
  if (field !== 'function') return [[field, value]];
  const [account = '', region = '', ...name] = value.split(':');
  return [
    ['account', account],
    ['region', region],
    ['function', name.join(':')],
  ];
}
