/**
 * Error budgets (Site Reliability Workbook, ch. 5): how many times faster than evenly the budget of thirty days is being
 * spent. A rule holds where both a long and a short window are above: the long one tells that it matters, the short one
 * that it still goes on.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';

/** The windows of the workbook for a budget of thirty days: multiple, long window, short window. */
export const BURN_RATES = [
  { rate: 14.4, longMs: HOUR_MS, shortMs: 300_000 },
  { rate: 6, longMs: 21_600_000, shortMs: 1_800_000 },
  { rate: 1, longMs: 259_200_000, shortMs: 21_600_000 },
] as const;

export interface Spent {
  readonly errors: number;
  readonly n: number;
}

/** The even rate is 1. Null of nothing, and where no error is allowed. */
export function burnRate({ errors, n }: Spent, objective: number): number | null {
  const budget = 1 - objective;
  if (n === 0 || budget <= 0) return null;
  return errors / n / budget;
}

/** The smaller of both windows': what both are above. */
export function burning(long: Spent, short: Spent, objective: number): number | null {
  const [slow, fast] = [burnRate(long, objective), burnRate(short, objective)];
  return slow === null || fast === null ? null : Math.min(slow, fast);
}
