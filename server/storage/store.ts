/** The port every store implements. The API, alerts and derivation speak to this and to nothing below it. */
import type { InvocationStatus, PullCheckpoint, Sink } from '../../ingest/sink.ts';
import type { ColdStartKind } from '../analytics/cold-start.ts';
import type { FunctionCoverage } from '../analytics/coverage.ts';
import type { Survival } from '../analytics/keep-alive/survival.ts';
import type { CountColumn } from './cell.ts';
import type { Credentials, StoredToken } from './credentials.ts';
import type { InventoryEntry, StoredSegment, WantedTrace } from './feed-views.ts';

export type { Credentials, Scope, StoredToken } from './credentials.ts';

/** Half-open range of event time, epoch ms. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface FunctionFilter {
  readonly functionId?: number | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly version?: string | undefined;
  readonly memoryMb?: number | undefined;
  readonly architecture?: string | undefined;
}

export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly n: number;
}

export type Counts = Readonly<Record<CountColumn, number>>;

export interface FunctionIdentity {
  readonly functionId: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly labelled: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly memoryMb: number | null;
  readonly version: string | null;
  readonly runtimeVersion: string | null;
  /** From inventory; null where none is known. */
  readonly architecture: string | null;
  readonly runtime: string | null;
  readonly vpc: boolean | null;
}

/** Billed time by what it is priced by. */
export interface UsageSlice {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
  readonly invocations: number;
  readonly billedMs: number;
}

export interface FunctionAggregate {
  readonly identity: FunctionIdentity;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly maxMemoryUsedMb: number | null;
  readonly durationMs: Quantiles;
  /** On-demand inits only: kinds never share a percentile. */
  readonly initMs: Quantiles;
  /** Invocations over the range in equal parts. */
  readonly spark: readonly number[];
}

/** The range that the rollups really answered: aligned outward to their width. */
export interface Answered extends TimeRange {
  readonly widthMs: number;
}

export interface BucketCounts {
  readonly fromMs: number;
  readonly counts: Counts;
  readonly usage: readonly (UsageSlice & { readonly region: string })[];
}

export interface FleetAggregate {
  readonly range: Answered;
  readonly functions: readonly {
    readonly identity: FunctionIdentity;
    readonly counts: Counts;
    readonly usage: readonly UsageSlice[];
  }[];
  readonly buckets: readonly BucketCounts[];
}

export interface SeriesPoint {
  readonly fromMs: number;
  readonly group: string;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly maxMemoryMb: number | null;
  readonly durationMs: Quantiles;
  readonly initMs: Quantiles;
}

export interface ColdStartAggregate {
  readonly range: Answered;
  readonly counts: Counts;
  readonly byKind: readonly {
    readonly kind: ColdStartKind;
    readonly n: number;
    readonly initMs: Quantiles;
    readonly totalMs: Quantiles;
    readonly initHistogram: readonly (readonly [upToMs: number, n: number])[];
  }[];
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
  readonly examples: readonly StoredInvocation[];
}

/** One function over one period: counts, and values near each of ascending points. */
export interface Distribution {
  /** To the nearest five minutes: periods that touch share nothing. */
  readonly range: Answered;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly durationMs: readonly (readonly [valueMs: number, n: number])[];
  /** On-demand inits only. */
  readonly initMs: readonly (readonly [valueMs: number, n: number])[];
}

/** How long idle environments of a function live. */
export interface KeepAlive {
  /** Idle periods that say anything, and those whose environment was gone. */
  readonly n: number;
  readonly deaths: number;
  /** Of environments younger than two hours alone. */
  readonly youngOnly: boolean;
  /** Null where too few died. */
  readonly survival: Survival | null;
  readonly invocations: number;
  readonly environments: number;
  /** Only the newest invocations were looked at. */
  readonly truncated: boolean;
}

export interface StoredInvocation {
  readonly requestId: string;
  readonly attempt: number;
  readonly functionId: number;
  readonly functionName: string;
  readonly account: string;
  readonly region: string;
  readonly version: string | null;
  readonly logGroup: string;
  readonly logStream: string;
  readonly environmentId: number;
  readonly startMs: number | null;
  readonly endMs: number;
  readonly durationMs: number;
  readonly billedDurationMs: number | null;
  readonly memorySizeMb: number | null;
  readonly architecture: string | null;
  readonly maxMemoryUsedMb: number | null;
  readonly initDurationMs: number | null;
  readonly restoreDurationMs: number | null;
  readonly billedRestoreDurationMs: number | null;
  readonly status: InvocationStatus;
  readonly errorType: string | null;
  readonly coldStart: { readonly kind: ColdStartKind; readonly userFelt: boolean } | null;
  readonly traceId: string | null;
  readonly segmentId: string | null;
  readonly sampled: boolean | null;
  readonly tenantId: string | null;
  /** JSON of the delivery stream's common attributes. */
  readonly attributes: string | null;
}

