/** One request with its log lines and environment. */
import { MINUTE_MS } from '../../../../ingest/records/time.ts';
import type { EnvironmentFacts } from '../environments/types.ts';
import type { StoredInvocation } from '../invocations/types.ts';

export interface LogLine {
  readonly timestampMs: number;
  readonly message: string;
  readonly platform: boolean;
}

export interface AttemptLines {
  /** The first and the last ones. */
  readonly lines: readonly LogLine[];
  /** Number of lines in the middle that are left out. */
  readonly omitted: number;
}

/** An invocation of the same environment right before or after an attempt. */
export interface Neighbour {
  readonly requestId: string;
  /** Null if START did not arrive. */
  readonly startMs: number | null;
  readonly endMs: number;
  readonly durationMs: number;
  readonly status: StoredInvocation['status'];
}

export interface Neighbours {
  /** Null if none ended within {@link NEIGHBOUR_MS} before the attempt ended. */
  readonly previous: Neighbour | null;
  /** Null if none ended within {@link NEIGHBOUR_MS} after the attempt ended. */
  readonly next: Neighbour | null;
}

/** An environment without work is taken away in about this time, ms. */
export const NEIGHBOUR_MS = 15 * MINUTE_MS;

export interface InvocationDetail {
  readonly attempts: readonly {
    readonly invocation: StoredInvocation;
    readonly lines: readonly LogLine[];
    /** Number of lines that are left out, after the first half of `lines`. */
    readonly omittedLines: number;
    /** Null if the log stream is unknown. */
    readonly environment: EnvironmentFacts | null;
    /** Null if the log stream is unknown. */
    readonly neighbours: Neighbours | null;
  }[];
  readonly faults: readonly {
    readonly atMs: number;
    readonly kind: string;
    readonly errorType: string | null;
    readonly message: string | null;
    /** Frames, one per line, innermost first. */
    readonly stack: string | null;
  }[];
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface InvocationQuestions {
  /** Returns all attempts of a request with their log lines, or null if none is stored. */
  invocation(query: { readonly requestId: string }): Promise<InvocationDetail | null>;
}
