/** Handler of the overview: totals, series, rankings and findings of the fleet. */
import { LAMBDA_NAMESPACE } from '../../../ingest/records/metric-function.ts';
import { COUNTED_METRICS } from '../../analytics/metrics/counted-metrics.ts';
import { PLATFORM_METRICS } from '../../analytics/metrics/platform.ts';
import type { FunctionFilter, MetricPointsQuery, TimeRange } from '../../storage/ports.ts';
import { narrows } from '../../storage/rollup/aggregation.ts';
import { readShaped } from '../answers/shape-answer.ts';
import { overviewRoutes } from '../contract/overview.ts';
import { implement } from '../implement.ts';
import { autoWidth, declaredCosts, filterOf, rangeOf, widthOf } from '../query.ts';

export const overviewHandlers = implement(overviewRoutes, {
  getOverview: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const filter = await filterOf(query, context);
    const widthMs = widthOf(query.interval, range);
    // One after the other: requests that arrive together must not take two places each in the queue of the readers.
    const declared = await declaredCosts(context.store, { ...range, ...filter });
    const fleet = ['fleet', { ...range, ...filter, widthMs }] as const;
    const metrics = ['metricPoints', platformQuery(range, filter)] as const;
    const { priceTerms } = context.config;
    if (query.previous === 'false')
      return readShaped(context, [fleet, metrics], 'overview', context.now(), declared, priceTerms);
    const before = { fromMs: 2 * range.fromMs - range.toMs, toMs: range.fromMs };
    const earlier = ['fleet', { ...before, ...filter, widthMs }] as const;
    return readShaped(
      context,
      [fleet, metrics, earlier] as const,
      'overviewWithPrevious',
      context.now(),
      declared,
      priceTerms,
    );
  },
});

/** Parts of the range in which ages of events are compared. */
const PARTS = 12;
/** Functions of which a metric is read, those with the most points first. */
const MOST_FUNCTIONS = 5000;

/** CloudWatch counts functions as a whole: where the filter selects a part of them, nothing is read. */
function platformQuery(range: TimeRange, filter: FunctionFilter): MetricPointsQuery {
  const owner = (field: 'account' | 'region', value: string | undefined) =>
    value === undefined ? [] : [{ field, values: [value], not: false }];
  return {
    ...range,
    namespace: LAMBDA_NAMESPACE,
    names: COUNTED_METRICS.map((metric) => PLATFORM_METRICS[metric].name),
    source: 'cloudwatch',
    functionId: filter.functionId,
    selected: filter.selected,
    owners: [...owner('account', filter.account), ...owner('region', filter.region)],
    dimensions: [],
    groupBy: ['function'],
    widthMs: autoWidth(range, PARTS),
    quantiles: [],
    limit: narrows(filter) ? 0 : MOST_FUNCTIONS,
  };
}
