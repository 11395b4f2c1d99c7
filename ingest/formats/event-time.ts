/** Times of log events, in every form in which files and messages have them. The one reader of them. */

import { epochMsOf, isEpochMs, logTimeEnd, logTimeMs } from '../records/time.ts';

export interface EventTime {
  /** Epoch ms. */
  readonly timestampMs: number;
  /** The number was in another unit than milliseconds. Such times are counted. */
  readonly isConverted: boolean;
}

/** A time as text: ISO 8601 or with a blank, a fraction of any length, and a zone in one of the usual forms. */
export const TIME = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d|\([+-]\d\d:?\d\d\)))?`;
const PARTS =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(?:UTC|Z|\(?([+-]\d\d:?\d\d)\)?))?$/;

/** Digits of the shortest time, in seconds, and of the longest, in nanoseconds. */
const [SHORTEST_CHARS, MOST_DIGITS] = [9, 19];
const FRACTION = /^\d{9,16}\.\d{1,9}$/;

/** A date in JSON of Windows PowerShell. */
const POWERSHELL = /^\/Date\((\d{13})\)\/$/;

/** Reads a number, its text, or a time as text. null if it is none, or lies before Lambda or after this century. */
export function readEventTime(value: unknown): EventTime | null {
  if (typeof value === 'number') return readEpoch(value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (text.length < SHORTEST_CHARS) return null;
  const digits = leadingDigits(text);
  if (digits >= SHORTEST_CHARS) {
    if (digits === text.length) return digits <= MOST_DIGITS ? readDigits(text) : null;
    const seconds = fractionalSeconds(text, digits);
    if (!Number.isNaN(seconds)) return readEpoch(seconds);
    return FRACTION.test(text) ? readEpoch(Number(text)) : null;
  }
  if (digits === 0) {
    const date = POWERSHELL.exec(text)?.[1];
    return date === undefined ? null : readDigits(date);
  }
  const timestampMs = readTimeText(text);
  return timestampMs === null ? null : { timestampMs, isConverted: false };
}

/**
 * The number of a text of digits, a point and a few more: by its characters, in a third of the time. NaN for any other, and where the number
 * would not be the nearest one: of up to 15 digits it is, because they and the power of ten are exact.
 */
function fractionalSeconds(text: string, whole: number): number {
  if (text.charCodeAt(whole) !== POINT || text.length > EXACT_DIGITS + 1 || text.length === whole + 1)
    return Number.NaN;
  let number = leadingNumber(text, whole);
  let power = 1;
  for (let at = whole + 1; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
    power *= 10;
  }
  return number / power;
}

const [POINT, EXACT_DIGITS] = [0x2e, 15];

/** The number of digits at the start of the text. */
function leadingDigits(text: string): number {
  let at = 0;
  for (let digit = text.charCodeAt(0) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) at += 1;
  return at;
}

const ZERO = 0x30;

/** Epoch ms of a time as text; without a zone it is UTC, as CloudWatch's exports are. null when it is no possible time. */
export function readTimeText(given: string): number | null {
  const text = given.trim();
  const end = logTimeEnd(text, 0);
  if (end === -1) return null;
  if (end === text.length) return timeMsAt(text, 0, end);
  // One parenthesis without the other.
  const match = PARTS.exec(text);
  const ms = match === null ? null : epochMsOf(match);
  return ms !== null && isEpochMs(ms) ? ms : null;
}

/** Epoch ms of the time from `from` to `end`, where `logTimeEnd` found it; null when it is no possible time. */
export function timeMsAt(text: string, from: number, end: number): number | null {
  const ms = logTimeMs(text, from, end);
  return ms !== null && isEpochMs(ms) ? ms : null;
}

/**
 * Seconds, microseconds and nanoseconds are told by their size: no possible time in one of the units is possible in another.
 */
function readEpoch(value: number): EventTime | null {
  if (isEpochMs(value)) return { timestampMs: Math.trunc(value), isConverted: false };
  const seconds = Math.round(value * 1000);
  if (isEpochMs(seconds)) return { timestampMs: seconds, isConverted: true };
  for (const perMs of [1e3, 1e6]) {
    const ms = Math.floor(value / perMs + ROUNDING_MS);
    if (isEpochMs(ms)) return { timestampMs: ms, isConverted: true };
  }
  return null;
}

/** A JavaScript number holds nanoseconds to a multiple of 256. */
const ROUNDING_MS = 0.0005;

/** Digits of every possible time in milliseconds. */
const MS_DIGITS = 13;

/** The number of the first digits. */
function leadingNumber(text: string, digits: number): number {
  let number = 0;
  for (let at = 0; at < digits; at += 1) number = number * 10 + text.charCodeAt(at) - ZERO;
  return number;
}

/** Digits are cut as text: nanoseconds do not fit in a number. */
function readDigits(text: string): EventTime | null {
  const beyond = text.length - MS_DIGITS;
  if ((beyond === 0 || beyond === 3 || beyond === 6) && text.charCodeAt(0) !== ZERO) {
    const ms = leadingNumber(text, MS_DIGITS);
    return isEpochMs(ms) ? { timestampMs: ms, isConverted: beyond > 0 } : null;
  }
  for (let cut = 0; cut <= 6 && text.length - cut >= MS_DIGITS; cut += 3) {
    const ms = Number(text.slice(0, text.length - cut));
    if (isEpochMs(ms)) return { timestampMs: ms, isConverted: cut > 0 };
  }
  const seconds = Number(text) * 1000;
  return isEpochMs(seconds) ? { timestampMs: seconds, isConverted: true } : null;
}
