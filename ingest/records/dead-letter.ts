/** Input that could not be read. */

/** Input that could not be read, stored with its reason so that it can be inspected and replayed. */
export interface DeadLetter {
  readonly reason: string;
  readonly detail: string;
  readonly logGroup: string | null;
  readonly payload: Uint8Array;
  /** Records that it stands for: more than one if a body held too many to keep them all, or the same one several times. */
  readonly n: number;
  /** The records are not kept: this is one of them. */
  readonly isExample?: true;
}

/** Number of records that the dead letters stand for. */
export function recordsIn(letters: readonly DeadLetter[]): number {
  return letters.reduce((sum, { n }) => sum + n, 0);
}
