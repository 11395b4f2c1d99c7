/** Retention periods, ms. Ages count from the event or its receipt, whichever is later. */
export interface RetentionPolicy {
  /** Raw log lines. */
  readonly rawMs: number;
  /** Invocations and other single events. */
  readonly detailMs: number;
  /** Aggregates: rollups, causes of cold starts, environments, changes. */
  readonly historyMs: number;
  /** Dead letters. */
  readonly quarantineMs: number;
}

/** The stored policy, and how far back data reaches. Times in epoch ms. */
export interface StoredRetention {
  /** Null: the policy of the process's settings. */
  readonly policy: RetentionPolicy | null;
  /** Receipt of the oldest raw log lines. */
  readonly rawSinceMs: number | null;
  /** Start of the oldest day with single events. */
  readonly detailSinceMs: number | null;
  /** Start of the oldest day with any data. */
  readonly historySinceMs: number | null;
}
