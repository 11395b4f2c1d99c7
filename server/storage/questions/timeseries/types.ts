/** Series of one or more functions. */
import type { Counts, FunctionFilter, Quantiles, ResolvedRange, TimeRange, UsageSlice } from '../shared-types.ts';

export interface SeriesPoint {
  readonly fromMs: number;
  readonly group: string;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly maxMemoryMb: number | null;
  readonly durationMs: Quantiles;
  readonly initMs: Quantiles;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface TimeseriesQuestions {
  /** Returns one point per bucket of `widthMs` and group, by time, then by group. Buckets without data are left out. */
  timeseries(
    query: TimeRange & FunctionFilter & { readonly widthMs: number; readonly groupBy: 'none' | 'version' | 'memoryMb' },
  ): Promise<{ readonly range: ResolvedRange; readonly points: readonly SeriesPoint[] }>;
}
