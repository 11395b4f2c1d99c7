/**
 * Clocks that differ by more than this are worth a word, ms. AWS refuses signatures that are five minutes off; ages and windows
 * suffer long before.
 */
export const MAX_CLOCK_SKEW_MS = 5000;
