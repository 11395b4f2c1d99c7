/** Values of one function over one period. */
import type { Counts, ResolvedRange, UsageSlice } from '../shared-types.ts';

/** One function over one period: counts, and values near each of ascending points. */
export interface Distribution {
  /** To the nearest five minutes: periods that touch share nothing. */
  readonly range: ResolvedRange;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly durationMs: readonly (readonly [valueMs: number, n: number])[];
  /** On-demand inits only. */
  readonly initMs: readonly (readonly [valueMs: number, n: number])[];
}
