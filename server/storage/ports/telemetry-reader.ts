/** The questions that every telemetry store answers: one method per question, one folder in questions/ per noun. */
import type { PullCheckpoint } from '../../../ingest/records/pull-checkpoint.ts';
import type { FunctionCoverage } from '../../analytics/metrics/coverage.ts';
import type { ServiceMap } from '../../analytics/network/phases.ts';
import type { Aggregate, AggregateQuery } from '../questions/aggregate/types.ts';
import type { FunctionInitLoop, PlatformLatency } from '../questions/causes/types.ts';
import type { ChangeMark, ChangeMarksQuery, ChangesQuery, StoredChange } from '../questions/changes/types.ts';
import type { ColdStartAggregate } from '../questions/cold-starts/types.ts';
import type { StoredDeadLetter } from '../questions/dead-letters/types.ts';
import type { Distribution } from '../questions/distribution/types.ts';
import type { EnvironmentTimeline, FunctionConcurrency } from '../questions/environments/types.ts';
import type { FailureEvidence } from '../questions/failures/types.ts';
import type { FleetAggregate } from '../questions/fleet/types.ts';
import type { FunctionAggregate, FunctionConfiguration, FunctionIdentity } from '../questions/functions/types.ts';
import type { IngestStatus } from '../questions/ingest-status/types.ts';
import type { InventoryEntry } from '../questions/inventory/types.ts';
import type { InvocationDetail } from '../questions/invocation/types.ts';
import type { InvocationKey, InvocationQuery, StoredInvocation } from '../questions/invocations/types.ts';
import type { KeepAlive } from '../questions/keep-alive/types.ts';
import type { StoredLoadTest } from '../questions/load-tests/types.ts';
import type { LogVolumeSum } from '../questions/log-volume/types.ts';
import type { MemoryEvidence } from '../questions/memory/types.ts';
import type { FleetNetwork, FunctionNetwork } from '../questions/network/types.ts';
import type { PreInitSamples } from '../questions/pre-inits/types.ts';
import type { ProvisionedAnswer, ProvisionedQuestion } from '../questions/provisioned/types.ts';
import type { FunctionFilter, Page, ResolvedRange, TimeRange } from '../questions/shared-types.ts';
import type { SeriesPoint } from '../questions/timeseries/types.ts';
import type { StoredSegment } from '../questions/traces/types.ts';
import type { TraceToFetch } from '../questions/traces-to-fetch/types.ts';

/**
 * Reads of telemetry. Every method answers within the reader's deadline or rejects with a StoreError: `deadline` if it takes
 * longer, `unavailable` if the store cannot be asked now. Times are epoch ms; ranges are half-open.
 */
