/** How a SQLite store is opened. */
export interface SqliteOptions {
  readonly folder: string;
  readonly migrations: string;
  /** Where the compiled workers stand. */
  readonly workers: URL;
  /** Raw lines are kept this long after they were received. */
  readonly rawRetentionMs: number;
  /** A command that ends soon keeps its caches and young heaps small. */
  readonly frugal?: boolean;
  /** What the quarantine keeps at most. */
  readonly quarantineBytes: number;
  readonly readers: number;
  readonly readDeadlineMs: number;
  readonly now: () => number;
}
