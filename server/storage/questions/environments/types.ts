/** Execution environments and their concurrency. */

import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import type { TimeRange } from '../shared-types.ts';

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
  /** The newest invocation failed. */
  readonly endedInFailure: boolean;
}

export interface EnvironmentTimeline {
  readonly environments: readonly (EnvironmentFacts & {
    /** Most invocations that the environment ran at the same time; more than one on Managed Instances only. */
    readonly mostAtOnce: number;
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

/** Peak concurrency of one function over a range. */
export interface FunctionConcurrency {
  readonly name: string;
  readonly peak: number;
  /** Invocations that the peak was computed from. */
  readonly runs: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface EnvironmentsQuestions {
  /** Returns the exact peak concurrency of each named function. A name may be `account:region:name`. */
  peakConcurrency(query: TimeRange & { readonly names: readonly string[] }): Promise<readonly FunctionConcurrency[]>;
  /** Returns environments of one function with their invocations, at most `limit` and `maxRuns`, and its concurrency. */
  environments(
    query: TimeRange & { readonly functionId: number; readonly limit: number; readonly maxRuns: number },
  ): Promise<EnvironmentTimeline>;
}
