/** Verdicts over many changes at once: the more is compared, the more would stand out by chance. */
import { benjaminiHochberg } from '../statistics/two-samples.ts';
import type { Difference, Verdict } from './verdict.ts';
import { overall } from './verdict.ts';

const FALSE_ALARMS = 0.05;

/** The verdict of each set of differences, of those that stand when all sets are weighed together (Benjamini, Hochberg). */
export function verdictsAcross(sets: readonly (readonly Difference[])[]): readonly Verdict[] {
  const least = sets.map((set) => set.reduce((p, one) => Math.min(p, one.p ?? 1), 1));
  const adjusted = benjaminiHochberg(least);
  return sets.map((set, at) => {
    const verdict = overall(set);
    const stands = (adjusted[at] ?? 1) <= FALSE_ALARMS;
    return stands || verdict === 'insufficient-data' ? verdict : 'no-evidence';
  });
}
