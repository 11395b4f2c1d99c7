/** The port every store implements. The API, alerts and derivation speak to this and to nothing below it. */
import type { PullCheckpoint, Sink } from '../../ingest/records/sink.ts';
import type { FunctionCoverage } from '../analytics/metrics/coverage.ts';
import type { ServiceMap } from '../analytics/network/phases.ts';
import type { Maintenance } from './maintenance.ts';
import type { Aggregate, AggregateQuery } from './questions/aggregate/types.ts';
import type { AlertReader, AlertStore } from './questions/alerts/types.ts';
import type {
  AttributedHours,
  AttributionStore,
  FunctionIdleTimes,
  FunctionInitGaps,
  StaleHour,
} from './questions/attribution/types.ts';
import type { FunctionInitLoop, PlatformLatency } from './questions/causes/types.ts';
import type { ChangeMark, ChangeMarksQuery, ChangesQuery, StoredChange } from './questions/changes/types.ts';
import type { ColdStartAggregate } from './questions/cold-starts/types.ts';
import type { AuditEntry, Credentials, StoredToken } from './questions/credentials/types.ts';
import type { StoredDeadLetter } from './questions/dead-letters/types.ts';
import type { Distribution } from './questions/distribution/types.ts';
import type { EnvironmentTimeline } from './questions/environments/types.ts';
import type { FailureEvidence } from './questions/failures/types.ts';
import type { FleetAggregate } from './questions/fleet/types.ts';
import type { FunctionAggregate, FunctionIdentity } from './questions/functions/types.ts';
import type { IngestStatus } from './questions/ingest-status/types.ts';
import type { InventoryEntry } from './questions/inventory/types.ts';
import type { InvocationDetail } from './questions/invocation/types.ts';
import type { CommittedRows, InvocationKey, InvocationQuery, StoredInvocation } from './questions/invocations/types.ts';
import type { KeepAlive } from './questions/keep-alive/types.ts';
import type { StoredLoadTest } from './questions/load-tests/types.ts';
import type { LogVolumeSum } from './questions/log-volume/types.ts';
import type { MemoryEvidence } from './questions/memory/types.ts';
import type { FleetNetwork, FunctionNetwork } from './questions/network/types.ts';
import type { PreInitSamples } from './questions/pre-inits/types.ts';
import type { ProvisionedAnswer, ProvisionedQuestion } from './questions/provisioned/types.ts';
import type { RetentionPolicy, StoredRetention } from './questions/retention/types.ts';
import type { FunctionFilter, Page, ResolvedRange, TimeRange } from './questions/shared-types.ts';
import type { SeriesPoint } from './questions/timeseries/types.ts';
import type { StoredSegment } from './questions/traces/types.ts';
import type { TraceToFetch } from './questions/traces-to-fetch/types.ts';

export type * from './maintenance.ts';
export type * from './questions/aggregate/types.ts';
export type * from './questions/alerts/types.ts';
export type * from './questions/attribution/types.ts';
export type * from './questions/causes/types.ts';
export type * from './questions/changes/types.ts';
export type * from './questions/cold-starts/types.ts';
export type { AuditEntry, Credentials, Scope, StoredToken } from './questions/credentials/types.ts';
export type * from './questions/dead-letters/types.ts';
export type * from './questions/distribution/types.ts';
export type * from './questions/environments/types.ts';
export type * from './questions/failures/types.ts';
export type * from './questions/fleet/types.ts';
export type * from './questions/functions/types.ts';
export type * from './questions/ingest-status/types.ts';
export type * from './questions/inventory/types.ts';
export type * from './questions/invocation/types.ts';
export type * from './questions/invocations/types.ts';
export type * from './questions/keep-alive/types.ts';
export type * from './questions/load-tests/types.ts';
export type * from './questions/log-volume/types.ts';
export type * from './questions/memory/types.ts';
export type * from './questions/network/types.ts';
export type * from './questions/pre-inits/types.ts';
export type * from './questions/provisioned/types.ts';
export type * from './questions/retention/types.ts';
export type * from './questions/shared-types.ts';
export type * from './questions/timeseries/types.ts';
export type * from './questions/traces/types.ts';
export type * from './questions/traces-to-fetch/types.ts';

