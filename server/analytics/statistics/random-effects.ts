/**
 * A random-intercept model in two steps: each cluster is reduced to one estimate with its standard error, and the clusters
 * are the units of the second step (Donald and Lang 2007). For few clusters, where a bootstrap over clusters and
 * cluster-robust errors are too narrow (Cameron, Gelbach and Miller 2008).
 */
import { twoSided } from './normal.ts';
import { ascending, medianOf } from './order.ts';
import { quantileT } from './student.ts';

/** Estimate of one cluster. */
export interface ClusterEstimate {
  readonly value: number;
  /** Standard error within the cluster; 0 if it is unknown or negligible. */
  readonly error: number;
}

export interface GroupMean {
  readonly value: number;
  /** Standard error of the mean of the group's clusters. */
  readonly error: number;
  /** Degrees of freedom: clusters − 1. */
  readonly df: number;
}

/** Median with its standard error from two order statistics (Price and Bonett 2001); needs at least five values. */
export function medianEstimate(values: readonly number[]): ClusterEstimate {
  const sorted = ascending(values);
  const n = sorted.length;
  const rank = Math.max(1, Math.floor((n + 1) / 2 - Math.sqrt(n)));
  const width = (sorted[n - rank] ?? Number.NaN) - (sorted[rank - 1] ?? Number.NaN);
  return { value: medianOf(sorted), error: width / (2 * zOf(n, rank)) };
}

/** Normal quantile that corresponds to the tail beyond the order statistic `rank` of `n` at a median. */
function zOf(n: number, rank: number): number {
  // P(Binomial(n, ½) < rank), in logarithms: 0.5^n underflows.
  let term = -n * Math.LN2;
  let tail = 0;
  for (let i = 0; i < rank; i += 1) {
    tail += Math.exp(term);
    term += Math.log((n - i) / (i + 1));
  }
  let [low, high] = [0, 40];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (twoSided(middle) > 2 * tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Mean of the clusters, weighted by 1 / (error² + variance between clusters) (Paule and Mandel 1982), with the error of the weights. That
 * is also the one from the observed scatter, and never below it (Hartung and Knapp 2001): the variance between clusters is the one at which
 * the scatter is as expected, or zero where it is less.
 */
export function randomEffectsMean(clusters: readonly ClusterEstimate[]): GroupMean | null {
  if (clusters.length < 2) return null;
  const df = clusters.length - 1;
  const between = betweenVariance(clusters);
  const { value, weight } = weightedMean(clusters, between);
  return { value, error: 1 / Math.sqrt(weight), df };
}

/** Difference b − a of two groups' means with unequal variances: Welch (1947), degrees of freedom by Satterthwaite. */
export function differenceOfMeans(
  a: GroupMean,
  b: GroupMean,
  confidence = 0.95,
): { readonly value: number; readonly low: number; readonly high: number } {
  const [va, vb] = [a.error ** 2, b.error ** 2];
  const value = b.value - a.value;
  if (va + vb === 0) return { value, low: value, high: value };
  const df = (va + vb) ** 2 / (va ** 2 / a.df + vb ** 2 / b.df);
  const half = quantileT(df, confidence) * Math.sqrt(va + vb);
  return { value, low: value - half, high: value + half };
}

/** Smallest variance between clusters at which their scatter is what it is expected to be: one per degree of freedom. */
function betweenVariance(clusters: readonly ClusterEstimate[]): number {
  const df = clusters.length - 1;
  if (scatterOf(clusters, TINY) <= df) return TINY;
  let high = 1;
  while (scatterOf(clusters, high) > df) high *= 4;
  let low = TINY;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (scatterOf(clusters, middle) > df) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** In place of a variance of zero, so that clusters without an error have a finite weight. */
const TINY = 1e-12;

function weightedMean(clusters: readonly ClusterEstimate[], between: number) {
  let [weight, sum] = [0, 0];
  for (const { value, error } of clusters) {
    const own = 1 / (error ** 2 + between);
    weight += own;
    sum += own * value;
  }
  return { value: sum / weight, weight };
}

function scatterOf(clusters: readonly ClusterEstimate[], between: number): number {
  const { value } = weightedMean(clusters, between);
  return clusters.reduce((sum, one) => sum + (one.value - value) ** 2 / (one.error ** 2 + between), 0);
}
