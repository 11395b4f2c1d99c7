/** How far pull has read each log group. */
import type { PullCheckpoint } from '../../../../ingest/records/pull-checkpoint.ts';

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface PullCheckpointsQuestions {
  /** Returns how far pull has read a log group, or null before its first scan. */
  pullCheckpoint(key: Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>): Promise<PullCheckpoint | null>;
  /** Returns up to 1,000 pull checkpoints: by state in descending order, then by log group. */
  pullCheckpoints(query: Record<string, never>): Promise<readonly PullCheckpoint[]>;
}
