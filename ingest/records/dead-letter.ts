/** Input that could not be read. */

/** Input that could not be read, stored with its reason so that it can be inspected and replayed. */
export interface DeadLetter {
  readonly reason: string;
  readonly detail: string;
  readonly logGroup: string | null;
  readonly payload: Uint8Array;
}
