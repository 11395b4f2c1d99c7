/** Values of one function over one period. */
import type { Counts, ResolvedRange, UsageSlice } from '../shared-types.ts';

/** Counts and values of one function over one period; each value is near one of ascending points. */
export interface Distribution {
  /** Rounded to five minutes, so that adjacent periods do not overlap. */
  readonly range: ResolvedRange;
  readonly counts: Counts;
  readonly usage: readonly UsageSlice[];
  readonly durationMs: readonly (readonly [valueMs: number, n: number])[];
  /** On-demand inits only. */
  readonly initMs: readonly (readonly [valueMs: number, n: number])[];
}
