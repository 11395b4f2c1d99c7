/** Verdicts over many changes at once, corrected for multiple comparisons. */
import { benjaminiHochberg } from '../statistics/two-samples.ts';
import type { Difference, Verdict } from './verdict.ts';
import { overall } from './verdict.ts';

const FALSE_ALARMS = 0.05;

/** Returns the verdict of each set, counting only differences that stay significant across all sets (Benjamini-Hochberg). */
export function verdictsAcross(sets: readonly (readonly Difference[])[]): readonly Verdict[] {
  const least = sets.map((set) => set.reduce((p, one) => Math.min(p, one.p ?? 1), 1));
  const adjusted = benjaminiHochberg(least);
  return sets.map((set, at) => {
    const verdict = overall(set);
    const isSignificant = (adjusted[at] ?? 1) <= FALSE_ALARMS;
    return isSignificant || verdict === 'insufficient-data' ? verdict : 'no-evidence';
  });
}
