/** Traces that are not stored yet. */

export interface TraceToFetch {
  readonly traceId: string;
  readonly account: string;
  readonly region: string;
  readonly cold: boolean;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface TracesToFetchQuestions {
  /**
   * Returns traces of sampled invocations since `fromMs` that are not stored: cold starts first, then the newest. Skips
   * traces tried since `askedBeforeMs` or `maxTries` times.
   */
  tracesToFetch(query: {
    readonly fromMs: number;
    readonly askedBeforeMs: number;
    readonly maxTries: number;
    readonly limit: number;
  }): Promise<readonly TraceToFetch[]>;
}
