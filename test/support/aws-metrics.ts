/** Test double of CloudWatch metrics: ListMetrics and GetMetricData, by the rules that AWS documents for them. */

import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';

type Json = Record<string, unknown>;

/** The statistics of one minute. */
export interface DoublePoint {
  readonly atMs: number;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** The point is not returned before this time. */
  readonly visibleFromMs?: number;
}

interface DoubleMetric {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  points: DoublePoint[];
}

interface Query {
  readonly Id: string;
  readonly MetricStat: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
    };
    readonly Period: number;
    readonly Stat: string;
  };
}

const STATISTICS: Readonly<Record<string, (point: DoublePoint) => number>> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

export class MetricsFault extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** All metrics are of the namespace AWS/Lambda. */
export class MetricsDouble {
  readonly #metrics: DoubleMetric[] = [];
  readonly #now: () => number;
  /** Values of one page of GetMetricData, over all results. */
  pageValues = 100_800;
  /** Metrics of one page of ListMetrics. */
  pageMetrics = 500;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds points to the metric; one of the same minute replaces the other. */
  put(name: string, dimensions: string | Readonly<Record<string, string>>, ...points: readonly DoublePoint[]): void {
    const own = typeof dimensions === 'string' ? { FunctionName: dimensions } : dimensions;
    const metric = this.#find(name, own) ?? { name, dimensions: own, points: [] };
    if (!this.#metrics.includes(metric)) this.#metrics.push(metric);
    const times = new Set(points.map(({ atMs }) => atMs));
    const kept = metric.points.filter(({ atMs }) => !times.has(atMs));
    metric.points = [...kept, ...points].toSorted((a, b) => a.atMs - b.atMs);
  }

  /** @throws MetricsFault */
  answer(target: string, input: Json): unknown {
    switch (target) {
      case 'ListMetrics':
        return this.#list(input);
      case 'GetMetricData':
        return this.#data(input);
      default:
        throw new MetricsFault('UnknownOperationException', target);
    }
  }

  #find(name: string, dimensions: Readonly<Record<string, string>>): DoubleMetric | undefined {
    const key = JSON.stringify(Object.entries(dimensions).toSorted());
    return this.#metrics.find(
      (one) => one.name === name && JSON.stringify(Object.entries(one.dimensions).toSorted()) === key,
    );
  }

  #list(input: Json): unknown {
    const wanted = (input['Dimensions'] ?? []) as { Name: string; Value?: string }[];
    const days = input['RecentlyActive'] === 'PT3H' ? 3 * HOUR_MS : 14 * 24 * HOUR_MS;
    const now = this.#now();
    const found = this.#metrics
      .filter(() => input['Namespace'] === 'AWS/Lambda')
      .filter(({ dimensions }) => wanted.every(({ Name }) => Name in dimensions))
      .filter(({ points }) => points.some((point) => isVisible(point, now) && point.atMs >= now - days));
    const offset = Number(input['NextToken'] ?? 0);
    const page = found.slice(offset, offset + this.pageMetrics);
    return {
      Metrics: page.map(({ name, dimensions }) => ({
        Namespace: 'AWS/Lambda',
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      })),
      ...(offset + page.length < found.length ? { NextToken: String(offset + page.length) } : {}),
    };
  }

  /** `StartTime` is inclusive, `EndTime` exclusive; both are epoch seconds. */
  #data(input: Json): unknown {
    const queries = input['MetricDataQueries'] as Query[];
    const [from, to] = [Number(input['StartTime']) * 1000, Number(input['EndTime']) * 1000];
    if (queries.length === 0 || queries.length > 500)
      throw new MetricsFault('ValidationError', 'The collection MetricDataQueries must have a size of 1 to 500.');
    if (new Set(queries.map(({ Id }) => Id)).size < queries.length)
      throw new MetricsFault('ValidationError', 'The Id is not unique.');
    if (!queries.every(({ Id }) => /^[a-z]\w*$/.test(Id)))
      throw new MetricsFault('ValidationError', 'The Id must begin with a lower-case letter.');
    if (!(from < to))
      throw new MetricsFault('ValidationError', 'The parameter EndTime must be greater than StartTime.');
    if (queries.some(({ MetricStat }) => MetricStat.Period !== MINUTE_MS / 1000))
      throw new MetricsFault('ValidationError', 'This double answers periods of 60 seconds.');
    const all = queries.flatMap(({ Id, MetricStat: { Metric, Stat } }) => {
      const dimensions = Object.fromEntries((Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
      const points = this.#find(Metric.MetricName, dimensions)?.points ?? [];
      return points
        .filter((point) => isVisible(point, this.#now()) && point.atMs >= from && point.atMs < to)
        .map((point) => ({ Id, atMs: point.atMs, value: STATISTICS[Stat]?.(point) ?? 0 }));
    });
    const offset = Number(input['NextToken'] ?? 0);
    const page = all.slice(offset, offset + this.pageValues);
    const rest = new Set(all.slice(offset + this.pageValues).map(({ Id }) => Id));
    const shown = offset === 0 ? queries : queries.filter(({ Id }) => page.some((one) => one.Id === Id));
    return {
      MetricDataResults: shown.map(({ Id }) => {
        const own = page.filter((one) => one.Id === Id);
        return {
          Id,
          Label: Id,
          Timestamps: own.map(({ atMs }) => atMs / 1000),
          Values: own.map(({ value }) => value),
          StatusCode: rest.has(Id) ? 'PartialData' : 'Complete',
        };
      }),
      Messages: [],
      ...(offset + page.length < all.length ? { NextToken: String(offset + page.length) } : {}),
    };
  }
}

function isVisible({ visibleFromMs = 0 }: DoublePoint, nowMs: number): boolean {
  return visibleFromMs <= nowMs;
}
