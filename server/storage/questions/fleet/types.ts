/** Totals and series over all functions. */

import type { FunctionIdentity } from '../functions/types.ts';
import type { Counts, FunctionFilter, RateBlocks, ResolvedRange, TimeRange, UsageSlice } from '../shared-types.ts';

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
    /** Null if no invocation failed and no caller waited for a cold start: these rates are 0 in every part. */
    readonly blocks: RateBlocks | null;
  }[];
  readonly buckets: readonly BucketCounts[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface FleetQuestions {
  /**
   * Returns counts, billed usage and counts by parts of the range of each matching function, and counts in buckets of `widthMs` over all of them. Null picks a
   * width for charts; it is never finer than the stored rollups.
   */
  fleet(query: TimeRange & FunctionFilter & { readonly widthMs: number | null }): Promise<FleetAggregate>;
}
