/** Counts per function that coverage is computed from. */
import type { FunctionCoverage } from '../../../analytics/metrics/coverage.ts';

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface CoverageQuestions {
  /**
   * Returns the counts since `fromMs` that coverage is computed from, per function seen since then, with the active hours
   * since `activityFromMs` of those that were silent for the last whole hour.
   */
  coverage(query: {
    readonly fromMs: number;
    readonly activityFromMs: number;
    readonly nowMs: number;
  }): Promise<readonly FunctionCoverage[]>;
}
