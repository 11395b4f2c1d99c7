/** Aggregate queries over rollups: filters, groups and quantiles. */
import type { Counts, FunctionFilter, RateBlocks, ResolvedRange, TimeRange, UsageSlice } from '../shared-types.ts';

/** A tag by its key: `tag.team`. */
export type TagDimension = `tag.${string}`;

/** Dimensions to filter and group by. */
export type Dimension =
  | TagDimension
  | 'function'
  | 'account'
  | 'region'
  | 'version'
  | 'memoryMb'
  | 'architecture'
  | 'runtime'
  | 'vpc'
  | 'packageType';

export type TagValues = ReadonlyMap<TagDimension, ReadonlyMap<number, string>>;

export type DimensionValue = string | number | boolean | null;

/** Matches slices whose dimension has one of the values; with `not`, those with none of them. */
export interface DimensionFilter {
  readonly field: Dimension;
  readonly values: readonly DimensionValue[];
  readonly not: boolean;
  /** The values are patterns with `*` and `?`. */
  readonly isGlob?: boolean;
}

export interface AggregateQuery extends TimeRange, Pick<FunctionFilter, 'selected'> {
  readonly filters: readonly DimensionFilter[];
  readonly groupBy: readonly Dimension[];
  /** Of each tag among the dimensions: its values by function. Functions that are not listed do not have the tag. */
  readonly tags?: TagValues | undefined;
  /** Width of the buckets, ms; null for totals over the range. */
  readonly widthMs: number | null;
  /** Metric of the quantiles; null for no quantiles. */
  readonly sketch: 'duration' | 'init' | 'coldStartTotal' | null;
  /** Between 0 and 1. */
  readonly quantiles: readonly number[];
  /** Whether to count what rates are made of in equal parts of the range as well. */
  readonly rates?: boolean;
}

export interface AggregatePoint {
  /** Start of the bucket, epoch ms; null for totals over the range. */
  readonly fromMs: number | null;
  readonly counts: Counts;
  readonly usage: readonly (UsageSlice & { readonly region: string })[];
  readonly maxMemoryMb: number | null;
  /** In the order of the query; null without values. */
  readonly quantiles: readonly (number | null)[];
  /** Number of values behind the quantiles. */
  readonly n: number;
}

export interface AggregateGroup {
  readonly group: readonly DimensionValue[];
  readonly points: readonly AggregatePoint[];
  /** Null if the query does not ask for them. */
  readonly blocks: RateBlocks | null;
}

export interface Aggregate {
  readonly range: ResolvedRange;
  readonly groups: readonly AggregateGroup[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface AggregateQuestions {
  /** Answers a structured query over rollups: counts, usage and quantiles by dimension and time bucket. */
  aggregate(query: AggregateQuery): Promise<Aggregate>;
}
