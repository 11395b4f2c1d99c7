/** What the store answers with: the shapes of its reads. */
import type { InvocationStatus } from '../../../ingest/records/sink.ts';
import type { Cause } from '../../analytics/cold-starts/cause.ts';
import type { ColdStartKind } from '../../analytics/cold-starts/classify.ts';
import type { CountColumn } from '../rollup/bucket.ts';

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
  readonly packageType: string | null;
  readonly vpc: boolean | null;
}

/** Billed time by what it is priced by. */
export interface UsageSlice {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly architecture: string | null;
  readonly invocations: number;
  readonly billedMs: number;
  /** Of these, attempts that failed, and what they were billed. */
  readonly failed: number;
  readonly failedBilledMs: number;
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
  readonly durationMs: Quantiles;
  readonly usage: readonly UsageSlice[];
  readonly examples: readonly StoredInvocation[];
  readonly derived: DerivedColdStarts;
}

/** The longest row of inits inside invocations, and how many there were. */
export interface FunctionLoop {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly longest: number;
  readonly n: number;
}

export interface PlatformLatency {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly p95Ms: number;
  readonly n: number;
}

/** Log text as it was delivered. */
export interface LogVolumeSum {
  readonly events: number;
  /** UTF-8. */
  readonly bytes: number;
}

/** What is derived of the cold starts of a range. */
export interface DerivedColdStarts {
  readonly byCause: readonly { readonly cause: Cause; readonly n: number }[];
  /** Inits that the lines bill, by what they are priced by; ms. */
  readonly billedInits: readonly {
    readonly memoryMb: number | null;
    readonly architecture: string | null;
    readonly ms: number;
  }[];
  /** First invocations of environments that somebody waited for, and succeeded: their typical duration. */
  readonly firstDurationMs: { readonly n: number; readonly median: number | null };
  readonly platformMs: Quantiles;
  /** On-demand inits by the names of the extensions in the environment. */
  readonly byExtensions: readonly {
    readonly extensions: readonly string[];
    readonly n: number;
    readonly initMedianMs: number | null;
    /** Duration less the runtime's own; JSON logs only. */
    readonly afterRuntimeMs: { readonly n: number; readonly median: number | null };
  }[];
  /** Environments initialised three times in a row or more, each time inside an invocation. */
  readonly doomLoops: readonly {
    readonly environmentId: number;
    readonly logStream: string;
    readonly inits: number;
    readonly lastMs: number;
  }[];
  readonly window: { readonly ms: number | null; readonly estimated: boolean; readonly source: 'own' | 'fleet' } | null;
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
  readonly coldStart: {
    readonly kind: ColdStartKind;
    readonly userFelt: boolean;
    /** Null until it is derived. */
    readonly cause: Cause | null;
    /** What the cause rests on, in words. */
    readonly evidence: string | null;
  } | null;
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
  readonly cause?: Cause | undefined;
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
  /** Its newest invocation failed. */
  readonly endedInFailure: boolean;
}

export interface EnvironmentTimeline {
  readonly environments: readonly (EnvironmentFacts & {
    /** It ran two of these at once. */
    readonly concurrent: boolean;
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
