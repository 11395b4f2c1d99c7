/** Factors of Student's t: what is estimated from few independent pieces is less certain than a resample shows. */
import { quantileT } from '../statistics/student.ts';

/** 97.5 % quantile of the normal distribution. */
const Z975 = 1.96;

/** Returns the 97.5 % quantile over that of the normal distribution; infinite without a degree of freedom. */
export function studentRatio(degrees: number): number {
  return degrees < 1 ? Number.POSITIVE_INFINITY : quantileT(degrees) / Z975;
}

/**
 * Returns the factor by which deviations of resamples of `blocks` blocks are multiplied: t over normal quantile, and
 * √(n / (n − 1)), because a resample of n blocks spreads less than n independent ones (Cameron, Gelbach and Miller 2008).
 */
export function studentFactor(blocks: number): number {
  return blocks < 2 ? Number.POSITIVE_INFINITY : studentRatio(blocks - 1) * Math.sqrt(blocks / (blocks - 1));
}
