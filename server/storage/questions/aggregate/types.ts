/** The structured question over rollups: what is counted, of whom, in which groups. */
import type { Counts, ResolvedRange, TimeRange, UsageSlice } from '../shared-types.ts';

/** What rollups can be told apart by. */
export type Dimension =
  | 'function'
  | 'account'
  | 'region'
  | 'version'
  | 'memoryMb'
  | 'architecture'
  | 'runtime'
  | 'vpc'
  | 'packageType';

export type DimensionValue = string | number | boolean | null;

/** A dimension must, or with `not` must not, have one of the values. */
export interface DimensionFilter {
  readonly field: Dimension;
  readonly values: readonly DimensionValue[];
  readonly not: boolean;
}

export interface AggregateQuery extends TimeRange {
  readonly filters: readonly DimensionFilter[];
  readonly groupBy: readonly Dimension[];
  /** Null: the range as a whole. */
  readonly widthMs: number | null;
  /** Of what quantiles are asked; null where none are. */
  readonly sketch: 'duration' | 'init' | 'coldStartTotal' | null;
  /** In 0 to 1. */
  readonly quantiles: readonly number[];
}

export interface AggregatePoint {
  /** Null where the range is answered as a whole. */
  readonly fromMs: number | null;
  readonly counts: Counts;
  readonly usage: readonly (UsageSlice & { readonly region: string })[];
  readonly maxMemoryMb: number | null;
  /** In the order asked; null where there is nothing. */
  readonly quantiles: readonly (number | null)[];
  /** Values behind the quantiles. */
  readonly n: number;
}

export interface AggregateGroup {
  readonly group: readonly DimensionValue[];
  readonly points: readonly AggregatePoint[];
}

export interface Aggregate {
  readonly range: ResolvedRange;
  readonly groups: readonly AggregateGroup[];
}
