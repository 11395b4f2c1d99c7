/** Records that could not be read. */

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
