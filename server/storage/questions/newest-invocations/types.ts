/** The newest invocations of a function whose log stream is known, for simulations. */

export interface NewestInvocation {
  readonly environmentId: number;
  readonly seriesId: number;
  /** START, or end minus Duration if START did not arrive; epoch ms. */
  readonly startMs: number;
  /** START minus the init or restore that the request waited for, epoch ms. */
  readonly arrivedMs: number;
  readonly endMs: number;
  readonly billedMs: number;
  readonly status: number;
  /** User-felt init or restore time, ms; 0 when warm. */
  readonly waitedMs: number;
}

/** Newest first. */
export interface NewestInvocations {
  readonly invocations: readonly NewestInvocation[];
  /** The range contains more invocations. */
  readonly truncated: boolean;
}
