/**
 * Parses START, END and REPORT in Lambda's current format straight from the bytes of a JSON string, without making text.
 * These three are nearly all input. Other formats are left to {@link parsePlatformLine}, and both must give equal results.
 */

import type { ByteText, Literal } from './byte-words.ts';
import { has, isDigit, isUuid, literal } from './byte-words.ts';
import { isPossiblePlain } from './possible.ts';

/** Fields of a short REPORT (without status, restore or trace). Durations in ms, sizes in MB; NaN if there was no init. */
export const PLAIN = { durationMs: 0, billedMs: 1, memoryMb: 2, maxMemoryMb: 3, initMs: 4 } as const;
export const REPORT_FIELDS = 5;

const END_HEAD = literal('"END RequestId: ');
const START_HEAD = literal('"START RequestId: ');
const REPORT_HEAD = literal('"REPORT RequestId: ');
const VERSION = literal(' Version: ');
const DURATION = literal('\\tDuration: ');
const BILLED = literal(' ms\\tBilled Duration: ');
const MEMORY = literal(' ms\\tMemory Size: ');
const MAX_MEMORY = literal(' MB\\tMax Memory Used: ');
const INIT = literal(' MB\\tInit Duration: ');
const TAIL = literal('\\t\\n"');
const MB = literal(' MB');
const MS = literal(' ms');
const NEWLINE_END = literal('\\n"');
const UUID_CHARS = 36;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Integers of up to 15 digits are exact in a double, and so is one division by a power of ten. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, digits) => 10 ** digits);

/** Offset of the request id from the opening quote of the line's string. */
export const START_ID = START_HEAD.length;
export const REPORT_ID = REPORT_HEAD.length;

/** The offset after the END line whose string starts at `at`, or -1. */
export function endLine(text: ByteText, at: number): number {
  if (!has(text, at, END_HEAD)) return -1;
  const after = at + END_HEAD.length + UUID_CHARS;
  return isUuid(text, after - UUID_CHARS) && has(text, after, NEWLINE_END) ? after + NEWLINE_END.length : -1;
}

/** The offset after the START line whose string starts at `at`, or -1. */
export function startLine(text: ByteText, at: number): number {
  const { bytes } = text;
  if (!has(text, at, START_HEAD)) return -1;
  const after = at + START_HEAD.length + UUID_CHARS;
  if (!isUuid(text, after - UUID_CHARS) || !has(text, after, VERSION)) return -1;
  let end = after + VERSION.length;
  while (isVersion(bytes[end] ?? 0)) end += 1;
  const chars = end - after - VERSION.length;
  return chars > 0 && chars <= 64 && has(text, end, NEWLINE_END) ? end + NEWLINE_END.length : -1;
}

/** The version in the START line between `at` and `end`. Returns `known` itself if it is equal, which saves a string. */
export function versionOf(bytes: Uint8Array, at: number, end: number, known: string): string {
  const from = at + START_HEAD.length + UUID_CHARS + VERSION.length;
  const chars = end - NEWLINE_END.length - from;
  let same = 0;
  while (same < chars && known.charCodeAt(same) === bytes[from + same]) same += 1;
  return same === chars && known.length === chars ? known : String.fromCharCode(...bytes.subarray(from, from + chars));
}

/** Parses the REPORT line at `at` into {@link REPORT_FIELDS} numbers from index `into`. Returns the offset after it, or -1. */
export function reportLine(text: ByteText, at: number, numbers: Float64Array, into: number): number {
  if (!has(text, at, REPORT_HEAD)) return -1;
  const after = at + REPORT_HEAD.length + UUID_CHARS;
  if (!isUuid(text, after - UUID_CHARS)) return -1;
  const cursor = new Cursor(text, after);
  numbers[into + PLAIN.durationMs] = cursor.number(DURATION);
  numbers[into + PLAIN.billedMs] = cursor.number(BILLED);
  numbers[into + PLAIN.memoryMb] = cursor.integer(MEMORY);
  numbers[into + PLAIN.maxMemoryMb] = cursor.integer(MAX_MEMORY);
  const cold = !cursor.failed && has(text, cursor.at, INIT);
  numbers[into + PLAIN.initMs] = cold ? cursor.number(INIT) : Number.NaN;
  cursor.take(cold ? MS : MB);
  cursor.take(TAIL);
  return cursor.failed || !isPossible(numbers, into) ? -1 : cursor.at;
}

function isPossible(numbers: Float64Array, from: number): boolean {
  return isPossiblePlain(
    numbers[from + PLAIN.durationMs] ?? Number.NaN,
    numbers[from + PLAIN.billedMs] ?? Number.NaN,
    numbers[from + PLAIN.memoryMb] ?? Number.NaN,
    numbers[from + PLAIN.maxMemoryMb] ?? Number.NaN,
    numbers[from + PLAIN.initMs] ?? Number.NaN,
  );
}

/** Number of tabs and newlines in a REPORT line that {@link reportLine} parsed. */
export function reportEscapes(numbers: Float64Array, from: number): number {
  return Number.isNaN(numbers[from + PLAIN.initMs] ?? Number.NaN) ? 6 : 7;
}

/** The offset after the JSON string at `at`, or -1 if no complete string starts there. */
export function stringEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return -1;
  for (let end = at + 1; end < bytes.length; end += 1) {
    if (bytes[end] === QUOTE) return end + 1;
    if (bytes[end] === BACKSLASH) end += 1;
  }
  return -1;
}

class Cursor {
  readonly #text: ByteText;
  readonly #bytes: Uint8Array;
  at: number;
  failed = false;

  constructor(text: ByteText, at: number) {
    this.#text = text;
    this.#bytes = text.bytes;
    this.at = at;
  }

  take(wanted: Literal): void {
    if (has(this.#text, this.at, wanted)) this.at += wanted.length;
    else this.failed = true;
  }

  integer(label: Literal): number {
    this.take(label);
    const from = this.at;
    const value = this.#digits(0);
    if (this.at === from || this.at - from > 9) this.failed = true;
    return value;
  }

  /** Parses digits with an optional fraction, rounded as Number() rounds text. */
  number(label: Literal): number {
    this.take(label);
    const from = this.at;
    const whole = this.#digits(0);
    if (this.at === from) this.failed = true;
    const digits = this.at - from;
    if (this.#bytes[this.at] !== 0x2e) {
      if (digits > EXACT_DIGITS) this.failed = true;
      return whole;
    }
    this.at += 1;
    const point = this.at;
    const all = this.#digits(whole);
    const decimals = this.at - point;
    if (decimals === 0 || decimals > 9 || digits + decimals > EXACT_DIGITS) this.failed = true;
    return all / (POWERS[decimals] ?? Number.NaN);
  }

  #digits(before: number): number {
    let value = before;
    for (;;) {
      const byte = this.#bytes[this.at] ?? 0;
      if (!isDigit(byte)) return value;
      value = value * 10 + (byte - 0x30);
      this.at += 1;
    }
  }
}

function isVersion(byte: number): boolean {
  return (
    isDigit(byte) ||
    byte === 0x24 ||
    byte === 0x5f ||
    byte === 0x2d ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a)
  );
}
