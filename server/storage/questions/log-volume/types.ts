/** Log text delivered per function. */

/** Log text as it was delivered. */
export interface LogVolumeSum {
  readonly events: number;
  /** UTF-8. */
  readonly bytes: number;
}
