/** Totals and series over all functions. */
import type { FunctionIdentity } from '../functions/types.ts';
import type { Counts, ResolvedRange, UsageSlice } from '../shared-types.ts';

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
