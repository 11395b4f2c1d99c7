/**
 * Dates as people and spreadsheets write them: 26.11.2026, 11/26/2026 10:00:00 AM, Nov 26, 2026 @ 10:00:00.000. Which of two
 * numbers is the day follows from all dates of the file together; without a zone the time is UTC.
 */
import { epochMsAt, epochMsOf, isEpochMs } from '../records/time.ts';
import { readEventTime } from './event-time.ts';

export type DayOrder = 'day-first' | 'month-first' | 'unknown';

export type LocalTime =
  | { readonly ok: true; readonly timestampMs: number }
  | { readonly ok: false; readonly reason: LocalDateProblem };

type LocalDateProblem = 'date-order-ambiguous' | 'time-rounded' | 'row-without-time';

/** One for all: a hostile table has half a million such cells for each MB. */
const NO_TIME: LocalTime = { ok: false, reason: 'row-without-time' };

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
const YEAR_AND_NAME = new RegExp(String.raw`^(\d{4})[ /-]([A-Z][a-z]{2,8})\.?[ /-](\d{1,2})[,:]? ${CLOCK}${ZONE}$`);
/** As ctime and date print it: the year is last. */
const YEAR_LAST = new RegExp(String.raw`^${DAY_NAME}([A-Z][a-z]{2}) {1,2}(\d{1,2}) ${CLOCK}${ZONE} (\d{4})$`);
/** A number in the scientific notation of a spreadsheet. */
const SCIENTIFIC = /^(\d)(?:[.,](\d{1,20}))?E\+?(\d{1,2})$/i;
/** Digits of epoch milliseconds. */
const EPOCH_DIGITS = 13;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Finds whether the day or the month comes first in dates such as 03/04/2026: a number above 12 is a day, for all of them. */
export class DayOrders {
  #order: DayOrder = 'unknown';
  #contradicts = false;

