/** Units of time, and how times and durations are written and parsed. The one home of both for `ingest/` and `server/`. */

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

/** Lambda launched in November 2014, so nothing of it is older. */
const EARLIEST_MS = Date.UTC(2014, 10, 13);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** Whether the number is a possible time in milliseconds: none of another unit is. */
export function isEpochMs(ms: number): boolean {
  return ms >= EARLIEST_MS && ms <= LATEST_MS;
}

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
export function epochMsOf(match: readonly (string | undefined)[]): number | null {
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] =
    match;
  const days = daysSinceEpoch(Number(year), Number(month), Number(day));
  const fractionMs = fraction === '' ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const offsetMs = zoneOffsetMs(zone);
  const clockMs = clockMsOf(Number(hour), Number(minute), Number(second), fractionMs);
  return days === null || offsetMs === null || clockMs === null ? null : days * DAY_MS + clockMs - offsetMs;
}

/** Epoch ms of a time in UTC; null if no such time exists. */
export function epochMsAt(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  const days = daysSinceEpoch(year, month, day);
  const clockMs = clockMsOf(hour, minute, second, 0);
  return days === null || clockMs === null ? null : days * DAY_MS + clockMs;
}

/** Null if no clock shows the time. */
function clockMsOf(hour: number, minute: number, second: number, fractionMs: number): number | null {
  const ms = hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + fractionMs;
  const isLeap = second === 60 && minute === 59;
  // 24:00 is the end of the day (ISO 8601), and nothing is after it.
  const isHour = hour < 24 || (hour === 24 && ms === DAY_MS);
  return isHour && minute < 60 && (second < 60 || isLeap) ? ms : null;
}

const [BLANK, COMMA, DOT, COLON, DASH, PLUS, ZERO] = [0x20, 0x2c, 0x2e, 0x3a, 0x2d, 0x2b, 0x30];
const [LETTER_T, LETTER_U, LETTER_Z, OPEN_PARENTHESIS, CLOSE_PARENTHESIS] = [0x54, 0x55, 0x5a, 0x28, 0x29];
/** `2026-11-20T10:00:00` */
const SECONDS_CHARS = 19;
const MOST_FRACTION_DIGITS = 9;

/** Whether a digit stands at the offset. */
function isDigitAt(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9;
}

/** Whether two digits stand at the offset. */
function isPairAt(text: string, at: number): boolean {
  return isDigitAt(text, at) && isDigitAt(text, at + 1);
}

/** The number of two digits, which stand at the offset. Whole numbers throughout: a NaN among them makes all that follows slower. */
function pairAt(text: string, at: number): number {
  return 10 * text.charCodeAt(at) + text.charCodeAt(at + 1) - PAIR_OF_ZEROS;
}

/** `00`, read as a pair. */
const PAIR_OF_ZEROS = 11 * ZERO;

/** The number of two digits; NaN if there are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - ZERO, text.charCodeAt(at + 1) - ZERO];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

/**
 * The offset after the time of a log line at `from`: a day, `T` or a blank, hours, minutes and seconds, a fraction of up to nine
 * digits, and a zone as `Z`, `UTC`, `+01:00` or `(+0100)`, perhaps behind a blank. -1 if there is none. By its characters: an
 * expression takes five times as long, for each line.
 */
export function logTimeEnd(text: string, from: number): number {
  const separator = text.charCodeAt(from + 10);
  const hasForm =
    text.charCodeAt(from + 4) === DASH &&
    text.charCodeAt(from + 7) === DASH &&
    (separator === LETTER_T || separator === BLANK) &&
    text.charCodeAt(from + 13) === COLON &&
    text.charCodeAt(from + 16) === COLON;
  if (!hasForm) return -1;
  const hasDigits =
    isPairAt(text, from) &&
    isPairAt(text, from + 2) &&
    isPairAt(text, from + 5) &&
    isPairAt(text, from + 8) &&
    isPairAt(text, from + 11) &&
    isPairAt(text, from + 14) &&
    isPairAt(text, from + 17);
  if (!hasDigits) return -1;
  let at = from + SECONDS_CHARS;
  const mark = text.charCodeAt(at);
  if ((mark === DOT || mark === COMMA) && isDigitAt(text, at + 1)) {
    at += 2;
    while (at <= from + SECONDS_CHARS + MOST_FRACTION_DIGITS && isDigitAt(text, at)) at += 1;
  }
  const zone = text.charCodeAt(at) === BLANK ? at + 1 : at;
  const end = zoneEnd(text, zone);
  return end === -1 ? at : end;
}

