/** Handlers of metrics: series, values over time, and what CloudWatch counts of a function. */
import { LAMBDA_NAMESPACE } from '../../../ingest/records/metric-function.ts';
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../../../ingest/records/time.ts';
import { quantileOf } from '../../analytics/metrics/catalogue.ts';
import type { ComparedCounts, CountContext } from '../../analytics/metrics/count-difference.ts';
import { compareCounts } from '../../analytics/metrics/count-difference.ts';
import { errorsOf } from '../../analytics/metrics/counts.ts';
import { PLATFORM_METRIC_NAMES, PLATFORM_METRICS } from '../../analytics/metrics/platform.ts';
import type { FunctionIdentity, MetricGroupKey, MetricPoints, Store, TimeRange } from '../../storage/ports.ts';
import { align } from '../../storage/rollup/range.ts';
import { readShaped } from '../answers/shape-answer.ts';
import { metricRoutes } from '../contract/metrics.ts';
import { implement } from '../implement.ts';
import { pointsOf, seriesListOf, statisticOf } from '../presentation/metrics.ts';
import { autoWidth, functionOf, rangeOf, widthOf } from '../query.ts';

const NOT_CONNECTED = 'needs-metric-stream' as const;
const NOT_OF_FUNCTION = 'none-of-this-function' as const;
/** Longest range that is compared by the hour. */
const BY_HOUR_MS = 14 * DAY_MS;

export const metricHandlers = implement(metricRoutes, {
  listMetrics: async ({ context, query }) => {
    const { function: name, cursor, ...filter } = query;
    const functionId = name === undefined ? undefined : (await functionOf(name, context.store)).functionId;
    const found = await context.store.read.metricSeries({ ...filter, functionId, after: cursor });
    const { seriesOfOne, series } = context.config.metrics;
    return seriesListOf(found, { ofOne: seriesOfOne, inAll: series });
  },
  getMetricPoints: async ({ context, query }) => {
    const { function: name, account, region, dimensions = {}, statistic, groupBy, limit, interval, ...metric } = query;
    const range = rangeOf(query, context.now());
    const functionId = name === undefined ? undefined : (await functionOf(name, context.store)).functionId;
    const quantile = quantileOf(statistic);
    const question = {
      ...range,
      namespace: metric.namespace,
      names: [metric.name],
      unit: metric.unit,
      source: metric.source,
      functionId,
      owners: [ownerOf('account', account), ownerOf('region', region)].filter((one) => one !== null),
      dimensions: Object.entries(dimensions),
      groupBy: groupBy === undefined ? [] : [groupKeyOf(groupBy)],
      widthMs: widthOf(interval, range) ?? autoWidth(range),
      quantiles: quantile === null ? [] : [quantile],
      limit,
    };
    return readShaped(context, [['metricPoints', question]], 'metricValues', metric, statistic);
  },
  getPlatformMetrics: async ({ context, params, query }) => {
    const { store } = context;
    const identity = await functionOf(params.id, store);
    const range = rangeOf(query, context.now());
    const widthMs = widthOf(query.interval, range) ?? autoWidth(range);
    const question = { ...LAMBDA, functionId: identity.functionId, quantiles: [], limit: 1 };
    const names = PLATFORM_METRIC_NAMES.map((metric) => PLATFORM_METRICS[metric].name);
    const { range: answered, metrics } = await store.read.metricPoints({ ...range, ...question, names, widthMs });
    const isOfAccount = metrics.length > 0 || (await hasAccountMetrics(store, identity));
    return {
      range: { from: iso(answered.fromMs), to: iso(answered.toMs), bucketMs: answered.widthMs },
      connected: isOfAccount,
      reason: metrics.length > 0 ? null : isOfAccount ? NOT_OF_FUNCTION : NOT_CONNECTED,
      lastAt: metrics.length === 0 ? null : iso(newestOf(metrics)),
      items: PLATFORM_METRIC_NAMES.flatMap((metric) => {
        const { name, statistic, unit } = PLATFORM_METRICS[metric];
        const found = metrics.find((one) => one.name === name);
        const group = found?.groups[0];
        if (group === undefined) return [];
        const { value } = statisticOf(group.total, statistic, null);
        const points = pointsOf(group, statistic, null, answered);
        return [{ metric, name, statistic, unit, value, n: group.total.count, points }];
      }),
      ...(await countsOf(store, identity, range, context.now())),
    };
  },
});

