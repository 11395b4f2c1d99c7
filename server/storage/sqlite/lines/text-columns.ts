/**
 * Takes ids and times out of the text of log lines. Hexadecimal digits of ids are random: as text, each takes half a byte when it is
 * compressed and most of the time of compression; here an id takes its bytes once, and a byte where it occurs again soon. Times are written as
 * differences. Everything else stays text, with one byte in place of what was taken out.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../ingest/records/time.ts';
import { ByteReader, ByteWriter } from './byte-columns.ts';
import { RecentIds } from './recent-ids.ts';

/** Bytes of the text that stand for something else. A text that has them is written with ESCAPE before each. */
const MARK = { uuid: 1, trace: 2, hex: 3, time: 4, epochMs: 5, escape: 6 } as const;
const LAST_MARK = MARK.escape;

const HYPHEN = 0x2d;
const [ZERO, NINE, ONE] = [0x30, 0x39, 0x31];
const UUID_CHARS = 36;
const TRACE_CHARS = 35;
const TIME_CHARS = 24;
const EPOCH_CHARS = 13;
/** Where the digits of ids begin, four each. */
const UUID_DIGITS = Uint8Array.of(0, 4, 9, 14, 19, 24, 28, 32);
const TRACE_DIGITS = Uint8Array.of(2, 6, 11, 15, 19, 23, 27, 31);
/** Shorter runs of hexadecimal digits are numbers and words. */
const [FEWEST_HEX, MOST_HEX] = [16, 64];

/** Value of a lower-case hexadecimal digit; 16 for other bytes. */
const NIBBLE = new Uint8Array(256).fill(16);
/** Letters and digits of ASCII: an id does not begin or end within a word. */
const IS_WORD = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const isDigit = byte >= ZERO && byte <= NINE;
  if (isDigit) NIBBLE[byte] = byte - ZERO;
  if (byte >= 0x61 && byte <= 0x66) NIBBLE[byte] = byte - 0x57;
  if (isDigit || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f) IS_WORD[byte] = 1;
}
/** What a byte begins: nothing, what is escaped, a word, or a word that may be an id. */
const [BETWEEN, ESCAPED, WORD, HEX] = [0, 1, 2, 3];
const CLASS = Uint8Array.from(IS_WORD, (isWord, byte) => {
  if (byte > 0 && byte <= LAST_MARK) return ESCAPED;
  if (isWord === 0) return BETWEEN;
  return (NIBBLE[byte] ?? 16) < 16 ? HEX : WORD;
});
const DIGITS = Buffer.from('0123456789abcdef');

export interface TextColumns {
  readonly text: Uint8Array;
  /** By id: 0 for a new one, otherwise one more than its place among the recent ones. Of other hexadecimal digits their number. */
  readonly places: Uint8Array;
  readonly times: Uint8Array;
  /** Bytes of new ids. */
  readonly ids: Uint8Array;
}

/** Takes ids and times out of a text in UTF-8. */
export function takeColumns(from: Uint8Array): TextColumns {
  const { length } = from;
  const [text, places, times, ids] = [new ByteWriter(length), new ByteWriter(), new ByteWriter(), new ByteWriter()];
  const recent = new RecentIds();
  const clock = new Clock();
  let done = 0;
  const mark = (at: number, end: number, kind: number): void => {
    text.copy(from, done, at);
    text.byte(kind);
    done = end;
  };
  for (let at = 0; at < length; ) {
    const kind = CLASS[from[at] ?? 0];
    if (kind === BETWEEN) {
      at += 1;
      continue;
    }
    if (kind === ESCAPED) {
      mark(at, at, MARK.escape);
      at += 1;
      continue;
    }
    // A word begins here; what is taken out is one, or several with hyphens.
    let end = at;
    if (kind === HEX) {
      const run = hexRun(from, at);
      if (run === 8 && from[at + 8] === HYPHEN && isUuid(from, at, recent.next)) {
        end = at + UUID_CHARS;
        mark(at, end, MARK.uuid);
        places.byte(recent.write(ids));
      } else if (run === 1 && from[at] === ONE && from[at + 1] === HYPHEN && isTrace(from, at, recent.next)) {
        end = at + TRACE_CHARS;
        mark(at, end, MARK.trace);
        places.byte(recent.write(ids));
      } else if (run === 4 && from[at + 4] === HYPHEN && clock.reads(from, at)) {
        end = at + TIME_CHARS;
        mark(at, end, MARK.time);
        times.signed(clock.difference());
      } else if (run === EPOCH_CHARS && from[at] === ONE && clock.readsNumber(from, at)) {
        end = at + EPOCH_CHARS;
        mark(at, end, MARK.epochMs);
        times.signed(clock.difference());
      } else if (run >= FEWEST_HEX && run <= MOST_HEX && run % 2 === 0 && IS_WORD[from[at + run] ?? 0] === 0) {
        end = at + run;
        mark(at, end, MARK.hex);
        places.byte(run);
        writeHex(from, at, run, ids);
      } else end = at + run;
    }
    at = end;
    while (IS_WORD[from[at] ?? 0] === 1) at += 1;
  }
  text.copy(from, done, length);
  return { text: text.finish(), places: places.finish(), times: times.finish(), ids: ids.finish() };
}

