/** Groups of failures: counts over a range, and the newest failures of a group. */
import type { ErrorIdentity, Failure } from '../../../analytics/errors/fingerprint.ts';
import type { LastFailure } from '../../../analytics/errors/state.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { ResolvedRange, TimeRange } from '../shared-types.ts';

/** Counts of failures. A request that fails in two hours is two invocations. */
export interface ErrorCounts {
  /** Failed attempts. */
  readonly attempts: number;
  /** Different requests of an hour among them. */
  readonly invocations: number;
  /** Inits that failed without an invocation. */
  readonly initFailures: number;
}

export interface ErrorVersion extends ErrorCounts {
  /** Null if no line states it. */
  readonly version: string | null;
  /** First and last failure in the range, epoch ms. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface ErrorGroup extends ErrorIdentity, ErrorCounts {
  readonly identity: FunctionIdentity;
  /** Unique within the function. */
  readonly fingerprint: string;
  /** One line, as plain as the log has it. */
  readonly title: string;
  /** First and last failure on record, also outside of the range, epoch ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Versions of the first and of the last failure on record. */
  readonly firstVersion: string | null;
  readonly lastVersion: string | null;
  /** The last failure of each version that failed within `DRAIN_MS` before the last one on record, newest first. */
  readonly lasts: readonly LastFailure[];
  /** In the range, newest first. */
  readonly versions: readonly ErrorVersion[];
  /** Failures in each part of the range. */
  readonly series: readonly number[];
}

export interface ErrorGroups {
  /** Whole hours; `widthMs` is that of the parts of the series. */
  readonly range: ResolvedRange;
  /** Most failures first. */
  readonly groups: readonly ErrorGroup[];
  /** More groups than the limit failed in the range. */
  readonly truncated: boolean;
}

/** One failure of a group. */
export interface ErrorExample extends Failure {
  readonly fingerprint: string;
  readonly atMs: number;
  readonly version: string | null;
  /** Null if it belongs to no invocation. */
  readonly requestId: string | null;
  /** Not positive if the log stream is unknown. */
  readonly environmentId: number;
}

export interface ErrorGroupsQuery extends TimeRange {
  readonly functionId?: number | undefined;
  readonly selected?: readonly number[] | undefined;
  readonly fingerprints?: readonly string[] | undefined;
  readonly limit: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface ErrorsQuestions {
  /** Returns groups of failures with failures in the range, of one function or all. */
  errorGroups(query: ErrorGroupsQuery): Promise<ErrorGroups>;
  /**
   * Returns the newest failures of groups of a function in the range, newest first, from stored lines: none once retention has
   * deleted them. At most `limit` of each group, from the newest hours that have any.
   */
  errorExamples(
    query: TimeRange & {
      readonly functionId: number;
      readonly fingerprints: readonly string[];
      readonly limit: number;
    },
  ): Promise<readonly ErrorExample[]>;
}