const LAMBDA = {
  namespace: LAMBDA_NAMESPACE,
  source: 'cloudwatch',
  owners: [],
  dimensions: [],
  groupBy: [],
} as const;

function ownerOf(field: 'account' | 'region', value: string | undefined) {
  return value === undefined ? null : { field, values: [value], not: false };
}

function groupKeyOf(text: string): MetricGroupKey {
  if (text === 'function' || text === 'account' || text === 'region') return text;
  return `dimension:${text.replace(/^dimension:/, '')}`;
}

async function hasAccountMetrics(store: Store, { account, region }: FunctionIdentity): Promise<boolean> {
  // Logs that name no account may be of any.
  const scope = account === '' ? {} : { account, region };
  const filter = { namespace: LAMBDA_NAMESPACE, source: 'cloudwatch', ...scope, limit: 1 } as const;
  return (await store.read.metricSeries(filter)).series.length > 0;
}

function newestOf(metrics: readonly MetricPoints[]): number {
  return metrics.reduce((newest, { lastMs }) => Math.max(newest, lastMs), 0);
}

/** Invocations and errors as CloudWatch counts them, beside ours. */
async function countsOf(store: Store, { functionId }: FunctionIdentity, range: TimeRange, nowMs: number) {
  const widthMs = range.toMs - range.fromMs <= BY_HOUR_MS ? HOUR_MS : DAY_MS;
  const whole = align(range, widthMs);
  const question = { ...LAMBDA, functionId, names: ['Invocations', 'Errors'], quantiles: [], limit: 1 };
  const [{ metrics }, { points }] = await Promise.all([
    store.read.metricPoints({ ...whole, ...question, widthMs }),
    store.read.timeseries({ ...whole, functionId, widthMs, groupBy: 'none' }),
  ]);
  const countsAt = new Map(points.map(({ fromMs, counts }) => [fromMs, counts]));
  const starts = Array.from({ length: (whole.toMs - whole.fromMs) / widthMs }, (_, at) => whole.fromMs + at * widthMs);
  const countedOf = (name: string, ours: (atMs: number) => number) => {
    const buckets = metrics.find((one) => one.name === name)?.groups[0]?.buckets ?? [];
    return starts.map((atMs, at) => ({ atMs, aws: buckets[at]?.sum ?? null, ours: ours(atMs) }));
  };
  const context: CountContext = {
    widthMs,
    nowMs,
    // Points are of a minute each.
    pointsUntilMs: metrics.length === 0 ? null : newestOf(metrics) + MINUTE_MS,
    hasLines: points.length > 0,
    unknownParts: new Set(points.filter(({ counts }) => counts.errors_unknown > 0).map(({ fromMs }) => fromMs)),
    missingParts: null,
  };
  const invocations = compareCounts(
    countedOf('Invocations', (ms) => countsAt.get(ms)?.n ?? 0),
    context,
  );
  const errors = compareCounts(
    countedOf('Errors', (ms) => {
      const counts = countsAt.get(ms);
      return counts === undefined ? 0 : errorsOf(counts);
    }),
    { ...context, missingParts: missingOf(invocations) },
  );
  return { invocations: comparisonOf(invocations, widthMs), errors: comparisonOf(errors, widthMs) };
}

function missingOf({ parts }: ComparedCounts): ReadonlySet<number> {
  return new Set(parts.filter(({ aws, ours }) => (ours ?? 0) < (aws ?? 0)).map(({ atMs }) => atMs));
}

function comparisonOf({ parts, reasons, ...counts }: ComparedCounts, partMs: number) {
  const listed = parts.map(({ atMs, ...part }) => ({ at: iso(atMs), ...part }));
  return { ...counts, partMs, reasons: [...reasons], parts: listed };
}
