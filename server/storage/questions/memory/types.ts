/** Usage by memory size of one function. */
import type { SizeEvidence } from '../../../analytics/memory/samples.ts';
import type { Point } from '../../../analytics/statistics/trend.ts';
import type { ResolvedRange } from '../shared-types.ts';

/** What was seen of each memory size of a function. */
export interface MemoryEvidence {
  readonly range: ResolvedRange;
  readonly sizes: readonly {
    readonly evidence: SizeEvidence;
    readonly maxUsedMb: number | null;
    /** Max Memory Used (y, MB) of some environments, by the ordinal of the invocation (x). */
    readonly followed: readonly (readonly Point[])[];
    /** Durations are of a part of the invocations, spread evenly over time. */
    readonly sampled: boolean;
  }[];
  readonly outOfMemoryAtMb: readonly number[];
}
