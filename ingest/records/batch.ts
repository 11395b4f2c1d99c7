/** Everything decoded from one request. */
import type { DeadLetter } from './dead-letter.ts';
import type { IgnoredCounts } from './ignored.ts';
import type { InvocationColumns } from './invocation-columns.ts';
import type { LogVolume, RawChunk } from './raw-chunk.ts';
import type { ExtensionEvent, FaultEvent, InitEvent, PendingStart, RuntimeDone } from './stream-events.ts';
import type { StreamHeader } from './stream-header.ts';
import type { TelemetryEntry } from './telemetry-entry.ts';

export interface BatchCounts {
  /** Log events, without control messages. */
  readonly events: number;
  /** Well-formed events that are not stored: see {@link BatchCounts.ignoredBy}. */
  readonly ignored: number;
  /** Why: the sum is `ignored`. Absent: none. */
  readonly ignoredBy?: IgnoredCounts;
  readonly controlMessages: number;
  /** Events whose time was in another unit than milliseconds. */
  readonly convertedTimestamps: number;
  /** Parts of lines that were redacted, by rule. Absent: none. */
  readonly redacted?: readonly (readonly [rule: string, n: number])[];
}

/** A {@link Batch} as bytes, which only the thread that stores it reads. */
export interface PackedBatch {
  readonly packed: Uint8Array<ArrayBuffer>;
}

/** A subscription filter, and whether it is declared to pass the errors that runtimes report: a delivery does not state the pattern. */
export type NamedFilter = readonly [name: string, declared: boolean];

export type FilterDay = readonly [stream: number, day: number, filters: readonly NamedFilter[]];

/** `true`: errors that runtimes report arrive. Otherwise the subscription filters whose patterns decide that. */
export type ErrorDelivery = true | readonly NamedFilter[];

/** Everything decoded from one request. */
export interface Batch {
  readonly streams: readonly StreamHeader[];
  readonly invocations: InvocationColumns;
  readonly starts: readonly PendingStart[];
  readonly inits: readonly InitEvent[];
  readonly faults: readonly FaultEvent[];
  readonly extensions: readonly ExtensionEvent[];
  readonly runtimeDone: readonly RuntimeDone[];
  /** Days (UTC, since 1970) on which an error that a runtime reports would have arrived with the stream. */
  readonly errorDays: readonly (readonly [stream: number, day: number])[];
  /**
   * Days of events that came by these subscription filters. Their patterns decide whether an error would have arrived: as the
   * inventory read them, otherwise as declared.
   */
  readonly filterDays: readonly FilterDay[];
  readonly raw: readonly RawChunk[];
  readonly volumes: readonly LogVolume[];
  readonly records: readonly TelemetryEntry[];
  readonly deadLetters: readonly DeadLetter[];
  readonly unknownKeys: readonly (readonly [key: string, n: number])[];
  /** JSON of the delivery stream's common attributes, or null. */
  readonly attributes: string | null;
  readonly counts: BatchCounts;
}

/** A batch that holds nothing. */
export const EMPTY_BATCH: Batch = {
  streams: [],
  invocations: {
    n: 0,
    numbers: new Float64Array(),
    requestIds: new Uint8Array(),
    otherRequestIds: new Map(),
    traces: new Map(),
    strings: [],
  },
  starts: [],
  inits: [],
  faults: [],
  extensions: [],
  runtimeDone: [],
  errorDays: [],
  filterDays: [],
  raw: [],
  volumes: [],
  records: [],
  deadLetters: [],
  unknownKeys: [],
  attributes: null,
  counts: { events: 0, ignored: 0, controlMessages: 0, convertedTimestamps: 0 },
};
