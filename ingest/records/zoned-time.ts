/**
 * Wall-clock times of IANA time zones. A wall clock is written as the epoch milliseconds that it would have in UTC, so that the
 * arithmetic of calendars works on it.
 */
import { HOUR_MS } from './time.ts';

/** What clocks of the zone show at an instant. @throws RangeError if the zone is unknown */
export function wallClockAt(atMs: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/**
 * The instant at which clocks of the zone show a time. The earlier one where they show it twice; where they skip it, as much later as
 * they skip: the hour after the change to summer time.
 */
export function instantOf(wallClockMs: number, timeZone: string): number {
  // Zones are within 14 hours of UTC, and none changes twice within two days.
  const offsets = [-1, 1].map((sign) => {
    const nearMs = wallClockMs + sign * WIDEST_OFFSET_MS;
    return wallClockAt(nearMs, timeZone) - nearMs;
  });
  const found = offsets.map((offsetMs) => wallClockMs - offsetMs);
  const shown = found.filter((atMs) => wallClockAt(atMs, timeZone) === wallClockMs);
  return shown.length > 0 ? Math.min(...shown) : Math.max(...found);
}

const WIDEST_OFFSET_MS = 14 * HOUR_MS;

/** By zone: making one takes as long as using it a hundred times. Callers choose names, in any case: at most so many are kept. */
const MOST_FORMATS = 100;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    ...{ timeZone, year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' },
  });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(timeZone, format);
  return format;
}
