/**
 * How unusual a value is for its hour of the week: its distance from the median of the same hour in the weeks before, in
 * median absolute deviations. A week that was itself unusual beside the others is left out, or an incident would become
 * the custom.
 */
import { median } from '../../analytics/statistics/order.ts';

/** A fortnight of history, at least. */
export const FEWEST_WEEKS = 2;
/** A deviation is taken to be at least this share of the median: counts that never varied yet would shout at the first change. */
const LEAST_SPREAD = 0.05;
/** The median absolute deviation of a normal distribution is this share of its standard deviation. */
const NORMAL = 0.6745;

/** A week this many deviations from the others was no custom. */
const INCIDENT = 6;
/** Of fewer, nobody can say which is the unusual one. */
const FEWEST_TO_JUDGE = 3;

/**
 * So few values lie closer to their median than many would. Factors by number of values, then a rule.
 * Source: Croux and Rousseeuw, "Time-efficient algorithms for two highly robust estimators of scale", 1992.
 */
const FEW: readonly number[] = [0, 0, 1.196, 1.495, 1.363, 1.206, 1.2, 1.14, 1.129, 1.107];

function fewOf(n: number): number {
  return FEW[n] ?? n / (n - 0.8);
}

/** In deviations, signed; null below {@link FEWEST_WEEKS} or where the custom is nothing at all. */
export function deviation(value: number, customary: readonly number[]): number | null {
  if (customary.length < FEWEST_WEEKS) return null;
  return distance(value, withoutIncidents(customary));
}

function withoutIncidents(customary: readonly number[]): readonly number[] {
  if (customary.length < FEWEST_TO_JUDGE) return customary;
  const usual = customary.filter((one, at) => {
    const others = customary.filter((_, other) => other !== at);
    return Math.abs(distance(one, others) ?? 0) <= INCIDENT;
  });
  return usual.length < FEWEST_WEEKS ? customary : usual;
}

function distance(value: number, customary: readonly number[]): number | null {
  const middle = median(customary);
  const spread = (fewOf(customary.length) * median(customary.map((one) => Math.abs(one - middle)))) / NORMAL;
  const scale = Math.max(spread, LEAST_SPREAD * Math.abs(middle));
  return scale > 0 ? (value - middle) / scale : null;
}
