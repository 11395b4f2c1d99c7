/** The port between ingest and storage. */
import type { Batch } from './batch.ts';
import type { PullCheckpoint } from './pull-checkpoint.ts';

/** Where a batch came from, for the ingest page. */
export interface BatchSource {
  readonly kind: 'firehose' | 'lambda' | 'logs' | 'pull' | 'import' | 'demo' | 'replay' | 'traces' | 'inventory';
  readonly name: string;
}

/** What became of the events of a batch. They add up to `counts.events` plus unreadable records. */
export interface WriteOutcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
}

/** Resolves after the batch is on disk (fsync); rejects when nothing of it was stored. */
export interface Sink {
  write(batch: Batch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome>;
}
