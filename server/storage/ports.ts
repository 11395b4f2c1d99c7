/**
 * The storage port: what the API, alerts and jobs use of a store of either kind. Interfaces are in ports/ and, where
 * they belong to one noun, in questions/<noun>/types.ts. Types of results are re-exported for importers outside of storage.
 */
import type { PackedReader, ShapingReader } from './packed.ts';
import type { ClockNote, KnownTime } from './ports/clock.ts';
import type { ControlReader, ControlStore } from './ports/control-store.ts';
import type { LineStore } from './ports/lines.ts';
import type { Maintenance } from './ports/maintenance.ts';
import type { TelemetryWriter } from './ports/telemetry-writer.ts';
import type { AlertReader, AlertStore } from './questions/alerts/types.ts';
import type { AttributionReader, AttributionStore } from './questions/attribution/types.ts';
import type { TelemetryReader } from './questions/telemetry-reader.generated.ts';
import type { StoreRestriction } from './restriction.ts';

export type * from './ports/clock.ts';
export type * from './ports/control-store.ts';
export type { StoreErrorCode } from './ports/errors.ts';
export { StoreError } from './ports/errors.ts';
export type * from './ports/lines.ts';
export type * from './ports/maintenance.ts';
export type * from './ports/sql.ts';
export type * from './ports/telemetry-writer.ts';
export { UNDO_MS } from './ports/telemetry-writer.ts';
export type * from './questions/alerts/types.ts';
export type * from './questions/attribution/types.ts';
export type { AuditEntry, Credentials, Scope, StoredToken } from './questions/credentials/types.ts';
export type * from './questions/error-states/types.ts';
export type * from './questions/markers/types.ts';
export type * from './questions/reports/types.ts';
export { MOST_SCHEDULES } from './questions/reports/types.ts';
export type * from './questions/retention/types.ts';
export type * from './questions/shared-types.ts';
export type * from './questions/tags/types.ts';
export type * from './questions/telemetry-reader.generated.ts';
export type * from './questions/users/types.ts';
export type { Restriction, StoreRestriction } from './restriction.ts';

/** All reads of a store. */
export interface StoreReader extends TelemetryReader, AttributionReader, ControlReader, AlertReader {}

/** Divides log groups among the processes that pull into one store, so that each group is read by one process. */
export interface ShardOwnership {
  /** Registers this process, and keeps it registered until the store closes. Rejects with a StoreError. */
  join(): Promise<void>;
  /** Returns whether this process owns the shard of `key`. Always false before {@link join} has resolved. */
  owns(key: string): boolean;
}

/** The part of a store that stays in SQLite on one server, whichever store holds the telemetry. */
export interface ControlPlane {
  readonly read: ControlReader & AlertReader;
  readonly control: ControlStore;
  readonly alerts: AlertStore;
  readonly maintenance: Maintenance;
  /**
   * Changes whenever something of the control plane may have been written, alerts and deliveries included: before a write begins, and
   * again once it has ended or failed. What was read in between may be read again with another result.
   */
  controlRevision(): number;
  /** Returns the stored times, then stores the given mark and adopts the given time, if any. */
  noteClock(note: ClockNote): Promise<KnownTime>;
  /** Rejects with a {@link StoreError} if a write or a read would fail now. */
  probe(): Promise<void>;
  /** Completes accepted writes, stops threads, and releases files and connections. */
  close(): Promise<void>;
}

/** The client of a query. */
export interface Requester {
  /** Each lane has a queue of its own, and they take turns: `own` is the product itself. */
  readonly lane: 'interactive' | 'export' | 'own';
  /** Aborted when the client no longer waits for the answer. */
  readonly signal?: AbortSignal;
  /** What the client may read: to it, other functions do not exist. Null or absent: everything. */
  readonly restriction?: StoreRestriction | null;
}

/** A store: telemetry, its attribution, and the control plane. */
export interface Store extends TelemetryWriter, ControlPlane {
  readonly read: StoreReader;
  /** For answers that the caller passes on to another thread. */
  readonly readPacked: PackedReader;
  /** For answers of which a task makes the text. */
  readonly readShaped: ShapingReader;
  /** The reads of this store on behalf of a client, in place of its own. */
  readsFor(requester: Requester): Pick<Store, 'read' | 'readPacked' | 'readShaped'>;
  readonly attribution: AttributionStore;
  readonly lines: LineStore;
  readonly collectorShards: ShardOwnership;
  /** When this store last wrote or deleted telemetry, or was opened, ms of performance.now(); null if other processes write to it too. */
  lastWriteMs(): number | null;
}
