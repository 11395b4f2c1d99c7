/** Handler of structured queries. */

import { isListedRate, quantileOf, sketchOf } from '../../analytics/metrics/catalogue.ts';
import {
  aggregationProblem,
  isStored,
  metricProblems,
  queryAggregations,
} from '../../analytics/metrics/stored-metrics.ts';
import { groupNamesOf, pointsQueryOf } from '../../storage/questions/metrics/stored-query.ts';
import { readShaped, shapeAnswer } from '../answers/shape-answer.ts';
import { queryRoutes } from '../contract/query.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { autoWidth, rangeOf, widthOf } from '../query.ts';
import { rejectInvalid } from '../validation.ts';

/** Maximum number of points in an answer. */
const MOST_POINTS = 50_000;
/** Groups of a stored metric that are ranked. */
const MOST_GROUPS = 10_000;
const MOST_GROUPS_IN_TIME = 1000;

export const queryHandlers = implement(queryRoutes, {
  runQuery: async ({ context, body }) => {
    const range = rangeOf(body, context.now());
    const { metric, groupBy, limit } = body;
    const aggregations = body.aggregations ?? queryAggregations(metric);
    const unsupported = aggregationProblem(metric, aggregations);
    if (unsupported !== null) invalid('aggregations', unsupported);
    rejectInvalid(metricProblems(body));
    const by = body.orderBy?.by ?? aggregations[0] ?? '';
    const names = isStored(metric) ? groupNamesOf(body) : groupBy;
    if (!aggregations.includes(by) && !names.includes(by)) {
      invalid('orderBy.by', `expected one of ${[...aggregations, ...names].join(', ')}`);
    }
    const widthMs = body.interval === 'none' ? null : (widthOf(body.interval, range) ?? autoWidth(range));
    const filters = body.filters.map(({ field, op, value }) => ({
      field,
      values: Array.isArray(value) ? value : [value],
      not: op === '!=' || op === 'not-in',
      isGlob: op === 'matches',
    }));
    if (isStored(metric)) {
      const most =
        widthMs === null ? limit : Math.floor(MOST_POINTS / Math.ceil((range.toMs - range.fromMs) / widthMs));
      const ranked = widthMs === null ? MOST_GROUPS : MOST_GROUPS_IN_TIME;
      const question = { ...range, ...body, metric, aggregations, filters, widthMs, limit: ranked };
      const order = { by, isAscending: body.orderBy?.direction === 'asc' };
      const form = { metric, aggregations, groupBy: names, order, limit: Math.min(limit, most) };
      return readShaped(context, [['metricPoints', pointsQueryOf(question)]], 'storedQueryResult', form);
    }
    const tags = await context.tags.valuesOf([...groupBy, ...filters.map(({ field }) => field)]);
    const query = {
      ...range,
      filters,
      groupBy,
      tags,
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
