/** Metrics of functions as queries of GetMetricData, and its results as points. Pure. */
import type { Metric, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { LAMBDA_NAMESPACE } from '../records/metric-function.ts';
import { MINUTE_MS } from '../records/time.ts';

/** A metric of one function, over all of its versions and aliases. */
export interface FunctionMetric {
  readonly name: string;
  readonly functionName: string;
}

/** One period, in the form of a metric stream's objects. */
export interface PulledPoint {
  readonly namespace: string;
  readonly metric_name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly timestamp: number;
  readonly value: Readonly<Record<StatisticKey, number | undefined>>;
}

const STATISTICS = [
  ['count', 'SampleCount'],
  ['sum', 'Sum'],
  ['min', 'Minimum'],
  ['max', 'Maximum'],
] as const;

type StatisticKey = (typeof STATISTICS)[number][0];

/** Maximum of the service. */
const QUERIES_PER_REQUEST = 500;
export const METRICS_PER_REQUEST = QUERIES_PER_REQUEST / STATISTICS.length;
/** That of metric streams, so that a point which came by both ways is one. The price is the same for any period. */
const PERIOD_SECONDS = MINUTE_MS / 1000;

/** Of the listed metrics, those of functions as a whole that have one of the names. */
export function functionMetrics(listed: readonly Metric[], names: ReadonlySet<string>): readonly FunctionMetric[] {
  return listed.flatMap(({ MetricName: name, Dimensions: dimensions = [] }) => {
    const [only, ...further] = dimensions;
    if (name === undefined || !names.has(name) || only?.Name !== 'FunctionName' || further.length > 0) return [];
    return only.Value === undefined ? [] : [{ name, functionName: only.Value }];
  });
}

/** All statistics of a metric are in one request: apart they would be billed each. */
export function queriesOf(metrics: readonly FunctionMetric[]): MetricDataQuery[] {
  return metrics.flatMap(({ name, functionName }, at) =>
    STATISTICS.map(([key, Stat]) => ({
      Id: `${key}${at}`,
      ReturnData: true,
      MetricStat: {
        Metric: {
          Namespace: LAMBDA_NAMESPACE,
          MetricName: name,
          Dimensions: [{ Name: 'FunctionName', Value: functionName }],
        },
        Period: PERIOD_SECONDS,
        Stat,
      },
    })),
  );
}

export interface JoinedResults {
  readonly points: readonly PulledPoint[];
  /** Points that lack count or sum: they were published between two pages, and are read again with the overlap. */
  readonly incomplete: number;
  /** Why a metric could not be read, once for each reason and metric. */
  readonly problems: readonly string[];
}

/** Joins the statistics of each minute, from all pages of a request for the metrics. */
export function joinResults(metrics: readonly FunctionMetric[], results: readonly MetricDataResult[]): JoinedResults {
  const found = metrics.map(() => new Map<number, Partial<Record<StatisticKey, number>>>());
  const problems = new Set<string>();
  for (const { Id, StatusCode, Timestamps = [], Values = [], Messages = [] } of results) {
    const [, key, place] = /^(count|sum|min|max)(\d+)$/.exec(Id ?? '') ?? [];
    const metric = metrics[Number(place)];
    const periods = found[Number(place)];
    if (metric === undefined || periods === undefined) continue;
    if (StatusCode === 'InternalError' || StatusCode === 'Forbidden')
      problems.add(`${metric.name} of ${metric.functionName}: ${StatusCode}${reasonOf(Messages)}`);
    for (const [at, time] of Timestamps.entries()) {
      const value = Values[at];
      if (value === undefined) continue;
      periods.set(time.getTime(), { ...periods.get(time.getTime()), [key as StatisticKey]: value });
    }
  }
  const all = metrics.flatMap(({ name, functionName }, at) =>
    [...(found[at] ?? [])].map(([timestamp, { count, sum, min, max }]) => ({
      namespace: LAMBDA_NAMESPACE,
      metric_name: name,
      dimensions: { FunctionName: functionName },
      timestamp,
      value: { count, sum, min, max },
    })),
  );
  const points = all.filter(({ value }) => value.count !== undefined && value.sum !== undefined);
  return { points, incomplete: all.length - points.length, problems: [...problems] };
}

function reasonOf(messages: readonly { readonly Value?: string | undefined }[]): string {
  const texts = messages.flatMap(({ Value }) => Value ?? []);
  return texts.length === 0 ? '' : ` (${texts.join(' ').slice(0, 200)})`;
}
