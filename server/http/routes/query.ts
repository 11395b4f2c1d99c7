/** Handler of structured queries. */

import {
  defaultAggregations,
  isListedRate,
  quantileOf,
  sketchOf,
  unsupportedAggregation,
  unsupportedMessage,
} from '../../analytics/metrics/catalogue.ts';
import type { Dimension } from '../../storage/ports.ts';
import { shapeAnswer } from '../answers/shape-answer.ts';
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
    if (unsupported !== null) invalid('aggregations', unsupportedMessage(metric, unsupported));
    const by = body.orderBy?.by ?? aggregations[0] ?? '';
    if (!aggregations.includes(by) && !groupBy.includes(by as Dimension)) {
      invalid('orderBy.by', `expected one of ${[...aggregations, ...groupBy].join(', ')}`);
    }
    const widthMs = body.interval === 'none' ? null : (widthOf(body.interval, range) ?? autoWidth(range));
    const query = {
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
    const [whole, inTime] = await Promise.all([
      context.store.readPacked('aggregate', { ...query, widthMs: null, rates: isListedRate(metric) }),
      widthMs === null ? null : context.store.readPacked('aggregate', { ...query, widthMs }),
    ]);
    const order = { by, isAscending: body.orderBy?.direction === 'asc' };
    const form = {
      metric,
      aggregations,
      groupBy,
      widthMs,
      order,
      limit,
      mostPoints: MOST_POINTS,
      terms: context.config.priceTerms,
    };
    const { answer, meta } = await shapeAnswer(context.analysis, 'queryResult', whole, inTime, form);
    if (meta.points > MOST_POINTS)
      invalid(
        'interval',
        `${meta.points} points exceed the limit of ${MOST_POINTS}. Choose a wider interval or fewer groups`,
      );
    return answer;
  },
});

function invalid(field: string, message: string): never {
  throw new ProblemError('invalid-request', 'The body is not valid', [{ field, message }]);
}
