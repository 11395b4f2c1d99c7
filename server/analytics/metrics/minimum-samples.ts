/** Least evidence an estimate needs; below it the pages say what is missing. */

/** Traced cold starts of the function, and of its cohort, for the latency of network interfaces. */
export const FEWEST_COLD = 30;
/** Environments known to have been removed while idle, for a survival curve. */
export const FEWEST_DEATHS = 20;
