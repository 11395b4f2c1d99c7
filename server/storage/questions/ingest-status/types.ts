/** State of ingest. */
import type { Quantiles } from '../shared-types.ts';

export interface IngestStatus {
  readonly counters: Readonly<Record<string, number>>;
  readonly unknownFields: readonly { readonly key: string; readonly n: number }[];
  readonly sources: readonly {
    readonly kind: string;
    readonly name: string;
    readonly firstSeenMs: number;
    readonly lastSeenMs: number;
    readonly lastDataMs: number | null;
    readonly requests: number;
    readonly events: number;
    readonly rejected: number;
    readonly lagMs: Quantiles;
  }[];
  readonly lagMs: Quantiles;
  readonly orphanStarts: number;
  readonly invocations: number;
  readonly withStart: number;
  readonly databaseBytes: number;
  /** Part of the above: size of the write-ahead log. */
  readonly walBytes: number;
  /** Event times of the oldest and newest line of all functions; null without lines. */
  readonly firstEventMs: number | null;
  readonly lastEventMs: number | null;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface IngestStatusQuestions {
  /** Returns counters, sources with their lag in ms, and the size of the store in bytes. */
  ingestStatus(query: Record<string, never>): Promise<IngestStatus>;
}