export interface TelemetryReader {
  /**
   * Returns counts and billed usage of each matching function, and in buckets of `widthMs` over all of them. Null picks a
   * width for charts; it is never finer than the stored rollups.
   */
  fleet(query: TimeRange & FunctionFilter & { readonly widthMs: number | null }): Promise<FleetAggregate>;
  /** Returns one row per matching function: counts, usage, duration and init quantiles in ms, and a sparkline. */
  functions(
    query: TimeRange & FunctionFilter,
  ): Promise<{ readonly range: ResolvedRange; readonly items: readonly FunctionAggregate[] }>;
  /** Returns the functions with this name in any account and region, or in the given ones. Empty if there are none. */
  resolveFunction(id: {
    readonly account?: string;
    readonly region?: string;
    readonly name: string;
  }): Promise<readonly FunctionIdentity[]>;
  /** Returns one point per bucket of `widthMs` and group, by time, then by group. Buckets without data are left out. */
  timeseries(
    query: TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: 'none' | 'version' | 'memoryMb' },
  ): Promise<{ readonly range: ResolvedRange; readonly points: readonly SeriesPoint[] }>;
  /** Returns cold starts of one function by kind, over time and by cause, with the newest `examples` of them. */
  coldStarts(
    query: TimeRange & FunctionFilter & { readonly functionId: number; readonly examples: number },
  ): Promise<ColdStartAggregate>;
  /** Answers a structured query over rollups: counts, usage and quantiles by dimension and time bucket. */
  aggregate(query: AggregateQuery): Promise<Aggregate>;
  /** Returns functions whose environments ran init more than once in a row inside invocations. */
  initLoops(query: TimeRange): Promise<readonly FunctionInitLoop[]>;
  /** Returns, per function known to be in a VPC, the p95 time in ms from the end of init to START of user-felt cold starts. */
  platformLatency(query: TimeRange): Promise<readonly PlatformLatency[]>;
  /** Returns the exact peak concurrency of each named function. A name may be `account:region:name`. */
  peakConcurrency(query: TimeRange & { readonly names: readonly string[] }): Promise<readonly FunctionConcurrency[]>;
  /**
   * Returns events and bytes of the function's own log group, over the whole hours that begin in the range. Null if the
   * function logs to a group that others may share, or nothing was counted.
   */
  logVolume(query: TimeRange & { readonly functionId: number }): Promise<LogVolumeSum | null>;
  /** Returns configuration changes, newest first, each with distributions of the time before and after it. */
  changes(query: ChangesQuery): Promise<{ readonly items: readonly StoredChange[]; readonly total: number }>;
  /** Returns configuration changes, newest first, without distributions. `total` counts those beyond the limit too. */
  changeMarks(query: ChangeMarksQuery): Promise<{ readonly items: readonly ChangeMark[]; readonly total: number }>;
  /** Returns network evidence of one function; joins at most `mostRequests` API gateway requests with invocations. */
  functionNetwork(
    query: TimeRange & { readonly functionId: number; readonly mostRequests: number },
  ): Promise<FunctionNetwork>;
  /** Returns network interface events and network failures of all functions. */
  fleetNetwork(query: TimeRange): Promise<FleetNetwork>;
  /** Returns failures of one function. At most `mostFailed` failed attempts are read; `truncated` says if there are more. */
  failures(
    query: TimeRange &
      FunctionFilter & { readonly functionId: number; readonly nowMs: number; readonly mostFailed: number },
  ): Promise<FailureEvidence>;
  /** Returns counts and value histograms of one function, to the nearest bucket so that adjacent periods do not overlap. */
  distribution(query: TimeRange & FunctionFilter & { readonly functionId: number }): Promise<Distribution>;
  /**
   * Estimates how long idle environments live, from the newest `maxRuns` invocations. `seed` makes the bootstrap
   * repeatable.
   */
  keepAlive(
    query: TimeRange &
      FunctionFilter & { readonly functionId: number; readonly maxRuns: number; readonly seed: number },
  ): Promise<KeepAlive>;
  /** Returns durations and memory use by memory size, and sizes that ran out of memory since `outOfMemorySinceMs`. */
  memory(
    query: TimeRange & { readonly functionId: number; readonly outOfMemorySinceMs: number },
  ): Promise<MemoryEvidence>;
  /** Returns the time before init of traced cold starts, in ms, from at most `mostSegments` trace segments. */
  preInits(query: TimeRange & { readonly functionId: number; readonly mostSegments: number }): Promise<PreInitSamples>;
  /** Replays the newest invocations against provisioned concurrency and returns the priced plan. */
  provisioned(query: TimeRange & FunctionFilter & ProvisionedQuestion): Promise<ProvisionedAnswer>;
  /** Returns environments of one function with their invocations, at most `limit` and `maxRuns`, and its concurrency. */
  environments(
    query: TimeRange & { readonly functionId: number; readonly limit: number; readonly maxRuns: number },
  ): Promise<EnvironmentTimeline>;
  /** Returns up to 200 configurations that environments of the function had, the newest first seen first. */
  configurations(query: { readonly functionId: number }): Promise<readonly FunctionConfiguration[]>;
  /** Returns a page of invocations, newest first. Rejects with a RangeError if the cursor is not one of this store. */
  invocations(query: InvocationQuery): Promise<Page<StoredInvocation>>;
  /** Returns all attempts of a request with their log lines, or null if none is stored. */
  invocation(query: { readonly requestId: string }): Promise<InvocationDetail | null>;
  /** Returns the stored invocations among the keys, in the order of the keys. */
  invocationsByKey(query: { readonly keys: readonly InvocationKey[] }): Promise<readonly StoredInvocation[]>;
  /** Returns counters, sources with their lag in ms, and the size of the store in bytes. */
  ingestStatus(query: Record<string, never>): Promise<IngestStatus>;
  /** Returns a page of dead letters, newest first. Rejects with a RangeError if the cursor is not one of this store. */
  deadLetters(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page<StoredDeadLetter>>;
  /** Returns the bytes of a dead letter as they were received, or null if there is none with this id. */
  deadLetterPayload(query: {
    readonly id: number;
  }): Promise<{ readonly reason: string; readonly payload: Uint8Array } | null>;
  /** Returns how far pull has read a log group, or null before its first scan. */
  pullCheckpoint(key: Pick<PullCheckpoint, 'account' | 'region' | 'logGroup' | 'mode'>): Promise<PullCheckpoint | null>;
  /** Returns up to 1,000 pull checkpoints: by state in descending order, then by log group. */
  pullCheckpoints(query: Record<string, never>): Promise<readonly PullCheckpoint[]>;
  /**
   * Returns traces of sampled invocations since `fromMs` that are not stored: cold starts first, then the newest. Skips
   * traces tried since `askedBeforeMs` or `maxTries` times.
   */
  tracesToFetch(query: {
    readonly fromMs: number;
    readonly askedBeforeMs: number;
    readonly maxTries: number;
    readonly limit: number;
  }): Promise<readonly TraceToFetch[]>;
  /** Returns callers and callees in the newest `mostTraces` traces of the functions, an equal share per function. */
  serviceMap(
    query: TimeRange & FunctionFilter & { readonly mostTraces: number },
  ): Promise<{ readonly map: ServiceMap; readonly traces: number; readonly truncated: boolean }>;
  /** Returns the segments of a trace by start time. Empty if none is stored. */
  trace(query: { readonly traceId: string }): Promise<readonly StoredSegment[]>;
  /** Returns imported load tests, newest import first, of one function or with the given ids. */
  loadTests(query: {
    readonly functionId?: number | undefined;
    readonly ids?: readonly string[] | undefined;
    readonly limit: number;
  }): Promise<readonly StoredLoadTest[]>;
  /** Returns the newest configuration facts of each function after id `after`, or the history of one function. */
  inventory(query: {
    readonly functionId?: number | undefined;
    readonly limit: number;
    readonly after?: number | undefined;
  }): Promise<readonly InventoryEntry[]>;
  /** Returns the counts that coverage is computed from, per function seen since `fromMs`. */
  coverage(query: { readonly fromMs: number; readonly nowMs: number }): Promise<readonly FunctionCoverage[]>;
}
