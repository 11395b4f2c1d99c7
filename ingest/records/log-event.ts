/** Log events and the log stream they belong to. */

/** One CloudWatch Logs event. `id` is its 56-digit id, or "" if the source has none. */
export interface LogEvent {
  readonly id: string;
  /** Event time in epoch milliseconds. */
  readonly timestampMs: number;
  readonly message: string;
}

/** The log stream that events belong to. One stream is one execution environment. */
export interface StreamIdentity {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}
