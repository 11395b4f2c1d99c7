/**
 * How unusual a value is for its hour of the week: its distance from the median of the same hour in the weeks before, in
 * median absolute deviations. Weeks in which the rule fired are left out, or an incident would become the custom.
 */
import { median } from '../analytics/statistics/order.ts';

/** A fortnight of history, at least. */
export const FEWEST_WEEKS = 2;
/** A deviation is taken to be at least this share of the median: counts that never varied yet would shout at the first change. */
const LEAST_SPREAD = 0.05;
/** The median absolute deviation of a normal distribution is this share of its standard deviation. */
const NORMAL = 0.6745;

/** In deviations, signed; null below {@link FEWEST_WEEKS} or where the custom is nothing at all. */
export function deviation(value: number, customary: readonly number[]): number | null {
  if (customary.length < FEWEST_WEEKS) return null;
  const middle = median(customary);
  const spread = median(customary.map((one) => Math.abs(one - middle))) / NORMAL;
  const scale = Math.max(spread, LEAST_SPREAD * Math.abs(middle));
  return scale > 0 ? (value - middle) / scale : null;
}
