/** The port between ingest and storage. */
import type { Batch, PackedBatch } from './batch.ts';
import type { PullCheckpoint } from './pull-checkpoint.ts';

/** The origin of a batch, shown on the ingest page. */
export interface BatchSource {
  readonly kind:
    | 'firehose'
    | 'lambda'
    | 'logs'
    | 'pull'
    | 'import'
    | 'demo'
    | 'replay'
    | 'traces'
    | 'inventory'
    | 'otlp';
  readonly name: string;
  /** The import that brings it, if that can be undone. */
  readonly importId?: string;
}

/** Results for the events of a batch. They add up to `counts.events` plus the records of dead letters. */
export interface WriteOutcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
  /** Why events were ignored, with counts that add up to `ignored`. Absent: none. */
  readonly ignoredReasons?: Readonly<Record<string, number>>;
  /** Part of `ignored`: events of days whose events retention has deleted. Absent: none. */
  readonly expired?: number;
  /** Why those are not stored. Present with `expired`. */
  readonly expiredReason?: string;
}

/** Stores batches, plain or packed. Resolves after fsync; rejects if nothing of the batch was stored. */
export interface Sink {
  write(batch: Batch | PackedBatch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome>;
}
