/** Options of the SQLite store. */
import type { RawRetention } from '../../../ingest/decode/pipeline.ts';
import type { MetricOptions } from '../metrics/quota.ts';
import type { RetentionPolicy } from '../questions/retention/types.ts';

/** Sizes of caches and heaps. */
export interface StoreCapacity {
  readonly writerCacheMb: number;
  /** Part of a file that readers map into memory. */
  readonly mappedBytes: number;
  /** Young heap of the writer. */
  readonly youngHeapMb: number;
  /** Old heap of each thread; null leaves it to V8. */
  readonly otherHeapMb: number | null;
}

export interface SqliteOptions {
  readonly folder: string;
  readonly migrations: string;
  /** Folder of the compiled workers. */
  readonly workers: URL;
  /** Applies unless a policy is stored. */
  readonly retention: RetentionPolicy;
  /** Keeps caches and young heaps small, for short-lived commands. */
  readonly lowMemory?: boolean;
  /** Which log lines are kept. Default: all. */
  readonly rawLines?: RawRetention;
  /** Most bytes of log lines that are kept; null for 10 GiB, or a fifth of the disk if that is less. */
  readonly lineBytes?: number | null;
  /** Retention and limits of metrics. Default: those of the settings. */
  readonly metrics?: MetricOptions;
  /** Most bytes of dead letters that are kept. */
  readonly deadLetterBytes: number;
  /** Free disk space below which ingest pauses: the write-ahead log stays well below it. */
  readonly minFreeBytes?: number;
  readonly readers: number;
  /** Caches and heaps by the memory of the machine; the usual ones by default. */
  readonly capacity?: StoreCapacity;
  readonly readDeadlineMs: number;
  readonly now: () => number;
  /**
   * The time by which data may be deleted, epoch ms, after the clock was compared with the stored time: nothing is deleted
   * before the first `noteClock`. By default `now`.
   */
  readonly settledNow?: () => number;
}
