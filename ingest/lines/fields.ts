/**
 * Finds `Key: value` pairs in a platform line by key, not by position. Real logs separate them by tabs, one or
 * more spaces, newlines or nothing ("12 msBilled Duration"). Runs in linear time: each colon looks back at most
 * {@link MAX_KEY_CHARS} characters.
 */

import { digitsEnd, plainNumber } from '../text/plain-number.ts';

/** Keys that Lambda or extensions print. Order matters only for the suffix match below: longest first. */
export const KNOWN_KEYS = [
  'Billed Restore Duration',
  'Post Runtime Duration',
  'Runtime Version ARN',
  'Initialization Type',
  'Restore Duration',
  'Runtime Duration',
  'Runtime Version',
  'Billed Duration',
  'Max Memory Used',
  'XRAY TraceId',
  'Init Duration',
  'Memory Size',
  'Error Type',
  'SegmentId',
  'ErrorType',
  'RequestId',
  'Duration',
  'Sampled',
  'Version',
  'Status',
  'Events',
  'Phase',
  'Types',
  'State',
  'Name',
] as const;

const KNOWN = new Set<string>(KNOWN_KEYS);
const MAX_KEY_CHARS = 60;
/** Platform lines are short: text after this many characters is not part of their fields. */
const MAX_SCAN_CHARS = 8192;

type KnownKey = (typeof KNOWN_KEYS)[number];

export interface Fields {
  /** The value of a key, without blanks around it; undefined without it. */
  get(key: KnownKey): string | undefined;
  readonly unknownKeys: readonly string[];
  /** A known key occurs again with another value. */
  readonly contradicts: boolean;
}

/** Reads the pairs of `text` from offset `from`. The first occurrence of a key wins. */
export function scanFields(text: string, from: number): Fields {
  const head = text.length > from + MAX_SCAN_CHARS ? text.slice(0, from + MAX_SCAN_CHARS) : text;
  const pairs = new Pairs();
  /** Of the last key; -1 before the first. */
  let start = -1;
  /** Offset after the colon of the last key. */
  let floor = from;
  for (let colon = head.indexOf(':', from); colon !== -1; colon = head.indexOf(':', colon + 1)) {
    const next = keyBefore(head, colon, floor, start !== -1);
    if (next === colon) continue;
    if (start !== -1) pairs.add(head.slice(start, floor - 1), head.slice(floor, next).trim());
    start = next;
    floor = colon + 1;
  }
  if (start !== -1) pairs.add(head.slice(start, floor - 1), head.slice(floor).trim());
  return pairs;
}

const NO_KEYS: readonly string[] = [];

/** A pair with a known key, and the pairs before it. There are as many as keys, most often two: a map takes three times as much. */
interface Pair {
  readonly key: string;
  readonly value: string;
  readonly before: Pair | null;
}

class Pairs implements Fields {
  #last: Pair | null = null;
  #unknownKeys: string[] | null = null;
  contradicts = false;

  get unknownKeys(): readonly string[] {
    return this.#unknownKeys ?? NO_KEYS;
  }

  get(key: string): string | undefined {
    let pair = this.#last;
    while (pair !== null && pair.key !== key) pair = pair.before;
    return pair?.value;
  }

  add(key: string, value: string): void {
    if (!KNOWN.has(key)) {
      this.#unknownKeys ??= [];
      this.#unknownKeys.push(key);
      return;
    }
    const first = this.get(key);
    if (first === undefined) this.#last = { key, value, before: this.#last };
    else if (value !== first) this.contradicts = true;
  }
}

/** Start of the key before the colon; the colon's own offset if there is none. */
function keyBefore(text: string, colon: number, floor: number, afterAnotherKey: boolean): number {
  const keyStart = walkBack(text, colon, floor);
  // "State: Ready Events:" with single spaces: words of the previous value come before the key.
  if (keyStart === colon || !afterAnotherKey || !isBlankBetween(text, floor, keyStart)) return keyStart;
  const candidate = text.slice(keyStart, colon);
  if (KNOWN.has(candidate)) return keyStart;
  const suffix = knownSuffix(candidate);
  return suffix === null ? colon : colon - suffix.length;
}

/** Walks back over capitalised words and single spaces to find the longest possible key. */
function walkBack(text: string, colon: number, floor: number): number {
  const limit = Math.max(floor, colon - MAX_KEY_CHARS);
  let keyStart = colon;
  let end = colon;
  for (;;) {
    let word = end;
    while (word > limit && isLetter(text.charCodeAt(word - 1))) word -= 1;
    if (word === end) return keyStart;
    const glued = gluedUnitLength(text, word, end);
    if (glued > 0) return word + glued;
    if (!isUpper(text.charCodeAt(word)) || (end - word === 2 && text.startsWith('MB', word)) || !opensWord(text, word))
      return keyStart;
    keyStart = word;
    const joined = text.charCodeAt(word - 1) === 32 && word - 1 > limit && isLetter(text.charCodeAt(word - 2));
    if (!joined) return keyStart;
    end = word - 1;
  }
}

/** "msBilled", "MBMax": the unit of the previous value, whose separator was lost. */
function gluedUnitLength(text: string, word: number, end: number): number {
  if (end - word < 4) return 0;
  if (!isUpper(text.charCodeAt(word + 2)) || isUpper(text.charCodeAt(word + 3))) return 0;
  return text.startsWith('ms', word) || text.startsWith('MB', word) ? 2 : 0;
}

