/** Failures of one function over a range. */

import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import type { UnusedInits } from '../../../analytics/cost/unused-inits.ts';
import type { TriedRequest } from '../../../analytics/failures/retries.ts';
import type { ColdStartCauses } from '../causes/types.ts';
import type { StoredInvocation } from '../invocations/types.ts';
import type { Counts, FunctionFilter, Quantiles, ResolvedRange, TimeRange, UsageSlice } from '../shared-types.ts';

/** Failures of one function over a range. */
export interface FailureEvidence {
  readonly range: ResolvedRange;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly durationMs: Quantiles & { readonly p999: number | null };
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
  /** Error types of the newest failed attempts, most frequent first. */
  readonly errorTypes: readonly {
    readonly status: InvocationStatus;
    readonly errorType: string | null;
    readonly n: number;
  }[];
  /** Durations of attempts that timed out, ms. */
  readonly timedOutMs: readonly number[];
  /** Requests with a failed attempt, or with several attempts among the newest invocations, and their outcomes. */
  readonly requests: readonly TriedRequest[];
  /** Only the newest failures were read. */
  readonly truncated: boolean;
  readonly initFailures: readonly { readonly status: string; readonly errorType: string | null; readonly n: number }[];
  /** Environments that were initialised but never invoked, by hour, with the size and architecture of their time. */
  readonly unusedInits: readonly UnusedInits[];
  /** Environments not seen again after an invocation that used all memory without a reported failure. */
  readonly suspectedOutOfMemory: number;
  readonly causes: ColdStartCauses;
  readonly examples: readonly StoredInvocation[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface FailuresQuestions {
  /** Returns failures of one function. At most `mostFailed` failed attempts are read; `truncated` says if there are more. */
  failures(
    query: TimeRange &
      FunctionFilter & { readonly functionId: number; readonly nowMs: number; readonly mostFailed: number },
  ): Promise<FailureEvidence>;
}
