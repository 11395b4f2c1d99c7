/** Log events and the log stream they belong to. */

/** One CloudWatch Logs event. `id` is its 56-digit id, or "" if the source has none. */
export interface LogEvent {
  readonly id: string;
  /** Event time in epoch milliseconds. */
  readonly timestampMs: number;
  readonly message: string;
}

/**
 * Name of the log stream of events whose source does not name it: the console's CSV, `get-log-events`, `tail --format short`.
 * Such events may be of any number of environments.
 */
export const UNKNOWN_STREAM = '';

/** The log stream that events belong to. One stream is one execution environment, unless it is {@link UNKNOWN_STREAM}. */
export interface StreamIdentity {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}