/** Reverses {@link takeColumns}; `length` is that of its text. @throws RangeError for other columns */
export function putColumns({ text, places, times, ids }: TextColumns, length: number): Buffer {
  const into = Buffer.allocUnsafe(length);
  const [place, time, id] = [new ByteReader(places), new ByteReader(times), new ByteReader(ids)];
  const recent = new RecentIds();
  const clock = new Clock();
  const marks = /[\x01-\x06]/g;
  const from = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  const latin = from.toString('latin1');
  let [at, done] = [0, 0];
  const room = (bytes: number): number => {
    at += bytes;
    if (at > length) throw new RangeError('the text is too long');
    return at - bytes;
  };
  for (let match = marks.exec(latin); match !== null; match = marks.exec(latin)) {
    from.copy(into, room(match.index - done), done, match.index);
    done = match.index + 1;
    switch (from[match.index]) {
      case MARK.uuid:
        recent.read(place.byte(), id, into, room(UUID_CHARS), UUID);
        break;
      case MARK.trace: {
        const start = room(TRACE_CHARS);
        into[start] = ONE;
        recent.read(place.byte(), id, into, start + 1, TRACE);
        break;
      }
      case MARK.hex: {
        const chars = place.byte();
        putHex(id.bytes(chars / 2), into, room(chars));
        break;
      }
      case MARK.time:
        clock.moves(time.signed());
        clock.puts(into, room(TIME_CHARS));
        break;
      case MARK.epochMs:
        clock.moves(time.signed());
        into.write(String(clock.ms), room(EPOCH_CHARS), EPOCH_CHARS, 'latin1');
        break;
      default:
        // The byte that is escaped is text.
        from.copy(into, room(1), done, done + 1);
        done += 1;
        marks.lastIndex = done;
    }
  }
  from.copy(into, room(from.length - done), done);
  if (at !== length) throw new RangeError('the text is too short');
  return into;
}

/** Offsets of hyphens, by kind of id, and its characters. */
const UUID = { hyphens: [8, 13, 18, 23], chars: UUID_CHARS } as const;
const TRACE = { hyphens: [0, 9], chars: TRACE_CHARS - 1 } as const;

function hexRun(from: Uint8Array, start: number): number {
  let at = start;
  while ((NIBBLE[from[at] ?? 0] ?? 16) < 16) at += 1;
  return at - start;
}

/** Is it a UUID? Its bytes are `id`, then. */
function isUuid(from: Uint8Array, at: number, id: Int32Array): boolean {
  if (from[at + 13] !== HYPHEN || from[at + 18] !== HYPHEN || from[at + 23] !== HYPHEN) return false;
  return isId(from, at, UUID_DIGITS, id) && IS_WORD[from[at + UUID_CHARS] ?? 0] === 0;
}

/** `1-`, 8 digits, `-` and 24 digits. Their bytes are `id`, then. */
function isTrace(from: Uint8Array, at: number, id: Int32Array): boolean {
  return from[at + 10] === HYPHEN && isId(from, at, TRACE_DIGITS, id) && IS_WORD[from[at + TRACE_CHARS] ?? 0] === 0;
}

/** Reads an id of eight times four digits at the offsets from `at`. False if they are none. */
function isId(from: Uint8Array, at: number, offsets: Uint8Array, id: Int32Array): boolean {
  for (let n = 0; n < id.length; n += 1) {
    const high = fourDigits(from, at + (offsets[2 * n] ?? 0));
    const low = fourDigits(from, at + (offsets[2 * n + 1] ?? 0));
    if (high === -1 || low === -1) return false;
    id[n] = (high << 16) | low;
  }
  return true;
}

