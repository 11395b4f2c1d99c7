/** Results of AWS Lambda Power Tuning. */

/** One memory size tested by AWS Lambda Power Tuning. */
export interface TuningPoint {
  readonly memoryMb: number;
  readonly durationMs: number;
  readonly costUsd: number;
}

export interface TuningRun {
  readonly kind: 'tuning-run';
  /** null if the output does not contain it. */
  readonly functionName: string | null;
  readonly chosenMb: number | null;
  readonly points: readonly TuningPoint[];
}
