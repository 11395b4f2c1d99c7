/** Results of AWS Lambda Power Tuning. */

/** One memory size tested by AWS Lambda Power Tuning. */
export interface TuningPoint {
  readonly memoryMb: number;
  /** Trimmed mean of the invocations at this size, ms. Contains the inits of cold starts. */
  readonly durationMs: number;
  /** Dollars per invocation at the prices of Power Tuning; null if the run was priced in another currency. */
  readonly costUsd: number | null;
}

/** One execution. What its output does not contain is null. */
export interface TuningRun {
  readonly kind: 'tuning-run';
  readonly account: string | null;
  readonly region: string | null;
  readonly functionName: string | null;
  /** When the execution started, epoch ms. */
  readonly atMs: number | null;
  /** Invocations at each size. */
  readonly invocations: number | null;
  /** Whether most invocations were cold starts: the run requested them, or all invocations at once. */
  readonly coldStarts: boolean | null;
  readonly chosenMb: number | null;
  readonly points: readonly TuningPoint[];
}
