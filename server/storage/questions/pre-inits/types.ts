/** Pre-init time of traced cold starts. */
import type { TimeRange } from '../shared-types.ts';

/** Time from the request to the start of its init, ms; negative if the init began before the request. */
export interface PreInitSamples {
  readonly own: readonly number[];
  /** Samples of similar functions that are known to run outside a VPC. */
  readonly cohort: readonly number[];
  readonly cohortFunctions: number;
  /** Traced cold starts of the function whose service segment is not stored or not finished, or shared with other attempts. */
  readonly unmatched: number;
  readonly truncated: boolean;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface PreInitsQuestions {
  /** Returns the time before init of traced cold starts, in ms, from at most `mostSegments` trace segments. */
  preInits(query: TimeRange & { readonly functionId: number; readonly mostSegments: number }): Promise<PreInitSamples>;
}