/** The offset after the zone at `at`; -1 if there is none. */
function zoneEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === LETTER_Z) return at + 1;
  if (code === LETTER_U) return text.startsWith('UTC', at) ? at + 3 : -1;
  if (code !== OPEN_PARENTHESIS) return offsetEnd(text, at);
  const end = offsetEnd(text, at + 1);
  return end !== -1 && text.charCodeAt(end) === CLOSE_PARENTHESIS ? end + 1 : -1;
}

/** The offset after `+01:00` or `-0100`; -1 if there is none. */
function offsetEnd(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if (sign !== PLUS && sign !== DASH) return -1;
  const minutes = text.charCodeAt(at + 3) === COLON ? at + 4 : at + 3;
  return Number.isNaN(twoDigits(text, at + 1)) || Number.isNaN(twoDigits(text, minutes)) ? -1 : minutes + 2;
}

/** Epoch ms of the time from `from` to `end`, where {@link logTimeEnd} found it; null if no such time exists. */
export function logTimeMs(text: string, from: number, end: number): number | null {
  const year = 100 * pairAt(text, from) + pairAt(text, from + 2);
  const days = daysSinceEpoch(year, pairAt(text, from + 5), pairAt(text, from + 8));
  let at = from + SECONDS_CHARS;
  let fractionMs = 0;
  const mark = text.charCodeAt(at);
  if (at < end && (mark === DOT || mark === COMMA)) {
    at += 1;
    for (let place = 100; place >= 1 && isDigitAt(text, at); place /= 10, at += 1)
      fractionMs += place * (text.charCodeAt(at) - ZERO);
    while (isDigitAt(text, at)) at += 1;
  }
  const clockMs = clockMsOf(pairAt(text, from + 11), pairAt(text, from + 14), pairAt(text, from + 17), fractionMs);
  const offsetMs = at === end ? 0 : offsetMsAt(text, at);
  return days === null || clockMs === null || offsetMs === null ? null : days * DAY_MS + clockMs - offsetMs;
}

/** The offset of the zone at `at`, after a blank and a parenthesis; null if there is no such zone. */
function offsetMsAt(text: string, at: number): number | null {
  let sign = text.charCodeAt(at) === BLANK ? at + 1 : at;
  if (text.charCodeAt(sign) === OPEN_PARENTHESIS) sign += 1;
  const code = text.charCodeAt(sign);
  if (code !== PLUS && code !== DASH) return 0;
  const hours = twoDigits(text, sign + 1);
  const minutes = twoDigits(text, text.charCodeAt(sign + 3) === COLON ? sign + 4 : sign + 3);
  if (hours > 23 || minutes > 59) return null;
  return (code === DASH ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
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

/** The last ms of a Date, which begins a minute. */
const LAST_MS = 8.64e15;

/** The minute that {@link iso} formatted last, and its text: `2026-11-29T20:41:`. Rows that follow each other share it. */
let lastMinute = { at: Number.NaN, text: '' };

/** Formats epoch ms as ISO 8601 in UTC with milliseconds. Throws a RangeError beyond the calendar. */
export function iso(ms: number): string {
  const whole = Math.trunc(ms);
  const at = Math.floor(whole / MINUTE_MS);
  if (at !== lastMinute.at || whole > LAST_MS) {
    const text = new Date(ms).toISOString();
    lastMinute = { at, text: text.slice(0, -SECONDS.length) };
    return text;
  }
  // Digits of seconds and milliseconds, after a 1 that keeps their zeros.
  const digits = String(whole - at * MINUTE_MS + SECOND_MS * 100);
  return `${lastMinute.text}${digits.slice(1, 3)}.${digits.slice(3)}Z`;
}

/** The end of an ISO time, after its minute. */
const SECONDS = '00.000Z';

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
