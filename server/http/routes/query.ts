/** Handler of structured queries. */

import { iso } from '../../../ingest/records/time.ts';
import {
  defaultAggregations,
  quantileOf,
  sketchOf,
  unitOf,
  unknownOf,
  unsupportedAggregation,
  unsupportedMessage,
  valuesOf,
} from '../../analytics/metrics/catalogue.ts';
import type { AggregateGroup, Dimension } from '../../storage/ports.ts';
import { queryRoutes } from '../contract/query.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { autoWidth, rangeOf, widthOf } from '../query.ts';

/** Maximum number of points in an answer. */
const MOST_POINTS = 50_000;

export const queryHandlers = implement(queryRoutes, {
  runQuery: async ({ context, body }) => {
    const range = rangeOf(body, context.now());
    const { metric, groupBy, limit } = body;
    const aggregations = body.aggregations ?? defaultAggregations(metric);
    const unsupported = unsupportedAggregation(metric, aggregations);
    if (unsupported !== null) refuse('aggregations', unsupportedMessage(metric, unsupported));
    const by = body.orderBy?.by ?? aggregations[0] ?? '';
    if (!aggregations.includes(by) && !groupBy.includes(by as Dimension)) {
      refuse('orderBy.by', `expected one of ${[...aggregations, ...groupBy].join(', ')}`);
    }
    const widthMs = body.interval === 'none' ? null : (widthOf(body.interval, range) ?? autoWidth(range));
    const ask = {
      ...range,
      filters: body.filters.map(({ field, op, value }) => ({
        field,
        values: Array.isArray(value) ? value : [value],
        not: op === '!=' || op === 'not-in',
      })),
      groupBy,
      sketch: sketchOf(metric),
      quantiles: aggregations.map(quantileOf).filter((q) => q !== null),
    };
    const whole = await context.store.read.aggregate({ ...ask, widthMs: null });
    const inTime = widthMs === null ? null : await context.store.read.aggregate({ ...ask, widthMs });
    const points = (inTime?.groups ?? []).reduce((sum, one) => sum + one.points.length, 0);
    if (points > MOST_POINTS)
      refuse(
        'interval',
        `${points} points exceed the limit of ${MOST_POINTS}. Choose a wider interval or fewer groups`,
      );
    const seconds = (whole.range.toMs - whole.range.fromMs) / 1000;
    const series = new Map((inTime?.groups ?? []).map((one) => [keyOf(one), one.points]));
    const groups = whole.groups.flatMap((one) => {
      const [point] = one.points;
      if (point === undefined) return [];
      return [
        {
          group: Object.fromEntries(groupBy.map((field, at) => [field, one.group[at] ?? null])),
          ...valuesOf(metric, aggregations, point, seconds),
          unknown: unknownOf(metric, point.counts),
          series: (series.get(keyOf(one)) ?? []).map((at) => {
            const { n, values } = valuesOf(metric, aggregations, at, (widthMs ?? 1000) / 1000);
            return { at: iso(at.fromMs ?? 0), n, values };
          }),
        },
      ];
    });
    const sign = body.orderBy?.direction === 'asc' ? 1 : -1;
    const rank = (one: (typeof groups)[number]) => (by in one.values ? one.values[by] : one.group[by]) ?? null;
    const nameOf = (one: (typeof groups)[number]) => JSON.stringify(Object.values(one.group));
    // Break ties by name, so that both stores return the same order.
    const inOrder = groups.toSorted((a, b) => sign * compare(rank(a), rank(b)) || (nameOf(a) < nameOf(b) ? -1 : 1));
    return {
      range: { from: iso(whole.range.fromMs), to: iso(whole.range.toMs), bucketMs: widthMs ?? whole.range.widthMs },
      metric,
      unit: unitOf(metric),
      aggregations: [...aggregations],
      groups: inOrder.slice(0, limit),
      total: groups.length,
      truncated: groups.length > limit,
    };
  },
});

function refuse(field: string, message: string): never {
  throw new ProblemError('invalid-request', 'The body is not valid', [{ field, message }]);
}

function keyOf({ group }: AggregateGroup): string {
  return JSON.stringify(group);
}

/** Sorts null before numbers, in both directions. */
function compare(a: string | number | boolean | null, b: string | number | boolean | null): number {
  if (a === null || b === null) return Number(b === null) - Number(a === null);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b));
}