/** A word inside "Runtime.ExitError" or "my-Agent" is part of a value. */
function opensWord(text: string, word: number): boolean {
  if (word === 0) return true;
  const before = text.charCodeAt(word - 1);
  return before <= 32 || before === 58 || before === 93 || before === 44 || (before >= 48 && before <= 57);
}

function knownSuffix(candidate: string): string | null {
  return KNOWN_KEYS.find((key) => candidate.endsWith(` ${key}`)) ?? null;
}

/** Whether the text from `from` to `to` is of up to `most` characters, none of them a blank. */
export function isWord(text: string, from: number, to: number, most: number): boolean {
  if (to <= from || to - from > most) return false;
  for (let at = from; at < to; at += 1) if (isBlankAt(text, at)) return false;
  return true;
}

function isBlankBetween(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isBlankAt(text, at)) return false;
  return true;
}

/** Whether a blank in the sense of `\s` stands at the offset. */
function isBlankAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 0x20 ? code === 0x20 || (code >= 9 && code <= 13) : code > 0x7f && text.charAt(at).trim() === '';
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

function isUpper(code: number): boolean {
  return code >= 65 && code <= 90;
}

/** Digits with an optional fraction: the only form of numbers in platform lines. */
const DECIMAL = String.raw`\d{1,30}(?:\.\d{1,9})?`;
/**
 * A decimal number and its unit: all letters that follow, so that no unit is taken for none (`3 seconds.`, `3 light-years`).
 * What follows must not continue the number: `1e5`, `0x10`, `1.2.3` and `1,234` are none.
 */
const QUANTITY = new RegExp(
  String.raw`^(${DECIMAL})(?:\s{0,4}([a-z\u00b5\u03bc]{1,16})(?![a-z\u00b5\u03bc\d])|(?!\s{0,4}[a-z\u00b5\u03bc])(?=$|\s|[,;|)"'\]](?!\d)))`,
  'i',
);
const WHOLE_DECIMAL = new RegExp(`^${DECIMAL}$`);

/** The number that the text is; NaN if it is none. */
export function decimal(text: string): number {
  return WHOLE_DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** Milliseconds in the units that copies of platform lines use. */
const DURATION_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  msec: 1,
  millisecond: 1,
  milliseconds: 1,
  s: 1000,
  sec: 1000,
  secs: 1000,
  second: 1000,
  seconds: 1000,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  microsecond: 1e-3,
  microseconds: 1e-3,
  ns: 1e-6,
  nanosecond: 1e-6,
  nanoseconds: 1e-6,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
};

/** Mebibytes, which Lambda calls MB, in the units that copies of platform lines use. */
const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  MB: 1,
  mb: 1,
  mib: 1,
  megabyte: 1,
  megabytes: 1,
  gb: 1024,
  gib: 1024,
  gigabyte: 1024,
  gigabytes: 1024,
  kb: 1 / 1024,
  kib: 1 / 1024,
};

/** The duration at the start of a value, ms; without a unit in ms. Null if the value is absent, NaN if it is no duration. */
export function leadingDuration(value: string | undefined): number | null {
  return quantityIn(value, DURATION_UNITS);
}

/** The size at the start of a value, MB; without a unit in MB. Null if the value is absent, NaN if it is no size. */
export function leadingSize(value: string | undefined): number | null {
  return quantityIn(value, SIZE_UNITS);
}

function quantityIn(value: string | undefined, units: Readonly<Record<string, number>>): number | null {
  if (value === undefined || value === '') return null;
  const plain = plainQuantity(value, units);
  if (plain !== null) return plain;
  const match = QUANTITY.exec(value);
  const factor = units[match?.[2]?.toLowerCase() ?? ''];
  return match === null || factor === undefined ? Number.NaN : rounded(Number(match[1]) * factor);
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}

/**
 * A number, a blank and a unit that end the value, the usual form: read by its characters, in a third of the time. Null for any other,
 * which must be read by the expression.
 */
function plainQuantity(value: string, units: Readonly<Record<string, number>>): number | null {
  const end = digitsEnd(value, 0);
  const number = plainNumber(value, 0, end);
  if (Number.isNaN(number)) return null;
  if (end === value.length) return number;
  if (value.charCodeAt(end) !== BLANK) return null;
  const factor = units[value.slice(end + 1)];
  if (factor === undefined) return null;
  return factor === 1 ? number : rounded(number * factor);
}

const BLANK = 0x20;

const LONGEST_WORD = 512;

/** The first word of a value; null if it is empty. */
export function firstWord(value: string | undefined): string | null {
  if (value === undefined) return null;
  const most = Math.min(value.length, LONGEST_WORD);
  let end = 0;
  while (end < most && !isBlankAt(value, end)) end += 1;
  return end === 0 ? null : value.slice(0, end);
}

/** `[A, B]`, `[A,B]` or Go's `[A B]`; null without brackets. */
export function bracketList(value: string | undefined): readonly string[] | null {
  if (value === undefined || !value.startsWith('[')) return null;
  const close = value.indexOf(']');
  if (close === -1) return null;
  return value
    .slice(1, close)
    .split(/[\s,]+/)
    .filter((word) => word !== '');
}

/** Replaces literal `\\t` and `\\n`, left by log shippers that escape twice, by tab and newline. */
export function unescapeSeparators(text: string): string {
  return text.includes('\\') ? text.replaceAll('\\t', '\t').replaceAll('\\n', '\n') : text;
}
