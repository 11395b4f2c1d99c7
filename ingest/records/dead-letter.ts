/** Input that could not be read. */

/** Something that could not be read, kept with its reason. */
export interface DeadLetter {
  readonly reason: string;
  readonly detail: string;
  readonly logGroup: string | null;
  readonly payload: Uint8Array;
}
