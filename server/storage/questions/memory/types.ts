/** Usage by memory size of one function. */
import type { SizeEvidence } from '../../../analytics/memory/samples.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import type { ResolvedRange } from '../shared-types.ts';

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
