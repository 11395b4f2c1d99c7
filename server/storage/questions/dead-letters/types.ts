/** Records that could not be read. */
import type { Page } from '../shared-types.ts';

export interface StoredDeadLetter {
  readonly id: number;
  readonly receivedMs: number;
  readonly sourceKind: string;
  readonly sourceName: string;
  readonly reason: string;
  readonly detail: string;
  readonly logGroup: string | null;
  readonly seen: number;
  readonly sizeBytes: number;
  readonly preview: string;
  readonly replayedMs: number | null;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface DeadLettersQuestions {
  /** Returns a page of dead letters, newest first. Rejects with a RangeError if the cursor is not one of this store. */
  deadLetters(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page<StoredDeadLetter>>;
  /** Returns the bytes of a dead letter as they were received, or null if there is none with this id. */
  deadLetterPayload(query: {
    readonly id: number;
  }): Promise<{ readonly reason: string; readonly payload: Uint8Array } | null>;
}
