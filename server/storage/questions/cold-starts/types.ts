/** Cold starts of one function over a range. */
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import type { ColdStartCauses } from '../causes/types.ts';
import type { StoredInvocation } from '../invocations/types.ts';
import type { Counts, Quantiles, ResolvedRange, UsageSlice } from '../shared-types.ts';

export interface ColdStartAggregate {
  readonly range: ResolvedRange;
  readonly counts: Counts;
  readonly byKind: readonly {
    readonly kind: ColdStartKind;
    readonly n: number;
    readonly initMs: Quantiles;
    readonly totalMs: Quantiles;
    readonly initHistogram: readonly (readonly [upToMs: number, n: number])[];
  }[];
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
  readonly durationMs: Quantiles;
  readonly usage: readonly UsageSlice[];
  readonly examples: readonly StoredInvocation[];
  readonly causes: ColdStartCauses;
}
