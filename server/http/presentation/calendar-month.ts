/** The calendar month of a time in a time zone. */
import { DAY_MS } from '../../../ingest/records/time.ts';
import { instantOf, wallClockAt } from '../../../ingest/records/zoned-time.ts';
import { MOST_FORECAST_DAYS } from '../../analytics/cost/forecast.ts';

export interface CalendarMonth {
  /** `2026-11`. */
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** @throws RangeError if the zone is unknown */
export function calendarMonth(atMs: number, timeZone: string): CalendarMonth {
  const there = new Date(wallClockAt(atMs, timeZone));
  const [year, month] = [there.getUTCFullYear(), there.getUTCMonth()];
  return {
    name: new Date(Date.UTC(year, month)).toISOString().slice(0, 7),
    fromMs: instantOf(Date.UTC(year, month), timeZone),
    toMs: instantOf(Date.UTC(year, month + 1), timeZone),
  };
}

/** Midnight UTC at or before a time, and the first one after it. */
export function utcDayOf(ms: number): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = Math.floor(ms / DAY_MS) * DAY_MS;
  return { fromMs, toMs: fromMs + DAY_MS };
}

/** Days of UTC that are read: those of the month, and those that a forecast is computed from. */
export function daysRead(month: CalendarMonth, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = Math.min(month.fromMs, utcDayOf(nowMs).fromMs - MOST_FORECAST_DAYS * DAY_MS);
  return { fromMs: utcDayOf(fromMs).fromMs, toMs: nowMs };
}

/** From the beginning of the month to the next midnight of UTC: days of UTC are read from there on. */
export function edgeRead(month: CalendarMonth, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const { fromMs, toMs } = utcDayOf(month.fromMs);
  return { fromMs: month.fromMs, toMs: Math.min(nowMs, month.fromMs === fromMs ? fromMs + DAY_MS : toMs) };
}
