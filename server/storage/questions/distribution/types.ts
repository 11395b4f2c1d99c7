/** Values of one function over one period. */
import type { Block } from '../../../analytics/compare/period.ts';
import type { Counts, FunctionFilter, ResolvedRange, TimeRange, UsageSlice } from '../shared-types.ts';

/** Counts and values of one function over one period; each value is near one of ascending points. */
export interface Distribution {
  /** Rounded to five minutes, so that adjacent periods do not overlap. */
  readonly range: ResolvedRange;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly durationMs: readonly (readonly [valueMs: number, n: number])[];
  /** On-demand inits only. */
  readonly initMs: readonly (readonly [valueMs: number, n: number])[];
  readonly blockMs: number;
  /** The same by block of `blockMs`, in order of time. Blocks without invocations are left out; those at the ends may be shorter. */
  readonly blocks: readonly Block[];
}

export interface DistributionQuery extends TimeRange, FunctionFilter {
  readonly functionId: number;
  /** Width of the blocks, ms: five minutes, an hour or a day. */
  readonly blockMs: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface DistributionQuestions {
  /** Returns counts and value histograms of one function, to the nearest bucket so that adjacent periods do not overlap. */
  distribution(query: DistributionQuery): Promise<Distribution>;
}
