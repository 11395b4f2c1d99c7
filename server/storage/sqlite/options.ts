/** How a SQLite store is opened. */
import type { RetentionPolicy } from '../questions/retention/types.ts';

export interface SqliteOptions {
  readonly folder: string;
  readonly migrations: string;
  /** Where the compiled workers stand. */
  readonly workers: URL;
  /** Where the stored settings do not say otherwise. */
  readonly retention: RetentionPolicy;
  /** A command that ends soon keeps its caches and young heaps small. */
  readonly lowMemory?: boolean;
  /** What the quarantine keeps at most. */
  readonly quarantineBytes: number;
  readonly readers: number;
  readonly readDeadlineMs: number;
  readonly now: () => number;
}
