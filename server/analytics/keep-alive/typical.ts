/** Chooses the shape that a function's idle windows have, or none. */
import type { Fit, Inspections } from './families.ts';
import { fitSteps, fitWindow } from './families.ts';

const GROUPS = 10;
/** 99 % quantiles of the chi-squared distribution for ten groups less the parameters, by number of parameters. */
const REFUTED = { 2: 20.09, 3: 18.475 } as const;

/**
 * Returns the fit with the smaller Bayesian information criterion (Schwarz 1978); null if it does not describe the data
 * (Hosmer and Lemeshow 1980). `designEffect` divides likelihoods and the statistic. `inspections` ascend.
 */
export function shapeOf(inspections: readonly Inspections[], designEffect: number): Fit | null {
  const n = inspections.reduce((sum, { alive, gone }) => sum + alive + gone, 0) / designEffect;
  const criterion = (fit: Fit): number =>
    (-2 * fit.logLikelihood) / designEffect + fit.complexity * Math.log(Math.max(n, Math.E));
  const fits = [fitWindow(inspections, false), fitWindow(inspections, true), fitSteps(inspections)];
  const better = fits.reduce((best, fit) => (criterion(fit) < criterion(best) ? fit : best));
  return misfit(inspections, better) / designEffect > REFUTED[better.parameters] ? null : better;
}

/** Sum over groups of the squared difference between terminations and their expectation, in units of its variance. */
function misfit(inspections: readonly Inspections[], fit: Fit): number {
  const all = inspections.reduce((sum, { alive, gone }) => sum + alive + gone, 0);
  let statistic = 0;
  let [n, found, expected, variance] = [0, 0, 0, 0];
  for (const [at, { ms, alive, gone }] of inspections.entries()) {
    const share = 1 - fit.survival(ms);
    n += alive + gone;
    found += gone;
    expected += (alive + gone) * share;
    variance += (alive + gone) * share * (1 - share);
    if (n < all / GROUPS && at < inspections.length - 1) continue;
    // A group in which no other outcome is possible still has the rounding of one observation.
    statistic += (found - expected) ** 2 / Math.max(variance, 0.5);
    [n, found, expected, variance] = [0, 0, 0, 0];
  }
  return statistic;
}

/** Returns the time, ms, by which the share `gone` is terminated; null if that is beyond `longestMs`. */
export function timeOfShare(fit: Fit, gone: number, longestMs: number): number | null {
  if (fit.survival(longestMs) > 1 - gone) return null;
  let [low, high] = [0, longestMs];
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2;
    if (fit.survival(middle) <= 1 - gone) high = middle;
    else low = middle;
  }
  return high;
}
