/** Failures of one function over a range. */
import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import type { FailedRequest } from '../../../analytics/failures/retries.ts';
import type { ColdStartCauses } from '../causes/types.ts';
import type { StoredInvocation } from '../invocations/types.ts';
import type { Counts, Quantiles, ResolvedRange, UsageSlice } from '../shared-types.ts';

/** What failed of one function over a range. */
export interface FailureEvidence {
  readonly range: ResolvedRange;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly durationMs: Quantiles & { readonly p999: number | null };
  readonly buckets: readonly { readonly fromMs: number; readonly counts: Counts }[];
  /** Of the newest failed attempts, most frequent first. */
  readonly errorTypes: readonly {
    readonly status: InvocationStatus;
    readonly errorType: string | null;
    readonly n: number;
  }[];
  /** Durations of attempts that timed out, ms. */
  readonly timedOutMs: readonly number[];
  /** Requests with a failed attempt, and what became of them. */
  readonly requests: readonly FailedRequest[];
  /** Only the newest failures were looked at. */
  readonly truncated: boolean;
  readonly initFailures: readonly { readonly status: string; readonly errorType: string | null; readonly n: number }[];
  /** Environments that were initialised and never used; their init time where a line tells it. */
  readonly unusedInits: { readonly n: number; readonly initMs: number | null };
  /** Environments whose last invocation used all of its memory, said nothing, and were never seen again. */
  readonly suspectedOutOfMemory: number;
  readonly causes: ColdStartCauses;
  readonly examples: readonly StoredInvocation[];
}
