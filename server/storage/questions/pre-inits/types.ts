/** Pre-init time of traced cold starts. */
import type { Reason } from '../../../../ingest/text/reason.ts';
import type { TimedPreInit } from '../../../analytics/network/eni-latency.ts';
import type { TimeRange } from '../shared-types.ts';

/** Pre-init times of one function of a cohort, ms; negative if the init began before the request. */
export interface CohortMember {
  readonly functionId: number;
  readonly preInitsMs: readonly number[];
}

/** Time from the request to the start of its init. */
export interface PreInitSamples {
  readonly own: readonly TimedPreInit[];
  /** Functions in a VPC that are comparable with the function, itself first. Empty unless the function is in a VPC. */
  readonly inside: readonly CohortMember[];
  /** Functions outside of a VPC that are comparable with it. */
  readonly outside: readonly CohortMember[];
  /** Functions outside of a VPC with the same runtime and memory size, with any code; only for ranges that begin before September 2019. */
  readonly roughlyOutside: readonly TimedPreInit[];
  /** Why there is no function to compare with; null if there is one. */
  readonly cohortProblem: Reason | null;
  /** Traced cold starts of the function whose service segment is not stored or not finished, or shared with other attempts. */
  readonly unmatched: number;
  readonly truncated: boolean;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface PreInitsQuestions {
  /**
   * Returns the time before init of traced cold starts: of the function from at most `mostSegments` trace segments, and of its
   * cohort from as many for each side, shared evenly by the functions.
   */
  preInits(query: TimeRange & { readonly functionId: number; readonly mostSegments: number }): Promise<PreInitSamples>;
}