/** The value of four hexadecimal digits; -1 if they are none. */
function fourDigits(from: Uint8Array, at: number): number {
  const a = NIBBLE[from[at] ?? 0] ?? 16;
  const b = NIBBLE[from[at + 1] ?? 0] ?? 16;
  const c = NIBBLE[from[at + 2] ?? 0] ?? 16;
  const d = NIBBLE[from[at + 3] ?? 0] ?? 16;
  return ((a | b | c | d) & 16) === 0 ? (a << 12) | (b << 8) | (c << 4) | d : -1;
}

function writeHex(from: Uint8Array, at: number, chars: number, to: ByteWriter): void {
  for (let n = at; n < at + chars; n += 2)
    to.byte(((NIBBLE[from[n] ?? 0] ?? 0) << 4) | (NIBBLE[from[n + 1] ?? 0] ?? 0));
}

function putHex(bytes: Uint8Array, into: Buffer, start: number): void {
  let at = start;
  for (const byte of bytes) {
    into[at] = DIGITS[byte >> 4] ?? 0;
    into[at + 1] = DIGITS[byte & 15] ?? 0;
    at += 2;
  }
}

/** Times of a text, each as the difference to the one before. */
class Clock {
  ms = 0;
  #nextMs = 0;
  #day = '';
  #dayMs = Number.NaN;

  /** Reads a time such as 2026-11-20T10:00:00.000Z. False if it is none, or would be written differently. */
  reads(from: Uint8Array, at: number): boolean {
    const isForm =
      from[at + 7] === HYPHEN &&
      from[at + 10] === 0x54 &&
      from[at + 13] === 0x3a &&
      from[at + 16] === 0x3a &&
      from[at + 19] === 0x2e &&
      from[at + 23] === 0x5a &&
      IS_WORD[from[at + TIME_CHARS] ?? 0] === 0;
    if (!isForm) return false;
    const hour = digits(from, at + 11, 2);
    const [minute, second, ms] = [digits(from, at + 14, 2), digits(from, at + 17, 2), digits(from, at + 20, 3)];
    if (!(hour < 24 && minute < 60 && second < 60 && ms < SECOND_MS)) return false;
    const dayMs = this.#dayOf(from, at);
    if (Number.isNaN(dayMs)) return false;
    this.#nextMs = dayMs + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + ms;
    return true;
  }

  /** Reads a number of 13 digits. False where a word goes on behind it. */
  readsNumber(from: Uint8Array, at: number): boolean {
    this.#nextMs = digits(from, at, EPOCH_CHARS);
    return !Number.isNaN(this.#nextMs) && IS_WORD[from[at + EPOCH_CHARS] ?? 0] === 0;
  }

  /** Of the time that was read to the one before. */
  difference(): number {
    const difference = this.#nextMs - this.ms;
    this.ms = this.#nextMs;
    return difference;
  }

  moves(difference: number): void {
    this.ms += difference;
  }

  puts(into: Buffer, at: number): void {
    const dayMs = Math.floor(this.ms / DAY_MS) * DAY_MS;
    if (dayMs !== this.#dayMs) {
      this.#dayMs = dayMs;
      this.#day = new Date(dayMs).toISOString();
    }
    into.write(this.#day, at, TIME_CHARS, 'latin1');
    const rest = this.ms - dayMs;
    putDigits(into, at + 11, 2, Math.floor(rest / HOUR_MS));
    putDigits(into, at + 14, 2, Math.floor(rest / MINUTE_MS) % 60);
    putDigits(into, at + 17, 2, Math.floor(rest / SECOND_MS) % 60);
    putDigits(into, at + 20, 3, rest % SECOND_MS);
  }

  /** NaN for a day that there is not. */
  #dayOf(from: Uint8Array, at: number): number {
    for (let n = 0; n < 10; n += 1)
      if (this.#day.charCodeAt(n) !== from[at + n]) {
        const day = Buffer.from(from.buffer, from.byteOffset + at, 10).toString('latin1');
        const ms = Date.parse(`${day}T00:00:00.000Z`);
        if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day) return Number.NaN;
        this.#day = day;
        this.#dayMs = ms;
        return ms;
      }
    return this.#dayMs;
  }
}

/** NaN unless all are digits. */
function digits(from: Uint8Array, at: number, n: number): number {
  let value = 0;
  for (let k = at; k < at + n; k += 1) {
    const digit = (from[k] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

function putDigits(into: Buffer, at: number, n: number, value: number): void {
  let rest = value;
  for (let k = at + n - 1; k >= at; k -= 1) {
    into[k] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
