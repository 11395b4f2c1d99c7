/** A function and its totals over a range. */
import type { Counts, Quantiles, UsageSlice } from '../shared-types.ts';

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
  /** From inventory; null where none is known. */
  readonly architecture: string | null;
  readonly runtime: string | null;
  readonly packageType: string | null;
  readonly vpc: boolean | null;
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

/** A configuration that environments of a function had. */
export interface FunctionConfiguration {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly runtimeVersion: string | null;
  readonly runtimeVersionArn: string | null;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly environments: number;
}
