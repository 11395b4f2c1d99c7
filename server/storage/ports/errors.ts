/** Errors of the storage port. */

/**
 * - `unavailable`: the store cannot do it now; a retry may succeed.
 * - `busy`: too many queries of this kind wait; a later retry succeeds.
 * - `abandoned`: the client no longer waits for the answer.
 * - `deadline`: the query took longer than its deadline; a shorter range or a retry may succeed.
 * - `in-use`: another process holds the data folder.
 * - `newer-schema`: a newer version of the program wrote the data.
 * - `unsafe`: a setting or the file system does not meet what the store needs.
 * - `damaged`: a database file is corrupt.
 * - `incomplete`: acknowledged commits are missing from a database file, or it is of another store.
 */
export type StoreErrorCode =
  | 'unavailable'
  | 'busy'
  | 'abandoned'
  | 'deadline'
  | 'in-use'
  | 'newer-schema'
  | 'unsafe'
  | 'damaged'
  | 'incomplete';

/** The one error class of the port. Codes after `deadline` need an operator. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
