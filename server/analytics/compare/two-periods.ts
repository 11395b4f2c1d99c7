/** The verdict on two periods of a function that a user chose. */
import { matchHours, uncontrolled } from './controls.ts';
import { quantileEstimate } from './histogram.ts';
import type { Period } from './period.ts';
import { differencesOf, overall } from './verdict.ts';

const QUANTILES = [0.5, 0.95, 0.99] as const;

/** Compares the same hours of the day if the periods share at least half of them, otherwise all. */
export function comparePeriods(before: Period, after: Period) {
  const same = matchHours(before, after);
  const sameHours = same.matched >= 0.5;
  const differences = differencesOf(before, after, sameHours ? same : uncontrolled(before, after));
  const quantiles = (period: Period): readonly (number | null)[] =>
    QUANTILES.map((q) => quantileEstimate(period.durationMs, q)?.value ?? null);
  return {
    differences,
    verdict: overall(differences),
    sameHours,
    before: quantiles(before),
    after: quantiles(after),
  };
}
