/**
 * The port between ingest and storage: one decoded request, in columns that cross a thread without being cloned.
 * Storage implements {@link Sink}; ingest never knows which.
 */

import type { FaultKind, StreamIdentity } from './records.ts';
import type { FeedRecord } from './telemetry-records.ts';

/** Who an environment belongs to, and whether the name was read or only labelled by its log group. */
export interface StreamHeader extends StreamIdentity {
  readonly functionName: string;
  /** True when only a custom log group names the function: the group is a label, not a name. */
  readonly labelled: boolean;
  readonly version: string | null;
}

export type InvocationStatus = 'success' | 'timeout' | 'error' | 'oom' | 'exit';
export const STATUSES: readonly InvocationStatus[] = ['success', 'timeout', 'error', 'oom', 'exit'];

/** Numeric fields of one invocation, in this order in {@link InvocationColumns.numbers}. NaN is absent. */
export const COLUMN = {
  stream: 0,
  endMs: 1,
  startMs: 2,
  durationMs: 3,
  billedMs: 4,
  memoryMb: 5,
  maxMemoryMb: 6,
  initMs: 7,
  restoreMs: 8,
  billedRestoreMs: 9,
  status: 10,
  errorType: 11,
  sampled: 12,
  tenant: 13,
  version: 14,
  /** Log events this row was read from (START, END, REPORT, …). */
  events: 15,
} as const;
export const COLUMNS = 16;

/** Invocations, row by row in `numbers`; ids as bytes beside it. */
export interface InvocationColumns {
  readonly n: number;
  readonly numbers: Float64Array;
  /** 16 bytes a row; meaningful where `otherRequestIds` has no entry. */
  readonly requestIds: Uint8Array;
  /** Request ids that are not canonical UUIDs, by row. */
  readonly otherRequestIds: ReadonlyMap<number, string>;
  /** X-Ray ids by row, as printed; most rows have none. */
  readonly traces: ReadonlyMap<number, readonly [traceId: string, segmentId: string | null]>;
  /** What `errorType`, `tenant` and `version` index. */
  readonly strings: readonly string[];
}

/** A START whose REPORT is not in the same request. */
export interface PendingStart {
  readonly stream: number;
  readonly requestId: string;
  readonly startMs: number;
  readonly version: string | null;
  readonly tenant: string | null;
}

export type InitEventKind =
  | 'init-start'
  | 'init-report'
  | 'init-runtime-done'
  | 'restore-start'
  | 'restore-report'
  | 'restore-runtime-done';

export interface InitEvent {
  readonly stream: number;
  readonly kind: InitEventKind;
  readonly atMs: number;
  readonly durationMs: number | null;
  readonly phase: string | null;
  readonly status: string | null;
  readonly errorType: string | null;
  readonly initializationType: string | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
}

export interface FaultEvent {
  readonly stream: number;
  readonly kind: FaultKind;
  readonly atMs: number;
  readonly requestId: string | null;
  readonly errorType: string | null;
  readonly message: string | null;
}

export interface ExtensionEvent {
  readonly stream: number;
  readonly kind: 'extension' | 'telemetry' | 'logs';
  readonly name: string;
  readonly state: string;
  readonly detail: string;
  readonly atMs: number;
}

/** Compressed log events of one stream, as kept for "show me the lines". */
export interface RawChunk {
  readonly stream: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly events: number;
  /** First 8 bytes of a hash of the events: the same chunk delivered twice is kept once. */
  readonly digest: Uint8Array;
  /** gzip of a subscription document or of a JSON array of events. */
  readonly gzip: Uint8Array;
}

/** How much one message of a log group held, whatever its lines say. */
export interface LogVolume {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  /** Of its first event. */
  readonly atMs: number;
  readonly events: number;
  /** Of the texts, UTF-8. */
  readonly bytes: number;
  /** As in {@link RawChunk}, of all events: the same message delivered twice counts once. */
  readonly digest: Uint8Array;
}

/** The runtime answered; what REPORT counts beyond `runtimeMs` is the time of extensions. */
export interface RuntimeDone {
  readonly stream: number;
  readonly requestId: string;
  readonly atMs: number;
  readonly runtimeMs: number;
}

/** What another document than a platform line said, with what its surroundings know of it. */
export interface FeedEntry {
  readonly record: FeedRecord;
  /** Of the log stream it came in, "" where nothing says. */
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  /** Event time where the record has none of its own; null for files. */
  readonly atMs: number | null;
  /** Identifies a record that carries no id: hex of a hash of its text; "" for those that do. */
  readonly digest: string;
}

/** Something that could not be read, kept with its reason. */
export interface Reject {
  readonly reason: string;
  readonly detail: string;
  readonly logGroup: string | null;
  readonly payload: Uint8Array;
}

export interface BatchCounts {
  /** Log events seen, control messages excluded. */
  readonly events: number;
  /** Application lines and platform lines that carry nothing of their own. */
  readonly ignored: number;
  readonly controlMessages: number;
  readonly clampedTimestamps: number;
}

/** One decoded request. */
export interface Batch {
  readonly streams: readonly StreamHeader[];
  readonly invocations: InvocationColumns;
  readonly starts: readonly PendingStart[];
  readonly inits: readonly InitEvent[];
  readonly faults: readonly FaultEvent[];
  readonly extensions: readonly ExtensionEvent[];
  readonly runtimeDone: readonly RuntimeDone[];
  readonly raw: readonly RawChunk[];
  readonly volumes: readonly LogVolume[];
  readonly feeds: readonly FeedEntry[];
  readonly rejects: readonly Reject[];
  readonly unknownKeys: readonly (readonly [key: string, n: number])[];
  /** JSON of the delivery stream's common attributes, or null. */
  readonly attributes: string | null;
  readonly counts: BatchCounts;
}

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

/** One scan of a log group under way. */
export interface PullScan {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where the scan goes on; null before its first page. Valid for a day. */
  readonly nextToken: string | null;
  /** Newest event seen in it. */
  readonly newestMs: number | null;
  readonly wide: boolean;
  /** Were its pages asked for with a server-side filter? A token is good for the same question only. */
  readonly filtered: boolean;
}

/** How far pull has read a log group. It is written with the events it speaks of, or not at all. */
export interface PullCheckpoint {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly mode: 'poll' | 'backfill';
  /** Everything up to here was read; null before the first complete scan. */
  readonly watermarkMs: number | null;
  /** null between scans. */
  readonly scan: PullScan | null;
  readonly wideMs: number | null;
  readonly state: PullState;
  readonly message: string | null;
  /** Events read in all. */
  readonly events: number;
  readonly updatedMs: number;
}

export type PullState = 'ok' | 'throttled' | 'gone' | 'denied' | 'credentials' | 'error';

/** Resolves after the batch is on disk (fsync); rejects when nothing of it was stored. */
export interface Sink {
  write(batch: Batch, source: BatchSource, checkpoint?: PullCheckpoint): Promise<WriteOutcome>;
}
