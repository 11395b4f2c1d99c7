/** Time before the init of traced cold starts. */

/** Time before the init of traced cold starts, ms; negative where the init began before the request. */
export interface PreInitSamples {
  readonly own: readonly number[];
  /** Of functions like it that are known to be outside of a VPC. */
  readonly cohort: readonly number[];
  readonly cohortFunctions: number;
  readonly truncated: boolean;
}
