/** Minimum sample sizes of estimates; with fewer, pages show what is missing. */

/** Traced cold starts of the function, and of its cohort, for network interface latency. */
export const FEWEST_COLD = 30;
/** Terminations of idle environments, for a survival curve. */
export const FEWEST_DEATHS = 20;
