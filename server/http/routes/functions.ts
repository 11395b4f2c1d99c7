/** Handlers of functions: list, details, time series, cold starts, environments. */

import { iso } from '../../../ingest/records/time.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import { unpricedInvocations } from '../../analytics/cost/cost.ts';
import type { PriceFactors } from '../../analytics/cost/terms.ts';
import { AT_LIST_PRICE, factorsOf } from '../../analytics/cost/terms.ts';
import { coldStartSecondsOf, coldStartsOf, coverageOf, errorsOf, userFeltOf } from '../../analytics/metrics/counts.ts';
import { errorRateOf } from '../../analytics/metrics/error-rate.ts';
import { wilson } from '../../analytics/statistics/rate.ts';
import type { SeriesPoint } from '../../storage/ports.ts';
import { plainTags } from '../../tags/tag-book.ts';
import { readShaped } from '../answers/shape-answer.ts';
import { functionRoutes, LISTED_FUNCTIONS } from '../contract/functions.ts';
import type { TimeseriesAnswer } from '../contract/timeseries.ts';
import { implement } from '../implement.ts';
import { coldRatesOf } from '../presentation/cold-start-rates.ts';
import { moneyOf } from '../presentation/function-cost.ts';
import { costGap, costOfUsage, summaryOf } from '../presentation/present.ts';
import { priceAssumptions } from '../presentation/price-assumptions.ts';
import { costReasonOf } from '../presentation/reasons.ts';
import { ProblemError } from '../problems.ts';
import { autoWidth, declaredCosts, filterOf, functionOf, rangeOf, widthOf } from '../query.ts';

const EXAMPLES = 20;
const DEPLOYS = 50;
/** Newest configurations that costs are computed from. */
const STATES = 1000;
const MAX_RUNS = 50_000;
const NO_PRICE = reasonOf('cost-no-instance-price');

export const functionHandlers = implement(functionRoutes, {
  listFunctions: async ({ context, query }) => {
    const range = rangeOf(query, context.now());
    const filter = { ...range, ...(await filterOf(query, context)) };
    // One after the other: requests that arrive together must not take two places each in the queue of the readers.
    const declared = await declaredCosts(context.store, filter);
    const question = ['functions', { ...filter, limit: LISTED_FUNCTIONS }] as const;
    const tags = await context.tags.tagged();
    return readShaped(context, [question], 'functionList', context.now(), declared, context.config.priceTerms, tags);
  },
  getFunction: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const { range: answered, items } = await context.store.read.functions({
      ...range,
      functionId: identity.functionId,
    });
    const [item] = items;
    if (item === undefined) {
      if (identity.lastSeenMs === 0) {
        throw new ProblemError('not-found', `No logs received from ${identity.name}; only its configuration is known`);
      }
      const lastSeen = iso(identity.lastSeenMs);
      throw new ProblemError(
        'no-data-in-range',
        `No data for ${identity.name} in this time range; last seen ${lastSeen}`,
      );
    }
    const { functionId } = identity;
    const factors = factorsOf(context.config.priceTerms, answered);
    const [configurations, cold, history, logs, deploys, features, declared] = await Promise.all([
      context.store.read.configurations({ functionId }),
      context.store.read.coldStarts({ ...range, functionId, examples: 0 }),
      context.store.read.inventory({ functionId, limit: STATES }),
      context.store.read.logVolume({ ...range, functionId }),
      context.store.read.deploys({ functionId, limit: DEPLOYS }),
      context.store.read.features({ functionId }),
      declaredCosts(context.store, range),
    ]);
    const { rate: coldStartRate, userFeltRate: userFeltColdStartRate } = coldRatesOf(item.counts, cold.buckets);
    const blocks = cold.buckets.map((bucket) => bucket.counts);
    const summary = summaryOf(item, context.now(), declared, factors);
    return {
      ...summary,
      tags: plainTags(context.tags.tagsOf(identity)),
      errorRate: errorRateOf(item.counts, blocks),
      coldStartRate,
      userFeltColdStartRate,
      durationMs: cold.durationMs,
      initMs: cold.onDemand.initMs,
      money: moneyOf(item, { cold, history, logs }, range, context.config.priceTerms),
      range: { from: iso(answered.fromMs), to: iso(answered.toMs), bucketMs: answered.widthMs },
      versions: item.usage.map(({ billedMs, failed: _, failedBilledMs: __, ...usage }) => ({
        ...usage,
        costUsd: costOfUsage(identity.region, [{ ...usage, billedMs }], factors)?.usd ?? null,
      })),
      configurations: configurations.map(({ firstSeenMs, lastSeenMs, ...rest }) => ({
        ...rest,
        firstSeenAt: iso(firstSeenMs),
        lastSeenAt: iso(lastSeenMs),
      })),
      ...(summary.costUsd === null && features.includes('managed-instances') ? costReasonOf(NO_PRICE) : {}),
      ...priceAssumptions(
        item.usage.map((slice) => ({ ...slice, region: identity.region })),
        answered,
        context.config.priceTerms,
      ),
      features: [...features],
      deploys: deploys.map(({ atMs, sources, ...deploy }) => ({ ...deploy, at: iso(atMs), sources: [...sources] })),
    };
  },
  getFunctionTimeseries: async ({ context, params, query }) => {
    const { functionId, region } = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const widthMs = widthOf(query.interval, range) ?? autoWidth(range);
    const { version, memoryMb, groupBy } = query;
    const { range: answered, points } = await context.store.read.timeseries({
      ...range,
      functionId,
      version,
      memoryMb,
      widthMs,
      groupBy,
    });
    const groups = [...new Set(points.map((point) => point.group))];
    const declared =
      query.metric === 'costUsd' ? await declaredCosts(context.store, { ...range, functionId }) : { functions: [] };
    const isDeclared = declared.functions.some((one) => one.functionId === functionId);
    return {
      range: { from: iso(answered.fromMs), to: iso(answered.toMs), bucketMs: widthMs },
      metric: query.metric,
      unit: UNITS[query.metric],
      coverage: coverageOf({
        n: points.reduce((sum, point) => sum + point.counts.n, 0),
        with_start: points.reduce((sum, point) => sum + point.counts.with_start, 0),
      }),
      ...costReasonOf(query.metric === 'costUsd' ? bucketCostReason(points, region, isDeclared) : null),
      series: groups.map((group) => ({
        group,
        points: points
          .filter((point) => point.group === group)
          .map((point) => ({
            at: iso(point.fromMs),
            value: metricValue(
              query,
              point,
              region,
              factorsOf(context.config.priceTerms, { fromMs: point.fromMs, toMs: point.fromMs + widthMs }),
            ),
            n: point.counts.n,
          })),
      })),
    };
  },
  getFunctionColdStarts: async ({ context, params, query }) => {
    const identity = await functionOf(params.id, context.store);
    const { functionId } = identity;
    const { version, memoryMb } = query;
    const asked = { ...rangeOf(query, context.now()), functionId, version, memoryMb, examples: EXAMPLES };
    const questions = [
      ['coldStarts', asked],
      ['inventory', { functionId, limit: 1 }],
    ] as const;
    return readShaped(context, questions, 'coldStartReport', identity, context.config.priceTerms);
  },
  getFunctionEnvironments: async ({ context, params, query }) => {
    const { functionId } = await functionOf(params.id, context.store);
    const range = rangeOf(query, context.now());
    const questions = [
      ['environments', { ...range, functionId, limit: query.limit, maxRuns: MAX_RUNS }],
      ['functions', { ...range, functionId }],
    ] as const;
    return readShaped(context, questions, 'environmentList', range, context.now());
  },
});