  add(given: string): void {
    const cell = given.trim();
    const own = ownOrderOf(cell);
    // Most dates say nothing new, and need not be dates as a whole.
    if (own === 'unknown' || own === this.#order || !NUMERIC.test(cell)) return;
    if (this.#order !== 'unknown') this.#contradicts = true;
    this.#order = own;
  }

  get order(): DayOrder {
    return this.#contradicts ? 'unknown' : this.#order;
  }
}

/** The order of day and month in all cells. */
export function dayOrderOf(cells: Iterable<string>): DayOrder {
  const orders = new DayOrders();
  for (const cell of cells) orders.add(cell);
  return orders.order;
}

const [DOT, ZERO] = [0x2e, 0x30];

/** The order by the numbers that the cell begins with, if it is a date. */
function ownOrderOf(cell: string): DayOrder {
  const first = shortNumber(cell, 0);
  const mark = isDigitAt(cell, 1) ? 2 : 1;
  // No country writes the month first with dots.
  if (cell.charCodeAt(mark) === DOT || first > 12) return 'day-first';
  return shortNumber(cell, mark + 1) > 12 ? 'month-first' : 'unknown';
}

/** The number of one or two digits at the offset; NaN if there is none. */
function shortNumber(text: string, at: number): number {
  if (!isDigitAt(text, at)) return Number.NaN;
  const first = text.charCodeAt(at) - ZERO;
  return isDigitAt(text, at + 1) ? 10 * first + text.charCodeAt(at + 1) - ZERO : first;
}

function isDigitAt(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9;
}

/**
 * Reads a cell that {@link readEventTime} cannot read. `orderOf`: the order of day and month, which takes a pass over the whole table: asked
 * for dates that begin with numbers alone.
 */
export function readLocalTime(cell: string, orderOf: () => DayOrder): LocalTime {
  const text = cell.trim();
  // All others have a time of day.
  if (!text.includes(':')) {
    const exponent = isDigitAt(text, 0) ? SCIENTIFIC.exec(text) : null;
    return exponent === null ? NO_TIME : readScientific(exponent);
  }
  const isNumeric = beginsWithNumber(text);
  const order = isNumeric ? orderOf() : 'unknown';
  const plain = order === 'unknown' ? null : readPlainDate(text, order);
  if (plain !== null) return plain;
  const numeric = isNumeric ? NUMERIC.exec(text) : null;
  if (numeric !== null) {
    const [, first = '', , second = '', year = ''] = numeric;
    if (order === 'unknown' && first !== second) return { ok: false, reason: 'date-order-ambiguous' };
    return order === 'month-first' ? timeOf(year, first, second, numeric) : timeOf(year, second, first, numeric);
  }
  const yearFirst = isDigitAt(text, 3) ? YEAR_FIRST.exec(text) : null;
  if (yearFirst !== null) {
    const [, year = '', , month = '', day = ''] = yearFirst;
    return timeOf(year, month, day, yearFirst);
  }
  const named = isDigitAt(text, 3) ? YEAR_AND_NAME.exec(text) : null;
  if (named !== null) {
    const [, year = '', month = '', day = ''] = named;
    return timeOf(year, monthNumber(month), day, named);
  }
  const yearLast = isDigitAt(text, 0) ? null : YEAR_LAST.exec(text);
  if (yearLast !== null) {
    const [, month = '', day = ''] = yearLast;
    return timeOf(yearLast.at(-1) ?? '', monthNumber(month), day, yearLast.slice(0, -1));
  }
  const monthFirst = isDigitAt(text, 0) ? null : MONTH_FIRST.exec(text);
  if (monthFirst !== null) {
    const [, month = '', day = '', year = ''] = monthFirst;
    return timeOf(year, monthNumber(month), day, monthFirst);
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst === null) return NO_TIME;
  const [, day = '', month = '', year = ''] = dayFirst;
  return timeOf(year, monthNumber(month), day, dayFirst);
}

/** Whether a number of one or two digits and a mark begin the text, as {@link NUMERIC} demands. */
function beginsWithNumber(text: string): boolean {
  return isDigitAt(text, 0) && DATE_MARKS.includes(text.charCodeAt(isDigitAt(text, 1) ? 2 : 1));
}

/** `26/11/2026 10:00:00`, the usual form, by its characters; null for any other. */
function readPlainDate(text: string, order: DayOrder): LocalTime | null {
  const second = isDigitAt(text, 1) ? 3 : 2;
  const year = second + (isDigitAt(text, second + 1) ? 3 : 2);
  const mark = text.charCodeAt(second - 1);
  const clock = year + 5;
  const hasForm =
    DATE_MARKS.includes(mark) &&
    text.charCodeAt(year - 1) === mark &&
    text.charCodeAt(year + 4) === BLANK &&
    text.length === clock + 8 &&
    text.charCodeAt(clock + 2) === COLON &&
    text.charCodeAt(clock + 5) === COLON;
  if (!hasForm) return null;
  for (const at of DIGITS_OF_PLAIN) if (!isDigitAt(text, year + at)) return null;
  // Without lists and functions of its own: a table has one such cell in each row.
  const a = shortNumber(text, 0);
  const b = shortNumber(text, second);
  const ms = epochMsAt(
    100 * shortNumber(text, year) + shortNumber(text, year + 2),
    order === 'month-first' ? a : b,
    order === 'month-first' ? b : a,
    shortNumber(text, clock),
    shortNumber(text, clock + 3),
    shortNumber(text, clock + 6),
  );
  return ms === null || !isEpochMs(ms) ? NO_TIME : { ok: true, timestampMs: ms };
}

const [BLANK, COLON] = [0x20, 0x3a];
const DATE_MARKS: readonly number[] = [0x2d, DOT, 0x2f];
/** Offsets from the year: its digits, and those of the clock. */
const DIGITS_OF_PLAIN = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12];

function readScientific([, whole = '', fraction = '', power = '']: readonly string[]): LocalTime {
  const digits = whole + fraction;
  const missing = Number(power) - fraction.length;
  // Fewer digits than milliseconds have: the spreadsheet has rounded the time.
  if (digits.length < EPOCH_DIGITS || missing < 0) return { ok: false, reason: 'time-rounded' };
  const time = readEventTime(digits + '0'.repeat(Math.min(missing, EPOCH_DIGITS)));
  return time === null ? NO_TIME : { ok: true, timestampMs: time.timestampMs };
}

function monthNumber(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

/** The last six groups of `match`: hours, minutes, seconds, fraction, A or P of the half of the day, zone. */
function timeOf(year: string, month: string, day: string, match: readonly (string | undefined)[]): LocalTime {
  const from = match.length - CLOCK_GROUPS;
  const seconds = match[from + 2];
  // A spreadsheet shows minutes alone; the seconds are lost.
  if (seconds === undefined) return { ok: false, reason: 'time-rounded' };
  const hour = hourOf(match[from] ?? '', match[from + 4]);
  const zone = match[from + 5];
  const offset = zone === 'GMT' || zone === 'UTC' ? 'Z' : zone;
  const timestampMs =
    hour === null ? null : epochMsOf(['', year, month, day, hour, match[from + 1], seconds, match[from + 3], offset]);
  if (timestampMs === null || !isEpochMs(timestampMs)) return NO_TIME;
  return { ok: true, timestampMs };
}

const CLOCK_GROUPS = 6;

/** null for an hour that a clock of twelve hours does not have. */
function hourOf(text: string, half: string | undefined): string | null {
  if (half === undefined) return text;
  const hour = Number(text);
  if (hour < 1 || hour > 12) return null;
  return String((hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0));
}

const CLOCK_TEXT = String.raw`\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?:[ \u202f]?[AaPp][Mm])?(?: ?(?:GMT|UTC|Z|[+-]\d\d:?\d\d))?`;
const NAMED_DAY = String.raw`(?:\d{4}[ /-][A-Z][a-z]{2,8}[ /-]\d{1,2}[,:]?|\d{1,2}[ /-][A-Z][a-z]{2,8}[ /-]\d{4}[,:]?|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}(?:,| @)?)[ :]?`;
const NAMED_PREFIX = new RegExp(
  String.raw`^\[?(${DAY_NAME}(?:${NAMED_DAY}${CLOCK_TEXT}|[A-Z][a-z]{2} {1,2}\d{1,2} ${CLOCK_TEXT} \d{4}))\]?[ \t](?:[-|:] )?`,
);

const UNKNOWN_ORDER = (): DayOrder => 'unknown';

/** A date with the name of its month before a line, which names day and year beyond doubt; null if the line has none. */
export function readNamedDate(line: string): { readonly timestampMs: number; readonly end: number } | null {
  // Most lines begin with a letter of no day or month.
  if (!mayBeginDate(line)) return null;
  const match = NAMED_PREFIX.exec(line);
  const time = match === null ? null : readLocalTime(match[1] ?? '', UNKNOWN_ORDER);
  return match === null || time === null || !time.ok ? null : { timestampMs: time.timestampMs, end: match[0].length };
}

/** Whether the line may begin with a named date, perhaps in a bracket: with the letter of a day or month, or a number of one, two or four digits. */
function mayBeginDate(line: string): boolean {
  const at = line.charCodeAt(0) === OPEN_BRACKET ? 1 : 0;
  const code = line.charCodeAt(at);
  if (code >= 0x41 && code <= 0x5a) return true;
  if (!isDigitAt(line, at)) return false;
  return endsNumber(line, at + 1) || endsNumber(line, at + 2) || endsNumber(line, at + 4);
}

const OPEN_BRACKET = 0x5b;

/** Whether a blank, slash or dash stands at the offset, as behind the year or day of a named date. */
function endsNumber(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  return code === 0x20 || code === 0x2f || code === 0x2d;
}
