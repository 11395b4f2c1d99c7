/** How long what is kept. Ages count from the event or its receipt, whichever is later. */
export interface RetentionPolicy {
  /** Raw log lines. */
  readonly rawMs: number;
  /** Invocations and everything else that is one event. */
  readonly detailMs: number;
  /** What they add up to: rollups, causes of cold starts, environments, changes. */
  readonly historyMs: number;
  /** What could not be read. */
  readonly quarantineMs: number;
}

/** What was set while running, and how far back the store reaches. */
export interface StoredRetention {
  /** null: as the process was started. */
  readonly policy: RetentionPolicy | null;
  /** Receipt of the oldest raw lines. */
  readonly rawSinceMs: number | null;
  /** Start of the oldest day with single events. */
  readonly detailSinceMs: number | null;
  /** Start of the oldest day that is told of at all. */
  readonly historySinceMs: number | null;
}
