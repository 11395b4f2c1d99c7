/** Keeping log lines. */

export interface LineStore {
  /**
   * Brings some of the lines that were received since into the form in which they are searched. Returns false if there are none for now. Never
   * loses a line, or stores one twice, whenever it is interrupted. Rejects with a StoreError.
   */
  pack(): Promise<boolean>;
}
