/** What the store answers for estimators: the evidence they work on, or their answer where a reader thread computes it. */
import type { InvocationStatus } from '../../../ingest/records/sink.ts';
import type { ProvisionedPlan, ProvisionedPrices } from '../../analytics/cost/provisioned.ts';
import type { FailedRequest } from '../../analytics/failures/retries.ts';
import type { Survival } from '../../analytics/keep-alive/survival.ts';
import type { SizeEvidence } from '../../analytics/memory/samples.ts';
import type { Point } from '../../analytics/statistics/trend.ts';
import type {
  Answered,
  Counts,
  DerivedColdStarts,
  Quantiles,
  StoredInvocation,
  TimeRange,
  UsageSlice,
} from './views.ts';

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

/** What failed of one function over a range. */
export interface FailureEvidence {
  readonly range: Answered;
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
  readonly derived: DerivedColdStarts;
  readonly examples: readonly StoredInvocation[];
}

/** What was seen of each memory size of a function. */
export interface MemoryEvidence {
  readonly range: Answered;
  readonly sizes: readonly {
    readonly evidence: SizeEvidence;
    readonly maxUsedMb: number | null;
    /** Max Memory Used (y, MB) of some environments, by the ordinal of the invocation (x). */
    readonly followed: readonly (readonly Point[])[];
    /** Durations are of a part of the invocations, spread evenly over time. */
    readonly sampled: boolean;
  }[];
  readonly outOfMemoryAtMb: readonly number[];
}

/** Time before the init of traced cold starts, ms; negative where the init began before the request. */
export interface PreInitSamples {
  readonly own: readonly number[];
  /** Of functions like it that are known to be outside of a VPC. */
  readonly cohort: readonly number[];
  readonly cohortFunctions: number;
  readonly truncated: boolean;
}

export interface ProvisionedQuestion {
  readonly functionId: number;
  /** The size it is priced at. */
  readonly priceMemoryMb: number;
  readonly prices: ProvisionedPrices;
  readonly maxRuns: number;
}

export interface ProvisionedAnswer extends ProvisionedPlan {
  /** The time that was really played: shorter where only the newest invocations were. */
  readonly played: TimeRange;
  readonly invocations: number;
  readonly truncated: boolean;
}
