/** Pre-init time of traced cold starts. */

/** Time from the request to the start of its init, ms; negative if the init began before the request. */
export interface PreInitSamples {
  readonly own: readonly number[];
  /** Samples of similar functions that are known to run outside a VPC. */
  readonly cohort: readonly number[];
  readonly cohortFunctions: number;
  readonly truncated: boolean;
}
