/**
 * Anomaly score of a value: its distance from the median of the same hour in previous weeks, in median absolute deviations.
 * Weeks that are outliers among the others are left out, so that a past incident does not become the baseline.
 */
import { median } from '../../analytics/statistics/order.ts';

/** Minimum number of previous weeks. */
export const MIN_WEEKS = 2;
/** Lower bound of the spread as a share of the median: a constant history would make any change infinitely unusual. */
const MIN_SPREAD = 0.05;
/** Median absolute deviation of a normal distribution, in standard deviations. */
const NORMAL_MAD = 0.6745;

/** Weeks at least this far from the others, in deviations, are outliers. */
const OUTLIER_DEVIATIONS = 6;
/** Minimum number of weeks to identify outliers among them. */
const MIN_WEEKS_FOR_OUTLIERS = 3;

/**
 * Correction of the median absolute deviation for small samples, by number of values; a formula for more.
 * Source: Croux and Rousseeuw, "Time-efficient algorithms for two highly robust estimators of scale", 1992.
 */
const SMALL_SAMPLE_FACTORS: readonly number[] = [0, 0, 1.196, 1.495, 1.363, 1.206, 1.2, 1.14, 1.129, 1.107];

function sampleFactor(n: number): number {
  return SMALL_SAMPLE_FACTORS[n] ?? n / (n - 0.8);
}

/** Signed score in deviations; null with fewer than {@link MIN_WEEKS} weeks or if the baseline and its spread are 0. */
export function deviation(value: number, baseline: readonly number[]): number | null {
  if (baseline.length < MIN_WEEKS) return null;
  return distance(value, withoutOutliers(baseline));
}

function withoutOutliers(baseline: readonly number[]): readonly number[] {
  if (baseline.length < MIN_WEEKS_FOR_OUTLIERS) return baseline;
  const usual = baseline.filter((one, at) => {
    const others = baseline.filter((_, other) => other !== at);
    return Math.abs(distance(one, others) ?? 0) <= OUTLIER_DEVIATIONS;
  });
  return usual.length < MIN_WEEKS ? baseline : usual;
}

function distance(value: number, baseline: readonly number[]): number | null {
  const middle = median(baseline);
  const spread = (sampleFactor(baseline.length) * median(baseline.map((one) => Math.abs(one - middle)))) / NORMAL_MAD;
  const scale = Math.max(spread, MIN_SPREAD * Math.abs(middle));
  return scale > 0 ? (value - middle) / scale : null;
}