/** Reads of telemetry. Each answers within the reader's deadline or rejects with {@link StoreError}. */
export interface TelemetryReader extends AlertReader {
  fleet(query: TimeRange & FunctionFilter & { readonly widthMs: number | null }): Promise<FleetAggregate>;
  functions(
    query: TimeRange & FunctionFilter,
  ): Promise<{ readonly range: ResolvedRange; readonly items: readonly FunctionAggregate[] }>;
  resolveFunction(id: {
    readonly account?: string;
    readonly region?: string;
    readonly name: string;
  }): Promise<readonly FunctionIdentity[]>;
  timeseries(
    query: TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: 'none' | 'version' | 'memoryMb' },
  ): Promise<{ readonly range: ResolvedRange; readonly points: readonly SeriesPoint[] }>;
  coldStarts(
    query: TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number },
  ): Promise<ColdStartAggregate>;
  aggregate(query: AggregateQuery): Promise<Aggregate>;
  retention(query: Record<string, never>): Promise<StoredRetention>;
  passwordHash(query: Record<string, never>): Promise<string | null>;
  audit(query: {
    readonly beforeSeq?: number;
    readonly limit: number;
  }): Promise<readonly (AuditEntry & { readonly seq: number })[]>;
  initLoops(query: TimeRange): Promise<readonly FunctionInitLoop[]>;
  platformLatency(query: TimeRange): Promise<readonly PlatformLatency[]>;
  peakConcurrency(
    query: TimeRange & { readonly names: readonly string[] },
  ): Promise<readonly { readonly name: string; readonly peak: number; readonly runs: number }[]>;
  /** Lines of the function's own log group, in whole hours that begin in the range. */
  logVolume(query: TimeRange & { readonly functionId: number }): Promise<LogVolumeSum | null>;
  changes(query: ChangesQuery): Promise<{ readonly items: readonly StoredChange[]; readonly total: number }>;
  changeMarks(query: ChangeMarksQuery): Promise<{ readonly items: readonly ChangeMark[]; readonly total: number }>;
  functionNetwork(
    query: TimeRange & { readonly functionId: number; readonly mostRequests: number },
  ): Promise<FunctionNetwork>;
  fleetNetwork(query: TimeRange): Promise<FleetNetwork>;
  failures(
    query: TimeRange &
      FunctionFilter & { readonly functionId: number; readonly nowMs: number; readonly mostFailed: number },
  ): Promise<FailureEvidence>;
  distribution(query: TimeRange & FunctionFilter & { readonly functionId: number }): Promise<Distribution>;
  keepAlive(
    query: TimeRange &
      FunctionFilter & { readonly functionId: number; readonly maxRuns: number; readonly seed: number },
  ): Promise<KeepAlive>;
  memory(
    query: TimeRange & { readonly functionId: number; readonly outOfMemorySinceMs: number },
  ): Promise<MemoryEvidence>;
  preInits(query: TimeRange & { readonly functionId: number; readonly mostSegments: number }): Promise<PreInitSamples>;
  provisioned(query: TimeRange & FunctionFilter & ProvisionedQuestion): Promise<ProvisionedAnswer>;
  environments(
    query: TimeRange & { readonly functionId: number; readonly limit: number; readonly maxRuns: number },
  ): Promise<EnvironmentTimeline>;
  configurations(query: { readonly functionId: number }): Promise<
    readonly {
      readonly version: string | null;
      readonly memoryMb: number | null;
      readonly runtimeVersion: string | null;
      readonly runtimeVersionArn: string | null;
      readonly firstSeenMs: number;
      readonly lastSeenMs: number;
      readonly environments: number;
    }[]
  >;
  invocations(query: InvocationQuery): Promise<Page<StoredInvocation>>;
  invocation(query: { readonly requestId: string }): Promise<InvocationDetail | null>;
  ingestStatus(query: Record<string, never>): Promise<IngestStatus>;
  deadLetters(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page<StoredDeadLetter>>;
  deadLetterPayload(query: {
    readonly id: number;
  }): Promise<{ readonly reason: string; readonly payload: Uint8Array } | null>;
  pullCheckpoint(key: Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>): Promise<PullCheckpoint | null>;
  pullCheckpoints(query: Record<string, never>): Promise<readonly PullCheckpoint[]>;
  /** Traces of sampled invocations since `fromMs` that are not stored, cold ones first. */
  tracesToFetch(query: {
    readonly fromMs: number;
    readonly askedBeforeMs: number;
    readonly maxTries: number;
    readonly limit: number;
  }): Promise<readonly TraceToFetch[]>;
  /** Who calls whom in the newest traces of the functions, `mostTraces` of them. */
  serviceMap(
    query: TimeRange & FunctionFilter & { readonly mostTraces: number },
  ): Promise<{ readonly map: ServiceMap; readonly traces: number; readonly truncated: boolean }>;
  /** Empty when no segment of it is stored. */
  trace(query: { readonly traceId: string }): Promise<readonly StoredSegment[]>;
  loadTests(query: {
    readonly functionId?: number | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly limit: number;
  }): Promise<readonly StoredLoadTest[]>;
  /** The newest facts of each function, or the history of one. */
  inventory(query: {
    readonly functionId?: number | undefined;
    readonly limit: number;
    readonly after?: number | undefined;
  }): Promise<readonly InventoryEntry[]>;
  /** Counts behind coverage, per function seen since `fromMs`. */
  coverage(query: { readonly fromMs: number; readonly nowMs: number }): Promise<readonly FunctionCoverage[]>;
  /** Those of the keys that are stored, in their order. */
  invocationsByKey(query: { readonly keys: readonly InvocationKey[] }): Promise<readonly StoredInvocation[]>;
  credentials(query: Record<string, never>): Promise<Credentials>;
  /** Hours to derive that begin before `beforeMs`, by function and time. */
  staleHours(query: { readonly beforeMs: number; readonly limit: number }): Promise<readonly StaleHour[]>;
  attributeHours(query: {
    readonly functionId: number;
    readonly slots: readonly number[];
    readonly settledMs: number;
    readonly mostRuns: number;
  }): Promise<AttributedHours>;
  idleTimes(query: Record<string, never>): Promise<readonly FunctionIdleTimes[]>;
  initGaps(query: { readonly functionIds: readonly number[] }): Promise<readonly FunctionInitGaps[]>;
}

