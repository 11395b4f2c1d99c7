/** Log text delivered per function. */

/** Log text as delivered. */
export interface LogVolumeSum {
  readonly events: number;
  /** Size as UTF-8. */
  readonly bytes: number;
}
