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
  /** From the inventory; null if unknown. */
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
  /** On-demand inits only: percentiles never mix kinds. */
  readonly initMs: Quantiles;
  /** Invocations in equal parts of the range. */
  readonly spark: readonly number[];
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
