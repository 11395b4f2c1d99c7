/** Counts per function that coverage is computed from. */
import type { FunctionCoverage } from '../../../analytics/metrics/coverage.ts';

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface CoverageQuestions {
  /** Returns the counts that coverage is computed from, per function seen since `fromMs`. */
  coverage(query: { readonly fromMs: number; readonly nowMs: number }): Promise<readonly FunctionCoverage[]>;
}
