/** Cold starts of one function over a range. */

import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import type { ColdStartCauses } from '../causes/types.ts';
import type { StoredInvocation } from '../invocations/types.ts';
import type {
  Counts,
  FunctionFilter,
  QuantilesWithIntervals,
  ResolvedRange,
  TimeRange,
  UsageSlice,
} from '../shared-types.ts';

interface ColdStartDurations {
  readonly initMs: QuantilesWithIntervals;
  readonly totalMs: QuantilesWithIntervals;
  readonly initHistogram: readonly (readonly [upToMs: number, n: number])[];
}

export interface ColdStartAggregate {
  readonly range: ResolvedRange;
  readonly counts: Counts;
  readonly byKind: readonly (ColdStartDurations & { readonly kind: ColdStartKind; readonly n: number })[];
  /** Of on-demand cold starts, if there are any. */
  readonly onDemand: ColdStartDurations;
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
  readonly durationMs: QuantilesWithIntervals;
  readonly usage: readonly UsageSlice[];
  readonly examples: readonly StoredInvocation[];
  readonly causes: ColdStartCauses;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface ColdStartsQuestions {
  /** Returns cold starts of one function by kind, over time and by cause, with the newest `examples` of them. */
  coldStarts(
    query: TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number },
  ): Promise<ColdStartAggregate>;
}
