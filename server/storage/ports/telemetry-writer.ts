/** Writes of telemetry, and the feed of what was committed. */
import type { Sink } from '../../../ingest/records/sink.ts';
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { CommittedRows } from '../questions/invocations/types.ts';

/** What to delete: functions by id, everything of an AWS account, or single results of Power Tuning by id. */
export type DeletionScope =
  | { readonly functionIds: readonly number[] }
  | { readonly account: string }
  | { readonly tuningRunIds: readonly string[] };

/** How long after its last file an import can be undone. */
export const UNDO_MS = 14 * DAY_MS;

/** `too-old`: older than {@link UNDO_MS}. */
export type UndoOutcome = 'undone' | 'undone-before' | 'unknown' | 'too-old';

/**
 * `write` stores one decoded batch, with the pull checkpoint it belongs to, in one durable step. It resolves after the batch
 * is on disk and counts accepted, duplicate, ignored and rejected events; it rejects with a StoreError when nothing of the
 * batch was stored. Writing the same batch twice changes nothing.
 */
export interface TelemetryWriter extends Sink {
  /**
   * Calls `listener` after each commit that added invocations. Returns a function that removes the listener. Rows are
   * collected only while there is a listener.
   */
  onCommit(listener: (rows: CommittedRows) => void): () => void;

  /**
   * Deletes everything that is stored of the functions or the account, or the given results; what is delivered again afterwards is new. An
   * interrupted deletion can be repeated. Rejects with a StoreError.
   */
  deleteTelemetry(scope: DeletionScope): Promise<void>;

  /**
   * Removes what the batches of an import added. Data that was also delivered another way, before or after, stays. An interrupted
   * undo continues when the store is opened. Rejects with a StoreError.
   */
  undoImport(importId: string): Promise<UndoOutcome>;
}
