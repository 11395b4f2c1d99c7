/** Platform lines that report a failure, a warning or dropped logs. */

export type FaultKind = 'timeout' | 'exit' | 'oom' | 'error' | 'network';

/** Something went wrong, said in a line of its own. */
export interface FaultLine {
  readonly kind: 'fault';
  readonly fault: FaultKind;
  /** null where the line carries none; attribute by position then. */
  readonly requestId: string | null;
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  readonly status: string | null;
  readonly timedOutAfterSec: number | null;
}

/** LAMBDA_WARNING: prose from the service with the application's error attached. Not a fault by itself. */
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