/** Writes of the control plane. Each is durable when it resolves. */
export interface ControlStore {
  addToken(token: Omit<StoredToken, 'lastUsedMs' | 'revokedMs'> & { readonly sha256: Uint8Array }): Promise<void>;
  revokeToken(id: string, nowMs: number): Promise<boolean>;
  /** The new one is stored and the old one's end moved, together. */
  rotateToken(
    token: Omit<StoredToken, 'lastUsedMs' | 'revokedMs'> & { readonly sha256: Uint8Array },
    old: { readonly id: string; readonly expiresMs: number },
  ): Promise<void>;
  /** Sessions that were opened by the old password end. `owner` is what new ones belong to; null forgets the password. */
  setPassword(
    hash: string | null,
    owner: (Omit<StoredToken, 'lastUsedMs' | 'revokedMs'> & { readonly sha256: Uint8Array }) | null,
  ): Promise<void>;
  /** The same password, hashed with today's parameters. */
  rehashPassword(hash: string): Promise<void>;
  touchSession(sha256: Uint8Array, nowMs: number): Promise<void>;
  addAudit(entry: AuditEntry): Promise<void>;
  recordTokenUse(uses: readonly { readonly id: string; readonly atMs: number }[]): Promise<void>;
  addSession(session: {
    readonly sha256: Uint8Array;
    readonly tokenId: string;
    readonly createdMs: number;
    readonly expiresMs: number;
  }): Promise<void>;
  endSession(sha256: Uint8Array): Promise<void>;
  /** From now on; null goes back to what the process was started with. */
  setRetention(policy: RetentionPolicy | null): Promise<void>;
  markReplayed(rejectId: number, nowMs: number): Promise<boolean>;
  /** Traces that were asked for and are not there yet. */
  recordTraceAttempts(traceIds: readonly string[], nowMs: number): Promise<void>;
}

/** Where several processes use one store, each reads a share of the log groups by pull. */
export interface ShardOwnership {
  /** Takes a share from now on. @throws StoreError */
  join(): Promise<void>;
  /** Is what has this name this process's? False before it joined. */
  owns(key: string): boolean;
}

export interface Store extends Sink {
  readonly read: TelemetryReader;
  readonly control: ControlStore;
  readonly attribution: AttributionStore;
  readonly alerts: AlertStore;
  readonly maintenance: Maintenance;
  readonly collectorShards: ShardOwnership;
  /** Calls back after each commit that brought invocations, until the returned function is called. */
  onCommit(listener: (news: CommittedRows) => void): () => void;
  /** Throws {@link StoreError} when a write or a read would not succeed now. */
  probe(): Promise<void>;
  /** Finishes what was accepted, checkpoints, lets go of the folder. */
  close(): Promise<void>;
}

export type StoreErrorCode = 'unavailable' | 'deadline' | 'in-use' | 'newer-schema' | 'unsafe' | 'damaged';

/** The short list of ways a store fails. `unavailable` and `deadline` may pass; the others need a person. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
