/** Usage by memory size of one function. */

import type { SizeEvidence } from '../../../analytics/memory/samples.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import type { ResolvedRange, TimeRange } from '../shared-types.ts';

/** Usage of a function by memory size. */
export interface MemoryEvidence {
  readonly range: ResolvedRange;
  readonly sizes: readonly {
    readonly evidence: SizeEvidence;
    readonly maxUsedMb: number | null;
    /** Max Memory Used (y, MB) of some environments by ordinal of the invocation (x). */
    readonly followed: readonly (readonly Point[])[];
    /** Durations come from a sample, spread evenly over time. */
    readonly sampled: boolean;
  }[];
  readonly outOfMemoryAtMb: readonly number[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface MemoryQuestions {
  /** Returns durations and memory use by memory size, and sizes that ran out of memory since `outOfMemorySinceMs`. */
  memory(
    query: TimeRange & { readonly functionId: number; readonly outOfMemorySinceMs: number },
  ): Promise<MemoryEvidence>;
}
