/** Traces that are not stored completely yet. */

export interface TraceToFetch {
  readonly traceId: string;
  readonly account: string;
  readonly region: string;
  readonly cold: boolean;
}

export interface TracesToFetchQuery {
  /** Invocations that ended in this range, epoch ms; X-Ray needs a moment before it has a trace. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Regions of the functions, "" for unknown ones; null for all. */
  readonly regions: readonly string[] | null;
  readonly nowMs: number;
  /** Wait after the first attempt, ms; each further attempt waits four times as long as the one before. */
  readonly waitMs: number;
  /** At most 12. */
  readonly maxTries: number;
  readonly limit: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface TracesToFetchQuestions {
  /**
   * Returns traces of sampled invocations that are not stored completely: cold starts first, then the newest. A trace is
   * complete if all of its segments have ended and, where the Lambda service reported it, the function did too. Skips traces
   * whose next attempt is not due, and those tried `maxTries` times.
   */
  tracesToFetch(query: TracesToFetchQuery): Promise<readonly TraceToFetch[]>;
}
