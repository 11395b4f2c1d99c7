/** Compares two sizes at the same hours of the week, so that differences between hours are not attributed to the size. */
import type { Dice } from '../statistics/bootstrap.ts';
import { draw } from '../statistics/bootstrap.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';

/** Minimum share of each size's invocations in shared hours; below it the sizes are compared without pairing. */
const LEAST_SHARED = 0.5;

/** Mean billed durations of the two sizes, ms. */
export interface PairedMeans {
  readonly one: number;
  readonly other: number;
}

interface Hour {
  readonly n: [number, number];
  readonly billedMs: [number, number];
}

/**
 * Returns means over the hours of the week in which both sizes ran. Both use the same weight per hour, n₁ n₂ / (n₁ + n₂),
 * the information the hour carries about a difference. Null if the shared hours contain less than half of either size's
 * invocations.
 */
export function pairedMeans(
  one: readonly EnvironmentSample[],
  other: readonly EnvironmentSample[],
): PairedMeans | null {
  const hours = new Map<number, Hour>();
  const totals: [number, number] = [0, 0];
  for (const [side, environments] of [one, other].entries()) {
    const at = side === 0 ? 0 : 1;
    for (const { hourOfWeek, n, billedMs } of environments) {
      const hour = hours.get(hourOfWeek) ?? { n: [0, 0], billedMs: [0, 0] };
      hours.set(hourOfWeek, hour);
      hour.n[at] += n;
      hour.billedMs[at] += billedMs;
      totals[at] += n;
    }
  }
  const shared = [...hours.values()].filter(({ n }) => n[0] > 0 && n[1] > 0);
  const within = (at: 0 | 1): number => shared.reduce((sum, { n }) => sum + n[at], 0) / totals[at];
  if (shared.length === 0 || Math.min(within(0), within(1)) < LEAST_SHARED) return null;
  let [weights, sumOne, sumOther] = [0, 0, 0];
  for (const { n, billedMs } of shared) {
    const weight = (n[0] * n[1]) / (n[0] + n[1]);
    weights += weight;
    sumOne += (weight * billedMs[0]) / n[0];
    sumOther += (weight * billedMs[1]) / n[1];
  }
  return { one: sumOne / weights, other: sumOther / weights };
}

/** {@link pairedMeans} of resampled environments. Drops resamples that share too few hours. */
export function pairedResamples(
  one: SizeEvidence,
  other: SizeEvidence,
  dice: Dice,
  resamples: number,
): readonly PairedMeans[] {
  return Array.from({ length: resamples }, () =>
    pairedMeans(draw(one.environments, dice), draw(other.environments, dice)),
  ).filter((means) => means !== null);
}
