/** Chooses the shape that a function's idle windows have, or none. */
import type { Fit, Inspections } from './families.ts';
import { fitSteps, fitWindow, likeliestStepsOutside, likeliestWindow, stepMediansOf } from './families.ts';

const GROUPS = 10;
/** 99 % quantiles of the chi-squared distribution for ten groups less the parameters, by number of parameters. */
const REFUTED = { 2: 20.09, 3: 18.475 } as const;

/**
 * Returns the fit with the smaller Bayesian information criterion (Schwarz 1978); null if it does not describe the data
 * (Hosmer and Lemeshow 1980). `designEffect` divides likelihoods and the statistic. `inspections` ascend.
 */
export function shapeOf(inspections: readonly Inspections[], designEffect: number): Fit | null {
  const n = inspections.reduce((sum, { alive, terminated }) => sum + alive + terminated, 0) / designEffect;
  const criterion = ({ logLikelihood, complexity }: Fit): number =>
    (-2 * logLikelihood) / designEffect + complexity * Math.log(Math.max(n, Math.E));
  const fits = [fitWindow(inspections, false), fitWindow(inspections, true), fitSteps(inspections, designEffect)];
  const better = fits.reduce((best, fit) => (criterion(fit) < criterion(best) ? fit : best));
  return misfit(inspections, better) / designEffect > REFUTED[better.parameters] ? null : better;
}

/** 95 % quantile of the chi-squared distribution with one degree of freedom. */
const RULED_OUT = 3.841;

/**
 * Whether the inspections rule out at 5 % that the median differs from `medianMs` by more than the factor `by`: no shape
 * with such a median comes near the likelihood of `fit` (profile likelihood over all shapes, whatever their complexity).
 */
export function isKnownWithin(
  inspections: readonly Inspections[],
  {
    fit,
    medianMs,
    designEffect,
    by,
  }: {
    readonly fit: Fit;
    readonly medianMs: number;
    readonly designEffect: number;
    readonly by: number;
  },
): boolean {
  const least = fit.logLikelihood - (designEffect * RULED_OUT) / 2;
  const range = { low: medianMs / by, high: medianMs * by };
  if (likeliestStepsOutside(inspections, range) > least) return false;
  // Windows further away are less likely than those at the ends of the range.
  return [range.low, range.high].every((ms) =>
    [false, true].every((evicted) => likeliestWindow(inspections, evicted, ms) <= least),
  );
}

/**
 * Extends an interval that assumes a smooth curve to the medians of steps that the inspections do not rule out at 5 %,
 * compared with the likeliest shape.
 */
export function withSteps(
  interval: { readonly low: number; readonly high: number },
  inspections: readonly Inspections[],
  { logLikelihood }: Pick<Fit, 'logLikelihood'>,
  designEffect: number,
): { readonly low: number; readonly high: number } {
  const medians = stepMediansOf(inspections);
  const most = Math.max(logLikelihood, ...medians.map((one) => one.logLikelihood));
  const possible = medians.filter((one) => one.logLikelihood >= most - (designEffect * RULED_OUT) / 2);
  return {
    low: Math.min(interval.low, ...possible.map(({ afterMs }) => afterMs)),
    high: Math.max(interval.high, ...possible.map(({ medianMs }) => medianMs)),
  };
}

/** Sum over groups of the squared difference between terminations and their expectation, in units of its variance. */
export function misfit(inspections: readonly Inspections[], fit: Fit): number {
  const all = inspections.reduce((sum, { alive, terminated }) => sum + alive + terminated, 0);
  let statistic = 0;
  let [n, found, expected, variance] = [0, 0, 0, 0];
  for (const [at, { ms, alive, terminated }] of inspections.entries()) {
    const share = 1 - fit.survival(ms);
    n += alive + terminated;
    found += terminated;
    expected += (alive + terminated) * share;
    variance += (alive + terminated) * share * (1 - share);
    if (n < all / GROUPS && at < inspections.length - 1) continue;
    // A group in which no other outcome is possible still has the rounding of one observation.
    statistic += (found - expected) ** 2 / Math.max(variance, 0.5);
    [n, found, expected, variance] = [0, 0, 0, 0];
  }
  return statistic;
}

/** Returns the time, ms, by which the share `gone` is terminated; null if that is beyond `longestMs`. */
export function timeOfShare(fit: Fit, terminated: number, longestMs: number): number | null {
  if (fit.survival(longestMs) > 1 - terminated) return null;
  let [low, high] = [0, longestMs];
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2;
    if (fit.survival(middle) <= 1 - terminated) high = middle;
    else low = middle;
  }
  return high;
}
