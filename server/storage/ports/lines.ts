/** Keeping log lines. */

/** Lines for which all that is given holds. At least one is given. */
export interface LineScope {
  readonly functionId?: number | undefined;
  /** Lines that name the request, and those of its attempts that name no other. */
  readonly requestId?: string | undefined;
  /** First time, epoch ms. */
  readonly fromMs?: number | undefined;
  /** Time after the last, epoch ms. */
  readonly toMs?: number | undefined;
}

export interface LinesInScope {
  readonly lines: number;
  /** Size of their text in UTF-8, bytes; without that of text which cannot be read. */
  readonly rawBytes: number;
  /** Epoch ms; null if there are none. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Blocks and chunks that cannot be read and are not deleted, because not all of their lines need to be in the scope. */
  readonly damaged: number;
}

export interface LineDeletion {
  /** Counts what would be deleted. Rejects with a StoreError. */
  preview(scope: LineScope): Promise<LinesInScope>;
  /**
   * Deletes the lines that were received before. Returns what was deleted. Can be repeated. SQLite overwrites what they took in the files;
   * ClickHouse removes the files that held them some minutes later. Lines that are delivered again are stored again. Rejects with a StoreError.
   */
  run(scope: LineScope): Promise<LinesInScope>;
}

export interface LineStore {
  /**
   * Brings some of the lines that were received since into the form in which they are searched. Returns false if there are none for now. Never
   * loses a line, or stores one twice, whenever it is interrupted. Rejects with a StoreError.
   */
  pack(): Promise<boolean>;
  readonly deletion: LineDeletion;
}
