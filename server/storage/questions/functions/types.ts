/** A function and its totals over a range. */
import type {
  Counts,
  FunctionFilter,
  Quantiles,
  RateBlocks,
  ResolvedRange,
  TimeRange,
  UsageSlice,
} from '../shared-types.ts';

export interface FunctionIdentity {
  readonly functionId: number;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly nameInferred: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly memoryMb: number | null;
  readonly version: string | null;
  readonly runtimeVersion: string | null;
  /** From the inventory; null if unknown. */
  readonly architecture: string | null;
  readonly runtime: string | null;
  readonly packageType: string | null;
  readonly vpc: boolean | null;
}

/** A function's totals without the parts of the range. */
export interface FunctionSums {
  readonly identity: FunctionIdentity;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly maxMemoryUsedMb: number | null;
  /** The highest share of its memory that an invocation used, each compared with the size of its own REPORT; null if unknown. */
  readonly memoryUse: { readonly share: number; readonly usedMb: number; readonly sizeMb: number } | null;
  readonly durationMs: Quantiles;
  /** On-demand inits only: percentiles never mix kinds. */
  readonly initMs: Quantiles;
}

export interface FunctionAggregate extends FunctionSums {
  /** In at most 32 equal parts of the range, none narrower than the rows that were read. */
  readonly blocks: RateBlocks;
}

/** A configuration that environments of the function had. */
export interface FunctionConfiguration {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly environments: number;
}

export interface FunctionTotals {
  readonly range: ResolvedRange;
  readonly items: readonly FunctionAggregate[];
  /** Functions beyond the limit that have invocations in the range too. */
  readonly omitted: number;
}

/** Every function that is stored, as lists of equal length: they cross threads faster than objects. */
export interface KnownFunctions {
  readonly functionIds: readonly number[];
  /** account:region:name. */
  readonly ids: readonly string[];
  /** From the inventory; null if unknown. */
  readonly architectures: readonly (string | null)[];
  /** Identifiers that AWS uses; null if unknown, as whether they are in a VPC. */
  readonly runtimes: readonly (string | null)[];
  readonly vpcs: readonly (boolean | null)[];
}

/** Some of the functions of a range, in the order in which they were asked for. */
export interface FunctionsPage {
  readonly range: ResolvedRange;
  /** Without those that have no invocations in the range. */
  readonly items: readonly FunctionSums[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface FunctionsQuestions {
  /**
   * Returns one row per matching function: counts, usage, duration and init quantiles in ms, and counts by parts of the range.
   * With a limit, of the functions that have the most invocations.
   */
  functions(query: TimeRange & FunctionFilter & { readonly limit?: number }): Promise<FunctionTotals>;
  /**
   * Returns the ids of the functions that match the filter and have events in the range, in the order of {@link functions} without a
   * limit.
   */
  functionIds(query: TimeRange & FunctionFilter): Promise<readonly number[]>;
  /** Returns the totals of these functions: pages of {@link functionIds} are what {@link functions} returns, at no more memory. */
  functionsPage(
    query: TimeRange & FunctionFilter & { readonly functionIds: readonly number[] },
  ): Promise<FunctionsPage>;
  /** Returns every function that is stored, in the order of their ids. */
  knownFunctions(query: Record<string, never>): Promise<KnownFunctions>;
  /** Returns the functions with this name in any account and region, or in the given ones. Empty if there are none. */
  resolveFunction(id: {
    readonly account?: string;
    readonly region?: string;
    readonly name: string;
  }): Promise<readonly FunctionIdentity[]>;
  /** Returns up to 200 configurations that environments of the function had, the newest first seen first. */
  configurations(query: { readonly functionId: number }): Promise<readonly FunctionConfiguration[]>;
}
