/**
 * Dates as people and spreadsheets write them: 26.11.2026, 11/26/2026 10:00:00 AM, Nov 26, 2026 @ 10:00:00.000. Which of two
 * numbers is the day follows from all dates of the file together; without a zone the time is UTC.
 */
import { readEventTime, readTimeText } from './event-time.ts';

export type DayOrder = 'day-first' | 'month-first' | 'unknown';

export type LocalTime =
  | { readonly ok: true; readonly timestampMs: number }
  | { readonly ok: false; readonly reason: LocalDateProblem };

type LocalDateProblem = 'date-order-ambiguous' | 'time-rounded' | 'row-without-time';

const CLOCK = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:[ \u202f]?([AaPp])\.?[Mm]\.?)?`;
const ZONE = String.raw`(?: ?(GMT|UTC|Z|[+-]\d\d:?\d\d))?`;
const NUMERIC = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})\2(\d{4}),?[T ]{1,2}${CLOCK}${ZONE}$`);
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([./])(\d{1,2})\2(\d{1,2}),?[T ]${CLOCK}${ZONE}$`);
const DAY_NAME = `(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?`;
const MONTH_FIRST = new RegExp(
  String.raw`^${DAY_NAME}([A-Z][a-z]{2,8})\.? (\d{1,2}),? (\d{4})(?:,| @)? ${CLOCK}${ZONE}$`,
);
const DAY_FIRST = new RegExp(
  String.raw`^${DAY_NAME}(\d{1,2})[ /-]([A-Z][a-z]{2,8})\.?[ /-](\d{4})[,:]? ?${CLOCK}${ZONE}$`,
);
/** A number in the scientific notation of a spreadsheet. */
const SCIENTIFIC = /^(\d)(?:[.,](\d{1,20}))?E\+?(\d{1,2})$/i;
/** Digits of epoch milliseconds. */
const EPOCH_DIGITS = 13;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Whether the day or the month comes first in dates such as 03/04/2026: a number above 12 is a day, for all of them. */
export function dayOrderOf(cells: Iterable<string>): DayOrder {
  let order: DayOrder = 'unknown';
  for (const cell of cells) {
    const match = cell.includes(':') ? NUMERIC.exec(cell.trim()) : null;
    if (match === null) continue;
    // No country writes the month first with dots.
    const own =
      match[2] === '.' || Number(match[1]) > 12 ? 'day-first' : Number(match[3]) > 12 ? 'month-first' : 'unknown';
    if (own === 'unknown') continue;
    if (order !== 'unknown' && order !== own) return 'unknown';
    order = own;
  }
  return order;
}

/** Reads a cell that {@link readEventTime} cannot read. */
export function readLocalTime(cell: string, order: DayOrder): LocalTime {
  const text = cell.trim();
  const exponent = SCIENTIFIC.exec(text);
  if (exponent !== null) return readScientific(exponent);
  // All others have a time of day.
  if (!text.includes(':')) return { ok: false, reason: 'row-without-time' };
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) {
    const [, first = '', , second = '', year = '', ...rest] = numeric;
    if (order === 'unknown' && first !== second) return { ok: false, reason: 'date-order-ambiguous' };
    return order === 'month-first' ? timeOf(year, first, second, rest) : timeOf(year, second, first, rest);
  }
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) {
    const [, year = '', , month = '', day = '', ...rest] = yearFirst;
    return timeOf(year, month, day, rest);
  }
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst !== null) {
    const [, month = '', day = '', year = '', ...rest] = monthFirst;
    return timeOf(year, monthNumber(month), day, rest);
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst === null) return { ok: false, reason: 'row-without-time' };
  const [, day = '', month = '', year = '', ...rest] = dayFirst;
  return timeOf(year, monthNumber(month), day, rest);
}

function readScientific([, whole = '', fraction = '', power = '']: readonly string[]): LocalTime {
  const digits = whole + fraction;
  const missing = Number(power) - fraction.length;
  // Fewer digits than milliseconds have: the spreadsheet has rounded the time.
  if (digits.length < EPOCH_DIGITS || missing < 0) return { ok: false, reason: 'time-rounded' };
  const time = readEventTime(digits + '0'.repeat(Math.min(missing, EPOCH_DIGITS)));
  return time === null ? { ok: false, reason: 'row-without-time' } : { ok: true, timestampMs: time.timestampMs };
}

function monthNumber(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

/** `rest`: hours, minutes, seconds, fraction, A or P of the half of the day, zone. */
function timeOf(year: string, month: string, day: string, rest: readonly (string | undefined)[]): LocalTime {
  const [hours = '', minutes = '', seconds, fraction = '0', half, zone = 'Z'] = rest;
  // A spreadsheet shows minutes alone; the seconds are lost.
  if (seconds === undefined) return { ok: false, reason: 'time-rounded' };
  const hour = hourOf(Number(hours), half);
  const two = (value: number | string): string => String(value).padStart(2, '0');
  const offset = zone === 'GMT' || zone === 'UTC' ? 'Z' : zone;
  const timestampMs =
    hour === null
      ? null
      : readTimeText(`${year}-${two(month)}-${two(day)}T${two(hour)}:${minutes}:${seconds}.${fraction}${offset}`);
  return timestampMs === null ? { ok: false, reason: 'row-without-time' } : { ok: true, timestampMs };
}

/** null for an hour that a clock of twelve hours does not have. */
function hourOf(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
}
