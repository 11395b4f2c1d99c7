/** Platform lines that report a failure, a warning or dropped logs. */

export type FaultKind = 'timeout' | 'exit' | 'oom' | 'error' | 'network';

/** A failure reported in a separate line. */
export interface FaultLine {
  readonly kind: 'fault';
  readonly fault: FaultKind;
  /** null if the line has none; it then belongs to the open invocation of its stream. */
  readonly requestId: string | null;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly status: string | null;
  readonly timedOutAfterSec: number | null;
}

/** LAMBDA_WARNING: a text from Lambda with the application's error. Not a failure by itself. */
export interface WarningLine {
  readonly kind: 'lambda-warning';
  readonly requestId: string | null;
  readonly errorType: string | null;
}

export interface LogsDroppedLine {
  readonly kind: 'logs-dropped';
  readonly reason: string | null;
  readonly droppedRecords: number | null;
  readonly droppedBytes: number | null;
}
