/** Forecast of what the rest of a month costs, from the cost of days before. */
import { quantileT } from '../statistics/student.ts';

export interface CostForecast {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Whole weeks that it is computed from. */
  readonly weeks: number;
}

const WEEKDAYS = 7;
/** Two weeks do not show how much weeks differ. */
export const FEWEST_FORECAST_DAYS = 3 * WEEKDAYS;
export const MOST_FORECAST_DAYS = 8 * WEEKDAYS;

/**
 * Returns the cost of the next `remainingDays` with its 95 % prediction interval; null with fewer than {@link FEWEST_FORECAST_DAYS}.
 * `daysUsd` are whole days, the last one directly before the remaining ones; a fraction of a day comes first.
 *
 * Each day is expected to cost the mean of its weekday. The interval comes from how much whole weeks differ, so that days may
 * depend on each other in any way; future weeks are taken as going up or down together, which is the widest case.
 */
export function costForecast(daysUsd: readonly number[], remainingDays: number): CostForecast | null {
  if (daysUsd.length < FEWEST_FORECAST_DAYS) return null;
  const weeks = Math.min(Math.floor(daysUsd.length / WEEKDAYS), MOST_FORECAST_DAYS / WEEKDAYS);
  const used = daysUsd.slice(-weeks * WEEKDAYS);
  const byWeekday = Array.from(
    { length: WEEKDAYS },
    (_, slot) => used.filter((_usd, at) => at % WEEKDAYS === slot).reduce((sum, usd) => sum + usd, 0) / weeks,
  );
  const whole = Math.floor(remainingDays);
  const part = remainingDays - whole;
  // The rest of today has today's weekday, which is the slot after the last whole day.
  const first = part > 0 ? 1 : 0;
  let value = part * (byWeekday[0] ?? 0);
  for (let day = 0; day < whole; day += 1) value += byWeekday[(first + day) % WEEKDAYS] ?? 0;
  const totals = Array.from({ length: weeks }, (_, week) =>
    used.slice(week * WEEKDAYS, (week + 1) * WEEKDAYS).reduce((sum, usd) => sum + usd, 0),
  );
  const mean = totals.reduce((sum, usd) => sum + usd, 0) / weeks;
  const variance = totals.reduce((sum, usd) => sum + (usd - mean) ** 2, 0) / (weeks - 1);
  const ahead = remainingDays / WEEKDAYS;
  // Of less than a week, independent days differ more than those that go together.
  const spread = Math.max(ahead, Math.sqrt(ahead)) * Math.sqrt(variance * (1 + 1 / weeks));
  const half = quantileT(weeks - 1) * spread;
  return { value, low: Math.max(0, value - half), high: value + half, weeks };
}