type Metric = TimeseriesAnswer['metric'];

const UNITS: Readonly<Record<Metric, TimeseriesAnswer['unit']>> = {
  invocations: 'count',
  errors: 'count',
  errorRate: 'ratio',
  coldStarts: 'count',
  coldStartRate: 'ratio',
  userFeltColdStarts: 'count',
  coldStartSeconds: 's',
  durationMs: 'ms',
  initMs: 'ms',
  maxMemoryUsedMb: 'MB',
  costUsd: 'USD',
};

const BY_RANGE = reasonOf('cost-by-instances');

/** Why buckets have no cost, or what they leave out. Which usage has a price does not depend on the time. */
function bucketCostReason(points: readonly SeriesPoint[], region: string, isDeclared: boolean): Reason | null {
  const usage = points.flatMap((point) => point.usage.map((slice) => ({ region, ...slice })));
  const invocations = points.reduce((sum, point) => sum + point.counts.n, 0);
  const gap = costGap(unpricedInvocations(usage, AT_LIST_PRICE), invocations);
  return gap !== null && isDeclared ? BY_RANGE : gap;
}

function metricValue(
  { metric, stat }: { readonly metric: Metric; readonly stat: 'p50' | 'p95' | 'p99' },
  point: SeriesPoint,
  region: string,
  factors: PriceFactors,
): number | null {
  const { counts } = point;
  switch (metric) {
    case 'invocations':
      return counts.n;
    case 'errors':
      return errorsOf(counts);
    case 'errorRate':
      return errorRateOf(counts).value;
    case 'coldStarts':
      return coldStartsOf(counts);
    case 'coldStartRate':
      return wilson(coldStartsOf(counts), counts.n).value;
    case 'userFeltColdStarts':
      return userFeltOf(counts);
    case 'coldStartSeconds':
      return coldStartSecondsOf(counts);
    case 'durationMs':
      return point.durationMs[stat];
    case 'initMs':
      return point.initMs[stat];
    case 'maxMemoryUsedMb':
      return point.maxMemoryMb;
    case 'costUsd':
      return costOfUsage(region, point.usage, factors)?.usd ?? null;
  }
}
