/** Types that several questions share. */
import type { QuantileIntervals } from '../../analytics/statistics/quantile-interval.ts';
import type { ReadColumn } from '../rollup/bucket.ts';

/** Half-open range of event time, epoch ms. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface FunctionFilter {
  readonly functionId?: number | undefined;
  /** Only these functions: what filters by tag, runtime or VPC select. */
  readonly selected?: readonly number[] | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly version?: string | undefined;
  readonly memoryMb?: number | undefined;
  readonly architecture?: string | undefined;
}

export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly n: number;
}

export interface QuantilesWithIntervals extends Quantiles {
  readonly intervals: QuantileIntervals;
}

export type Counts = Readonly<Record<ReadColumn, number>>;

/** Counts in equal parts of a range, in order: intervals of rates are estimated from them. The lists are equally long. */
export interface RateBlocks {
  /** Invocations. */
  readonly n: readonly number[];
  /** Invocations whose log stream is known. */
  readonly placed: readonly number[];
  readonly errors: readonly number[];
  readonly coldStarts: readonly number[];
  /** Cold starts that a caller waited for. */
  readonly userFelt: readonly number[];
}

/** Invocations and billed time by price dimension, ms. */
export interface UsageSlice {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
  readonly invocations: number;
  readonly billedMs: number;
  /** Failed attempts among them, and their billed time. */
  readonly failed: number;
  readonly failedBilledMs: number;
}

/** The range that was answered: aligned outward to the width of the rollups. */
export interface ResolvedRange extends TimeRange {
  readonly widthMs: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** A page of imported results, newest import first, of one function or with the given ids. `after`: where the previous page ended. */
export interface ImportedQuery {
  readonly functionId?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly limit: number;
  readonly after?: ImportedKey | undefined;
}

/** Where a page of imported results ended: newest import first, those of one millisecond by id. */
export interface ImportedKey {
  readonly importedMs: number;
  readonly id: string;
}
