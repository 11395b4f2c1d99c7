/**
 * Burn rate of an error budget (Site Reliability Workbook, ch. 5): how many times faster than evenly the budget of thirty
 * days is spent. A rule is true if a long and a short window both exceed the threshold: the long one shows that it matters,
 * the short one that it is still going on.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';

/** Thresholds and windows that the workbook recommends for a budget of thirty days. */
export const BURN_RATES = [
  { rate: 14.4, longMs: HOUR_MS, shortMs: 300_000 },
  { rate: 6, longMs: 21_600_000, shortMs: 1_800_000 },
  { rate: 1, longMs: 259_200_000, shortMs: 21_600_000 },
] as const;

/** Errors among `n` invocations. */
export interface ErrorCount {
  readonly errors: number;
  readonly n: number;
}

/** Burn rate; 1 spends the budget evenly. Null without invocations, or if the objective allows no errors. */
export function burnRate({ errors, n }: ErrorCount, objective: number): number | null {
  const budget = 1 - objective;
  if (n === 0 || budget <= 0) return null;
  return errors / n / budget;
}

/** The smaller burn rate of both windows; null if either is null. */
export function multiWindowBurnRate(long: ErrorCount, short: ErrorCount, objective: number): number | null {
  const [slow, fast] = [burnRate(long, objective), burnRate(short, objective)];
  return slow === null || fast === null ? null : Math.min(slow, fast);
}
