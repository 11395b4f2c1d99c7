/** Series of one or more functions. */
import type { Counts, Quantiles, UsageSlice } from '../shared-types.ts';

export interface SeriesPoint {
  readonly fromMs: number;
  readonly group: string;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly maxMemoryMb: number | null;
  readonly durationMs: Quantiles;
  readonly initMs: Quantiles;
}
