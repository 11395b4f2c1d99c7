/**
 * Clock differences above this are reported, ms. AWS rejects signatures that are five minutes off; ages and time windows
 * become wrong much earlier.
 */
export const MAX_CLOCK_SKEW_MS = 5000;
