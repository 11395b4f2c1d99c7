/** Stored trace segments, and traces to fetch. */
import type { ServiceMap } from '../../../analytics/network/phases.ts';
import type { FunctionFilter, TimeRange } from '../shared-types.ts';

/** Nanoseconds are decimal text: they exceed 2^53. */
export interface StoredSegment {
  readonly id: string;
  readonly parentId: string | null;
  readonly functionId: number | null;
  readonly name: string;
  readonly origin: string | null;
  readonly startNs: string;
  readonly endNs: string | null;
  readonly requestId: string | null;
  readonly httpStatus: number | null;
  readonly outcome: string | null;
  readonly resourceArn: string | null;
  /** X-Ray said that the trace exceeds its size limit; null if the source does not say. */
  readonly limitExceeded: boolean | null;
  /** What of the segment's document was not read, in a sentence; null if all was, or the row does not say. */
  readonly notRead: string | null;
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
  readonly subsegments: readonly {
    readonly id: string;
    readonly parentId: string;
    readonly name: string;
    readonly startNs: string;
    readonly endNs: string | null;
    readonly namespace: string | null;
  }[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface TracesQuestions {
  /** Returns callers and callees in the newest `mostTraces` traces of the functions, an equal share per function. */
  serviceMap(
    query: TimeRange & FunctionFilter & { readonly mostTraces: number },
  ): Promise<{ readonly map: ServiceMap; readonly traces: number; readonly truncated: boolean }>;
  /**
   * Returns the trace of the first segment or span of a request of the function that begins in the range, or null. For invocations whose
   * log names no trace, as without active tracing of X-Ray.
   */
  traceOfRequest(
    query: TimeRange & { readonly functionId: number; readonly requestId: string },
  ): Promise<string | null>;
  /** Returns the segments of a trace by start time. Empty if none is stored. */
  trace(query: { readonly traceId: string }): Promise<readonly StoredSegment[]>;
}
