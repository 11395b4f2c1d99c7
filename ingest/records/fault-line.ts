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

/** An error as a managed runtime reports it. Texts are bounded; control characters other than newlines are removed. */
export interface RuntimeError {
  /** null where the line carries none: the error then belongs to the environment's open invocation. */
  readonly requestId: string | null;
  /** Exception or error class, such as `TypeError` or `java.lang.IllegalStateException`. */
  readonly errorType: string | null;
  readonly errorMessage: string | null;
  /** The first frames, innermost first; empty where none are printed. */
  readonly stack: readonly string[];
}

/** LAMBDA_WARNING: prose from the service with the unhandled error attached; null where none is, or it cannot be read. */
export interface LambdaWarningLine {
  readonly kind: 'lambda-warning';
  readonly error: RuntimeError | null;
}

export interface LogsDroppedLine {
  readonly kind: 'logs-dropped';
  readonly reason: string | null;
  readonly droppedRecords: number | null;
  readonly droppedBytes: number | null;
}
