/** Rollups as series of buckets, one for each version, memory size and architecture of a function. */
import type { LabelMatcher } from '../../../analytics/promql/expression.ts';
import type { FunctionFilter, ResolvedRange, TimeRange } from '../shared-types.ts';

export interface SeriesQuery extends TimeRange, Pick<FunctionFilter, 'selected'> {
  /** Width of the buckets, ms: that of a rollup. Wider ones are read where narrower ones are not stored any more. */
  readonly widthMs: number;
  /** Lists of matchers, of which a slice passes one. Matchers of labels that slices do not have are left out of account. */
  readonly selectors: readonly (readonly LabelMatcher[])[];
  readonly sketches: 'none' | 'duration' | 'cold' | 'both';
  /** Whether to count the causes of cold starts. Default: no. */
  readonly causes?: boolean;
  /** Rollup rows to read at most. */
  readonly maxRows: number;
}

export interface BucketSums {
  /** In the order of READ_COLUMNS. */
  readonly counts: Float64Array;
  readonly maxMemoryMb: number | null;
  /** Of Duration: values by bound, then those above, then their sum in ms; null if the query does not ask for it, or without values. */
  readonly duration: Float64Array | null;
  /** Of init times, likewise, in the order of COLD_START_KINDS. */
  readonly init: readonly (Float64Array | null)[];
  /** Attributed cold starts in the order of CAUSES; null if the query does not ask for them, or without any. */
  readonly causes: Float64Array | null;
}

export interface SeriesBucket extends BucketSums {
  /** Start, epoch ms. */
  readonly atMs: number;
}

export interface SeriesSlice {
  readonly function: string;
  readonly account: string;
  readonly region: string;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
  readonly runtime: string | null;
  readonly packageType: string | null;
  /** Of the day before the range and the part of the range's first day that is before it. */
  readonly before: BucketSums;
  /** In order of time; buckets without invocations are left out. */
  readonly buckets: readonly SeriesBucket[];
}

export interface RollupSeries {
  /** The whole buckets of the requested range: the first may begin before it, none ends after it. */
  readonly range: ResolvedRange;
  /** In order of their names, accounts, regions, versions, memory sizes and architectures. */
  readonly slices: readonly SeriesSlice[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface SeriesQuestions {
  /**
   * Returns the slices that have invocations in the range, or in the day before it. Rejects with a message that begins with `series:` if
   * more rows than `maxRows` would be read.
   */
  series(query: SeriesQuery): Promise<RollupSeries>;
}
