/** Stored invocations and the filters of their list. */

import type { InvocationStatus } from '../../../../ingest/records/invocation-columns.ts';
import type { Reason } from '../../../../ingest/text/reason.ts';
import type { Cause } from '../../../analytics/cold-starts/cause.ts';
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import type { FunctionFilter, Page, TimeRange } from '../shared-types.ts';

export interface StoredInvocation {
  readonly requestId: string;
  readonly attempt: number;
  readonly functionId: number;
  readonly functionName: string;
  readonly account: string;
  readonly region: string;
  readonly version: string | null;
  readonly logGroup: string;
  /** Null if the source did not name it. */
  readonly logStream: string | null;
  /** Not positive if the log stream is unknown. */
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
  /** Init that is part of Duration, ms. */
  readonly hiddenInitDurationMs: number | null;
  readonly billedRestoreDurationMs: number | null;
  readonly status: InvocationStatus;
  readonly errorType: string | null;
  /** Message of the failure; null for a success, or if no line carries one. */
  readonly errorMessage: string | null;
  /** First frames of the failure, innermost first; empty if no line carries any. */
  readonly errorStack: readonly string[];
  readonly coldStart: {
    readonly kind: ColdStartKind;
    /** Null if the log stream is unknown. */
    readonly userFelt: boolean | null;
    /** Null until attributed. */
    readonly cause: Cause | null;
    /** Explanation of the cause in a sentence. */
    readonly evidence: string | null;
    readonly evidenceCode?: Pick<Reason, 'code' | 'parameters'> | null;
  } | null;
  readonly traceId: string | null;
  readonly segmentId: string | null;
  readonly sampled: boolean | null;
  readonly tenantId: string | null;
  /** JSON of the delivery stream's common attributes. */
  readonly attributes: string | null;
}

/** What has no value comes last in both directions; of equal values, the newest first. */
export interface InvocationOrder {
  /** `initDurationMs` is that of a restore, or of an init inside the invocation, where there was no init of its own. */
  readonly by: 'endedAt' | 'durationMs' | 'billedDurationMs' | 'initDurationMs' | 'maxMemoryUsedMb';
  readonly descending: boolean;
}

export interface InvocationQuery extends TimeRange, FunctionFilter {
  readonly requestId?: string | undefined;
  readonly cold?: boolean | undefined;
  readonly status?: InvocationStatus | undefined;
  readonly minDurationMs?: number | undefined;
  readonly traceId?: string | undefined;
  /** Whether REPORT says that X-Ray sampled it. */
  readonly traced?: boolean | undefined;
  readonly cause?: Cause | undefined;
  readonly tenant?: string | undefined;
  /** Newest first where it is not given. Attempts of a request id are always in their order. */
  readonly order?: InvocationOrder | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What most invocations of an environment share. */
export type InvocationPlace = Pick<
  StoredInvocation,
  | 'functionName'
  | 'account'
  | 'region'
  | 'version'
  | 'logGroup'
  | 'logStream'
  | 'memorySizeMb'
  | 'architecture'
  | 'tenantId'
>;

/** What is the same for all warm successes. */
export type InvocationDetails = Pick<
  StoredInvocation,
  | 'attempt'
  | 'initDurationMs'
  | 'restoreDurationMs'
  | 'hiddenInitDurationMs'
  | 'status'
  | 'errorType'
  | 'errorMessage'
  | 'errorStack'
  | 'coldStart'
>;

/** In the order of the page. In columns of numbers, NaN stands for what is not known. */
export interface InvocationColumns {
  readonly requestIds: readonly string[];
  readonly traceIds: readonly (string | null)[];
  readonly places: readonly InvocationPlace[];
  /** Index in `places`. */
  readonly placeOf: Uint32Array;
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  readonly durationMs: Float64Array;
  readonly billedDurationMs: Float64Array;
  readonly maxMemoryUsedMb: Float64Array;
  /** By index, of rows that are no warm successes. */
  readonly details: ReadonlyMap<number, InvocationDetails>;
}

export interface InvocationColumnsPage {
  readonly columns: InvocationColumns;
  /** Number of rows; a page that is not the last may hold fewer than the limit. */
  readonly rows: number;
  readonly nextCursor: string | null;
}

/** Key of a stored invocation. */
export interface InvocationKey {
  readonly functionId: number;
  readonly endMs: number;
  /** 16 bytes of a UUID, or text. */
  readonly requestId: Uint8Array | string;
  readonly environmentId: number;
}

/** Invocations of a commit: keys up to a limit, and the total count. */
export interface CommittedRows {
  readonly invocations: readonly InvocationKey[];
  readonly more: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface InvocationsQuestions {
  /** Returns a page of invocations, newest first or in the `order`. Rejects with a RangeError if the cursor is not one of this store. */
  invocations(query: InvocationQuery): Promise<Page<StoredInvocation>>;
  /** Returns a page of {@link invocations} by column: for exports, of which each row costs more than its question. */
  invocationColumns(query: InvocationQuery): Promise<InvocationColumnsPage>;
  /** Returns the stored invocations among the keys, in the order of the keys. */
  invocationsByKey(query: { readonly keys: readonly InvocationKey[] }): Promise<readonly StoredInvocation[]>;
}
