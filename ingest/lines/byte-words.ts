/** Compares and reads ASCII four bytes at a time. All offsets are from the start of the text; no word reaches past its end. */

/** Bytes, and a view of the same bytes that reads words. */
export interface ByteText {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** A text that others are compared with. */
export interface Literal {
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Its whole words. */
  readonly words: Int32Array;
  /** Its last four bytes, which may overlap the last whole word. */
  readonly last: number;
}

const WORD_BYTES = 4;
const UUID_CHARS = 36;
const DASH = 0x2d;
/** What makes a dash a zero, which is a hex digit. */
const DASH_TO_ZERO = 0x1d;
/** The highest bit of each byte. */
const HIGH_BITS = 0x80808080 | 0;

export function byteText(bytes: Uint8Array): ByteText {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

export function literal(text: string): Literal {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const { length } = bytes;
  const { view } = byteText(bytes);
  const words = Int32Array.from({ length: Math.floor(length / WORD_BYTES) }, (_, at) =>
    view.getInt32(at * WORD_BYTES, true),
  );
  return { length, bytes, words, last: length < WORD_BYTES ? 0 : view.getInt32(length - WORD_BYTES, true) };
}

/** Whether the bytes at `at` are `wanted`. */
export function has({ bytes, view }: ByteText, at: number, wanted: Literal): boolean {
  const { length, words } = wanted;
  if (at + length > bytes.length) return false;
  if (length < WORD_BYTES) {
    for (let index = 0; index < length; index += 1) if (bytes[at + index] !== wanted.bytes[index]) return false;
    return true;
  }
  for (let index = 0; index < words.length; index += 1)
    if (view.getInt32(at + index * WORD_BYTES, true) !== words[index]) return false;
  return view.getInt32(at + length - WORD_BYTES, true) === wanted.last;
}

/** Whether a byte is an ASCII digit. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** The offset after the digits at `at`. */
export function digitsEnd({ bytes, view }: ByteText, at: number): number {
  let end = at;
  while (end + WORD_BYTES <= bytes.length && areDigits(view.getInt32(end, true))) end += WORD_BYTES;
  while (isDigit(bytes[end] ?? 0)) end += 1;
  return end;
}

/** The number that 13 digits at `at` are, as times in epoch ms have until the year 2286; -1 if they are not digits. */
export function thirteenDigits({ bytes, view }: ByteText, at: number): number {
  if (at + 13 > bytes.length) return -1;
  const high = view.getInt32(at, true);
  const middle = view.getInt32(at + 4, true);
  const low = view.getInt32(at + 8, true);
  const last = bytes[at + 12] ?? 0;
  if (!areDigits(high) || !areDigits(middle) || !areDigits(low) || !isDigit(last)) return -1;
  return numberOf(high) * 1e9 + numberOf(middle) * 1e5 + numberOf(low) * 10 + (last - 0x30);
}

/** Whether a UUID in lower case is at `at`. */
export function isUuid({ bytes, view }: ByteText, at: number): boolean {
  if (at + UUID_CHARS > bytes.length) return false;
  // Four of the nine words have a dash: 00000000-0000-0000-0000-000000000000.
  const a = view.getInt32(at + 8, true);
  const b = view.getInt32(at + 12, true);
  const c = view.getInt32(at + 16, true);
  const d = view.getInt32(at + 20, true);
  if ((a & 0xff) !== DASH || ((b >>> 8) & 0xff) !== DASH || ((c >>> 16) & 0xff) !== DASH || d >>> 24 !== DASH)
    return false;
  const marks =
    hexMarks(view.getInt32(at, true)) &
    hexMarks(view.getInt32(at + 4, true)) &
    hexMarks(a ^ DASH_TO_ZERO) &
    hexMarks(b ^ (DASH_TO_ZERO << 8)) &
    hexMarks(c ^ (DASH_TO_ZERO << 16)) &
    hexMarks(d ^ (DASH_TO_ZERO << 24)) &
    hexMarks(view.getInt32(at + 24, true)) &
    hexMarks(view.getInt32(at + 28, true)) &
    hexMarks(view.getInt32(at + 32, true));
  return marks === HIGH_BITS;
}

/** Whether the UUIDs at two offsets are the same text. */
export function sameUuid({ view }: ByteText, a: number, b: number): boolean {
  for (let at = 0; at < UUID_CHARS; at += WORD_BYTES)
    if (view.getInt32(a + at, true) !== view.getInt32(b + at, true)) return false;
  return true;
}

/** Writes the 16 bytes that a UUID at `from` stands for. {@link isUuid} must hold. */
export function copyUuid({ view }: ByteText, from: number, target: Uint8Array, offset: number): void {
  putHex(target, offset, view.getInt32(from, true));
  putHex(target, offset + 2, view.getInt32(from + 4, true));
  putHex(target, offset + 4, view.getInt32(from + 9, true));
  putHex(target, offset + 6, view.getInt32(from + 14, true));
  putHex(target, offset + 8, view.getInt32(from + 19, true));
  putHex(target, offset + 10, view.getInt32(from + 24, true));
  putHex(target, offset + 12, view.getInt32(from + 28, true));
  putHex(target, offset + 14, view.getInt32(from + 32, true));
}

/** Writes the two bytes that four hex digits stand for. */
function putHex(target: Uint8Array, offset: number, word: number): void {
  // A letter is 9 above the value of its last four bits.
  const digits = (word & 0x0f0f0f0f) + ((word >>> 6) & 0x01010101) * 9;
  target[offset] = ((digits & 0x0f) << 4) | ((digits >>> 8) & 0x0f);
  target[offset + 1] = (((digits >>> 16) & 0x0f) << 4) | (digits >>> 24);
}

/** The highest bit of each byte that is one of 0-9 and a-f. */
function hexMarks(word: number): number {
  const low = word & 0x7f7f7f7f;
  // Each addition carries into the highest bit from 0x30, 0x3a, 0x61 and 0x67 on.
  const isNumeral = (low + 0x50505050) & ~(low + 0x46464646);
  const isLetter = (low + 0x1f1f1f1f) & ~(low + 0x19191919);
  return (isNumeral | isLetter) & ~word & HIGH_BITS;
}

function areDigits(word: number): boolean {
  return (word & 0xf0f0f0f0) === 0x30303030 && ((word + 0x06060606) & 0xf0f0f0f0) === 0x30303030;
}

/** The number that four digits are, the first in the lowest byte. */
function numberOf(word: number): number {
  const digits = word & 0x0f0f0f0f;
  const pairs = (digits * 10 + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}
