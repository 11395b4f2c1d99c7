/** The calendar month of a time in a time zone. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { MOST_FORECAST_DAYS } from '../../analytics/cost/forecast.ts';

export interface CalendarMonth {
  /** `2026-11`. */
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** @throws RangeError if the zone is unknown */
export function calendarMonth(atMs: number, timeZone: string): CalendarMonth {
  const clock = clockOf(timeZone);
  const there = new Date(clock(atMs));
  const [year, month] = [there.getUTCFullYear(), there.getUTCMonth()];
  return {
    name: new Date(Date.UTC(year, month)).toISOString().slice(0, 7),
    fromMs: instantOf(Date.UTC(year, month), clock),
    toMs: instantOf(Date.UTC(year, month + 1), clock),
  };
}

/** From an instant to the time that clocks of the zone show, both as epoch ms. */
type Clock = (ms: number) => number;

function clockOf(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone,
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    hourCycle: 'h23',
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const get = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  };
}

/** The instant at which clocks show `shownMs`; where they skip it, the first one after. */
function instantOf(shownMs: number, clock: Clock): number {
  // No zone is further than a day from UTC, and offsets change at most by some hours.
  let ms = shownMs;
  for (let step = 0; step < 3; step += 1) ms += shownMs - clock(ms);
  if (clock(ms) === shownMs || clock(ms) > shownMs) return ms;
  return ms + HOUR_MS;
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
