/** The newest invocations of a function, for questions that play them again. */

export interface NewestInvocation {
  readonly environmentId: number;
  readonly seriesId: number;
  /** START; the end less Duration where START did not arrive. */
  readonly startMs: number;
  readonly endMs: number;
  readonly billedMs: number;
  readonly status: number;
  /** Init or restore time somebody waited for; 0 when warm. */
  readonly waitedMs: number;
}

/** Newest first. */
export interface NewestInvocations {
  readonly invocations: readonly NewestInvocation[];
  /** There are more in the range. */
  readonly truncated: boolean;
}
