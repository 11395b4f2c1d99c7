/** Log events and the log stream they belong to. */

/** One CloudWatch Logs event. `id` is the service's own 56-digit id, or "" where the path does not carry one. */
export interface LogEvent {
  readonly id: string;
  /** Event time in epoch milliseconds. */
  readonly timestampMs: number;
  readonly message: string;
}

/** Which log stream a batch of events belongs to; one stream is one execution environment. */
export interface StreamIdentity {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}
