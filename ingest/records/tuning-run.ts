/** Results of AWS Lambda Power Tuning. */

/** One size tried by AWS Lambda Power Tuning. */
export interface TuningPoint {
  readonly memoryMb: number;
  readonly durationMs: number;
  readonly costUsd: number;
}

export interface TuningRun {
  readonly kind: 'tuning-run';
  /** null where the output does not name it. */
  readonly functionName: string | null;
  readonly chosenMb: number | null;
  readonly points: readonly TuningPoint[];
}
