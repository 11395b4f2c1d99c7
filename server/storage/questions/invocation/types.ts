/** One request with its log lines and environment. */
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

export interface InvocationDetail {
  readonly attempts: readonly {
    readonly invocation: StoredInvocation;
    readonly lines: readonly LogLine[];
    /** Number of lines that are left out, after the first half of `lines`. */
    readonly omittedLines: number;
    /** Null if the log stream is unknown. */
    readonly environment: EnvironmentFacts | null;
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
