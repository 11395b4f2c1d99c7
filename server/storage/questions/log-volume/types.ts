/** Log text delivered per function. */
import type { TimeRange } from '../shared-types.ts';

/** Log text as delivered. */
export interface LogVolumeSum {
  readonly events: number;
  /** Size as UTF-8. */
  readonly bytes: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface LogVolumeQuestions {
  /**
   * Returns events and bytes of the function's own log group, over the whole hours that begin in the range. Null if the
   * function logs to a group that others may share, or nothing was counted.
   */
  logVolume(query: TimeRange & { readonly functionId: number }): Promise<LogVolumeSum | null>;
}
