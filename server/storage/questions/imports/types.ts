/** Imports of files, and whether they can be undone. */

/**
 * `stored`: it can be undone. `undoing`: an undo is in progress, or was interrupted and continues when the server starts.
 * `undone`: it was removed. `kept`: it is too old to be undone.
 */
export type ImportState = 'stored' | 'undoing' | 'undone' | 'kept';

/** An import. Times in epoch ms. */
export interface StoredImport {
  readonly id: string;
  /** The newest file of it. */
  readonly name: string;
  readonly startedMs: number;
  readonly lastMs: number;
  readonly state: ImportState;
  /** Log events, as counted when they arrived. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
  /** Records without a function, such as flow logs: an undo keeps them. */
  readonly loose: number;
  /** Progress of an undo: pieces that were stored again, and their number. */
  readonly done: number;
  readonly total: number;
  readonly undoneMs: number | null;
  /** Names of the functions that it added to, at most ten. */
  readonly functions: readonly string[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface ImportsQuestions {
  /** Returns the newest imports, newest first. */
  imports(query: { readonly limit: number }): Promise<readonly StoredImport[]>;
}
