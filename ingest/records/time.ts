/** Units of time, and how times and durations are written and parsed. The one home of both for `ingest/` and `server/`. */

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: WEEK_MS,
};

/** A day, and perhaps a time, of ISO 8601, with the letters in either case, `T` or a blank, and a fraction of any length. */
const ISO_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

/**
 * Epoch ms of a time in ISO 8601; without a zone it is UTC. Digits after milliseconds are cut, and a leap second (`:60`) is the
 * second after it. Returns null if no such time exists: 30 February, 24:01, an offset of a day.
 */
export function parseIsoTime(text: string): number | null {
  const match = ISO_TIME.exec(text);
  return match === null ? null : epochMsOf(match);
}

/**
 * The same for a time that another expression found: its groups are year, month, day, hour, minute, second, fraction and zone (`Z`
 * or an offset). Not by Date.parse, which takes 30 February for 2 March, and took half of the time of reading a short line.
 */
export function epochMsOf(match: RegExpExecArray): number | null {
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    match;
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  const isLeap = second === '60' && minute === '59';
  const clockMs = Number(hour) * HOUR_MS + Number(minute) * MINUTE_MS + Number(second) * SECOND_MS;
  const fractionMs = fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const offsetMs = zoneOffsetMs(zone);
  // 24:00 is the end of the day (ISO 8601), and nothing is after it.
  const isHour = Number(hour) < 24 || (hour === '24' && clockMs + fractionMs === DAY_MS);
  const isPossible = isHour && Number(minute) < 60 && (Number(second) < 60 || isLeap);
  if (days === null || offsetMs === null || !isPossible) return null;
  return days * DAY_MS + clockMs + fractionMs - offsetMs;
}

function zoneOffsetMs(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days from 1 January 1970 to a day of the Gregorian calendar; null if there is no such day. */
function daysSinceEpoch(year: number, month: number, day: number): number | null {
  const isLeapYear = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const longest = (MONTH_DAYS[month - 1] ?? 0) + (month === 2 && isLeapYear ? 1 : 0);
  if (day < 1 || day > longest) return null;
  // Years begin in March, so that the leap day is the last of its year.
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - DAYS_TO_1970;
}

/** Days from 1 March of the year 0 to 1 January 1970. */
const DAYS_TO_1970 = 719_468;

const RFC_3339 = /:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Epoch ms of a time that names its zone, as RFC 3339 demands. Returns null for anything else. */
export function parseRfc3339(text: string): number | null {
  return RFC_3339.test(text) ? parseIsoTime(text) : null;
}

/** Parses epoch ms (`1700000000000`), ISO 8601, `now` or `now-24h` into epoch ms. Returns null for anything else. */
export function parseTime(text: string, nowMs: number): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const relative = /^now(?:([+-])(\d{1,6})([smhdw]))?$/.exec(text);
  if (relative === null) return parseIsoTime(text);
  const [, sign, amount, unit] = relative;
  if (sign === undefined) return nowMs;
  return nowMs + (sign === '-' ? -1 : 1) * Number(amount) * (UNITS[unit ?? ''] ?? 0);
}

/** Formats epoch ms as ISO 8601 in UTC with milliseconds. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** ISO 8601 in UTC of epoch ms; null for null. */
export function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}

/** Parses a duration such as `1h30m` into ms. Text without any `<number><unit>` pair gives 0. */
export function durationMs(text: string): number {
  let total = 0;
  for (const [, n = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)) total += Number(n) * (UNITS[unit] ?? 0);
  return total;
}

/** Formats ms as the shortest equivalent duration: 5,400,000 becomes `1h30m`. */
export function durationText(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, width] of Object.entries(UNITS).toReversed()) {
    const n = Math.floor(rest / width);
    if (n > 0) text += `${n}${unit}`;
    rest -= n * width;
  }
  return text === '' ? '0s' : text;
}
