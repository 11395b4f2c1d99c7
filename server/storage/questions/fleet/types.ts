/** Totals and series over all functions. */

import type { FunctionIdentity } from '../functions/types.ts';
import type { Counts, FunctionFilter, ResolvedRange, TimeRange, UsageSlice } from '../shared-types.ts';

export interface BucketCounts {
  readonly fromMs: number;
  readonly counts: Counts;
  readonly usage: readonly (UsageSlice & { readonly region: string })[];
}

export interface FleetAggregate {
  readonly range: ResolvedRange;
  readonly functions: readonly {
    readonly identity: FunctionIdentity;
    readonly counts: Counts;
    readonly usage: readonly UsageSlice[];
  }[];
  readonly buckets: readonly BucketCounts[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface FleetQuestions {
  /**
   * Returns counts and billed usage of each matching function, and in buckets of `widthMs` over all of them. Null picks a
   * width for charts; it is never finer than the stored rollups.
   */
  fleet(query: TimeRange & FunctionFilter & { readonly widthMs: number | null }): Promise<FleetAggregate>;
}
