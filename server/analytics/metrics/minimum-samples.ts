/** Minimum sample sizes of estimates; with fewer, pages show what is missing. */

/** Traced cold starts of the function, and of each side of its cohort, for network interface latency. */
export const FEWEST_COLD = 30;
/** Traced cold starts of a function that is part of a cohort. */
export const FEWEST_COLD_OF_MEMBER = 10;
/** Functions on each side of a comparison of functions: the spread between them must be known. */
export const FEWEST_FUNCTIONS = 3;
/** Terminations of idle environments, for a survival curve. */
export const MIN_TERMINATIONS = 20;
