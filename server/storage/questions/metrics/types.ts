/** Stored metrics: their series, and their values over time. */
import type { Dimensions } from '../../../../ingest/records/metric.ts';
import type { MetricSource } from '../../metrics/identity.ts';
import type { DropReason } from '../../metrics/quota.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { ResolvedRange, TimeRange } from '../shared-types.ts';

export interface MetricFilter {
  readonly functionId?: number | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly source?: MetricSource | undefined;
}

export interface MetricSeriesQuery extends MetricFilter {
  /** Part of the namespace, the name or the dimensions, in any case. */
  readonly search?: string | undefined;
  /** Key of the last series of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface ListedSeries {
  /** Tells the series from others, alike in both stores. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly source: MetricSource;
  /** Null: of none. */
  readonly identity: FunctionIdentity | null;
  readonly account: string;
  readonly region: string;
  readonly unit: string | null;
  readonly dimensions: Dimensions;
  /** First and last value, epoch ms. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Values that were not stored. */
export interface DroppedMetric {
  readonly identity: FunctionIdentity | null;
  readonly source: MetricSource;
  /** '' with the name: metrics beyond the most that are listed. */
  readonly namespace: string;
  readonly name: string;
  readonly reason: DropReason;
  readonly n: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface MetricSeriesList {
  readonly series: readonly ListedSeries[];
  /** Whether there are further series. */
  readonly more: boolean;
  /** Most values first. */
  readonly dropped: readonly DroppedMetric[];
}

/** A group key: what owns the series, or one of its dimensions. */
export type MetricGroupKey = 'function' | 'account' | 'region' | `dimension:${string}`;

/** Series whose owner has one of the values; with `not`, none of them. A function is `account:region:name`. */
export interface MetricOwnerFilter {
  readonly field: 'function' | 'account' | 'region';
  readonly values: readonly string[];
  readonly not: boolean;
  /** The values are patterns with `*` and `?`, of the name or the id of a function. */
  readonly isGlob?: boolean;
}

export interface MetricPointsQuery extends TimeRange {
  readonly namespace: string;
  readonly names: readonly string[];
  readonly unit?: string | undefined;
  readonly source?: MetricSource | undefined;
  readonly functionId?: number | undefined;
  readonly selected?: readonly number[] | undefined;
  readonly owners: readonly MetricOwnerFilter[];
  /** Dimensions that the series must have. */
  readonly dimensions: Dimensions;
  readonly groupBy: readonly MetricGroupKey[];
  /** Width of the buckets, ms; null for totals over the range. */
  readonly widthMs: number | null;
  /** Between 0 and 1, ascending. */
  readonly quantiles: readonly number[];
  /** Most groups of a metric; those with the most values come first. */
  readonly limit: number;
}

/** Sums of values. */
export interface MetricSums {
  readonly count: number;
  readonly sum: number;
  /** Null if some values do not state it, or there are none. */
  readonly min: number | null;
  readonly max: number | null;
  /** In the order of the query; null if it cannot be told. */
  readonly quantiles: readonly (number | null)[];
}

export interface MetricGroup {
  /** In the order of the group keys; null where a series has no such dimension or owner. */
  readonly group: readonly (string | null)[];
  /** Number of series. */
  readonly series: number;
  readonly total: MetricSums;
  /** In time; null where no value came. Empty without a width. */
  readonly buckets: readonly (MetricSums | null)[];
}

/** One metric of the answer. */
export interface MetricPoints {
  readonly name: string;
  readonly source: MetricSource;
  readonly unit: string | null;
  /** Names of the dimensions of the series that were read. CloudWatch counts each set of dimensions as a metric of its own. */
  readonly dimensions: readonly string[];
  /** What matches as well and was not read, since it would count the same values again. */
  readonly others: {
    readonly sources: readonly MetricSource[];
    readonly units: readonly (string | null)[];
    readonly dimensions: readonly (readonly string[])[];
  };
  /** Whether quantiles cannot be told: statistics of CloudWatch do not hold them, the sketch no negative values. */
  readonly quantilesUnknown: 'statistics' | 'negative-values' | null;
  /** Last value of the series, epoch ms. */
  readonly lastMs: number;
  readonly groups: readonly MetricGroup[];
  readonly truncated: boolean;
}

export interface MetricAnswer {
  readonly range: ResolvedRange;
  /** Metrics without a series are left out. */
  readonly metrics: readonly MetricPoints[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface MetricQuestions {
  /** Lists series by namespace and name, and what was not stored. @throws RangeError for the key of no series */
  metricSeries(query: MetricSeriesQuery): Promise<MetricSeriesList>;
  /** Answers values of metrics of one namespace over time. Of overlapping sets of dimensions, one is read. */
  metricPoints(query: MetricPointsQuery): Promise<MetricAnswer>;
}
