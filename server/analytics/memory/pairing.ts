/** Two sizes at the same hours of the week: what differs from hour to hour is not laid at the size's door. */
import type { Dice } from '../statistics/bootstrap.ts';
import { draw } from '../statistics/bootstrap.ts';
import type { EnvironmentSample, SizeEvidence } from './samples.ts';

/** Share of each size's invocations in hours that both ran in; below it they are compared as wholes. */
const LEAST_SHARED = 0.5;

/** Mean billed durations, ms, of the one size and the other. */
export interface PairedMeans {
  readonly one: number;
  readonly other: number;
}

interface Hour {
  readonly n: [number, number];
  readonly billedMs: [number, number];
}

/**
 * Means over the hours of the week that both sizes ran in, both weighted alike: by what an hour says of a difference,
 * n₁ n₂ / (n₁ + n₂). Null where the hours they share hold less than half of either.
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

/** The same of resampled environments; resamples that share too few hours are left out. */
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