export interface InvocationQuery extends TimeRange, FunctionFilter {
  readonly requestId?: string | undefined;
  readonly cold?: boolean | undefined;
  readonly status?: InvocationStatus | undefined;
  readonly minDurationMs?: number | undefined;
  readonly traceId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface LogLine {
  readonly timestampMs: number;
  readonly message: string;
  readonly platform: boolean;
}

export interface InvocationDetail {
  readonly attempts: readonly {
    readonly invocation: StoredInvocation;
    readonly lines: readonly LogLine[];
    readonly environment: EnvironmentFacts;
  }[];
  readonly faults: readonly {
    readonly atMs: number;
    readonly kind: string;
    readonly errorType: string | null;
    readonly message: string | null;
  }[];
}

export interface EnvironmentFacts {
  readonly environmentId: number;
  readonly logGroup: string;
  readonly logStream: string;
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly runtimeVersion: string | null;
  readonly initializationType: string | null;
  readonly initStartMs: number | null;
  readonly initMs: number | null;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly invocations: number;
  readonly failures: number;
  readonly maxMemoryUsedMb: number | null;
}

export interface EnvironmentTimeline {
  readonly environments: readonly (EnvironmentFacts & {
    readonly runs: readonly {
      readonly startMs: number;
      readonly endMs: number;
      readonly status: InvocationStatus;
      readonly cold: ColdStartKind | null;
      readonly initMs: number | null;
    }[];
  })[];
  readonly total: number;
  readonly truncated: boolean;
  readonly concurrency: {
    readonly peak: number;
    readonly peakAtMs: number | null;
    readonly widthMs: number;
    readonly buckets: readonly { readonly fromMs: number; readonly max: number; readonly mean: number }[];
  };
}

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
  /** Of these, the write-ahead log. */
  readonly walBytes: number;
  /** Event times of the oldest and newest line of any function; null before there is one. */
  readonly firstEventMs: number | null;
  readonly lastEventMs: number | null;
}

export interface StoredReject {
  readonly id: number;
  readonly receivedMs: number;
  readonly sourceKind: string;
  readonly sourceName: string;
  readonly reason: string;
  readonly detail: string;
  readonly logGroup: string | null;
  readonly seen: number;
  readonly sizeBytes: number;
  readonly preview: string;
  readonly replayedMs: number | null;
}

/** Names one stored invocation. */
export interface InvocationKey {
  readonly functionId: number;
  readonly endMs: number;
  /** 16 bytes of a UUID, or text. */
  readonly requestId: Uint8Array | string;
  readonly environmentId: number;
}

/** What a commit brought: named up to a limit, counted beyond it. */
export interface CommitNews {
  readonly invocations: readonly InvocationKey[];
  readonly more: number;
}

/** Reads of telemetry. Each answers within the reader's deadline or rejects with {@link StoreError}. */
export interface Reader {
  fleet(query: TimeRange & FunctionFilter & { readonly widthMs: number | null }): Promise<FleetAggregate>;
  functions(
    query: TimeRange & FunctionFilter,
  ): Promise<{ readonly range: Answered; readonly items: readonly FunctionAggregate[] }>;
  resolveFunction(id: {
    readonly account?: string;
    readonly region?: string;
    readonly name: string;
  }): Promise<readonly FunctionIdentity[]>;
  timeseries(
    query: TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: 'none' | 'version' | 'memoryMb' },
  ): Promise<{ readonly range: Answered; readonly points: readonly SeriesPoint[] }>;
  coldStarts(
    query: TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number },
  ): Promise<ColdStartAggregate>;
  distribution(query: TimeRange & FunctionFilter & { readonly functionId: number }): Promise<Distribution>;
  keepAlive(
    query: TimeRange & FunctionFilter & { readonly functionId: number; readonly maxRuns: number },
  ): Promise<KeepAlive>;
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
  rejects(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page<StoredReject>>;
  rejectPayload(query: {
    readonly id: number;
  }): Promise<{ readonly reason: string; readonly payload: Uint8Array } | null>;
  pullCheckpoint(key: Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>): Promise<PullCheckpoint | null>;
  pullCheckpoints(query: Record<string, never>): Promise<readonly PullCheckpoint[]>;
  /** Traces of sampled invocations since `fromMs` that are not stored, cold ones first. */
  tracesWanted(query: {
    readonly fromMs: number;
    readonly askedBeforeMs: number;
    readonly maxTries: number;
    readonly limit: number;
  }): Promise<readonly WantedTrace[]>;
  /** Empty when no segment of it is stored. */
  trace(query: { readonly traceId: string }): Promise<readonly StoredSegment[]>;
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
}

/** Writes of the control plane. Each is durable when it resolves. */
export interface Control {
  addToken(token: Omit<StoredToken, 'lastUsedMs' | 'revokedMs'> & { readonly sha256: Uint8Array }): Promise<void>;
  revokeToken(id: string, nowMs: number): Promise<boolean>;
  noteTokenUse(uses: readonly { readonly id: string; readonly atMs: number }[]): Promise<void>;
  addSession(session: {
    readonly sha256: Uint8Array;
    readonly tokenId: string;
    readonly createdMs: number;
    readonly expiresMs: number;
  }): Promise<void>;
  endSession(sha256: Uint8Array): Promise<void>;
  markReplayed(rejectId: number, nowMs: number): Promise<boolean>;
  /** Traces that were asked for and are not there yet. */
  noteTraceAttempts(traceIds: readonly string[], nowMs: number): Promise<void>;
}

export interface Store extends Sink {
  readonly read: Reader;
  readonly control: Control;
  /** Calls back after each commit that brought invocations, until the returned function is called. */
  watch(listener: (news: CommitNews) => void): () => void;
  /** Throws {@link StoreError} when a write or a read would not succeed now. */
  probe(): Promise<void>;
  /** Finishes what was accepted, checkpoints, lets go of the folder. */
  close(): Promise<void>;
}

export type StoreErrorCode = 'unavailable' | 'deadline' | 'in-use' | 'newer-schema' | 'unsafe';

/** The short list of ways a store fails. `unavailable` and `deadline` may pass; the others need a person. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
