/** Numbers and bytes, one after the other, in as few bytes as they need. */

const FEWEST_BYTES = 256;
/** A call that copies all at once takes as long as copying this many bytes one by one. */
const COPIED_SINGLY = 160;
const [BACKSLASH, LETTER_T, TAB, LINE_END] = [0x5c, 0x74, 0x09, 0x0a];

/** Whole numbers as groups of seven bits, lowest first; the highest bit says that another follows (LEB128). */
export class ByteWriter {
  #bytes: Buffer;
  #n = 0;

  /** `expected`: about how many bytes are written. */
  constructor(expected = FEWEST_BYTES) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(expected, FEWEST_BYTES));
  }

  /** A whole number from 0 to 2^53 - 1. */
  number(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#n++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#n++] = rest;
  }

  /** A whole number of either sign, less than 2^52. */
  signed(value: number): void {
    this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#n++] = value;
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#n);
    this.#n += bytes.length;
  }

  /** The bytes between two offsets. */
  copy(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > COPIED_SINGLY) {
      this.bytes(bytes.subarray(from, to));
      return;
    }
    this.#reserve(to - from);
    const into = this.#bytes;
    let n = this.#n;
    for (let at = from; at < to; at += 1) into[n++] = bytes[at] ?? 0;
    this.#n = n;
  }

  /** Like {@link copy}, of bytes in which tabs and ends of lines are escaped by a backslash. Returns how many bytes it wrote. */
  copyUnescaped(bytes: Uint8Array, from: number, to: number): number {
    this.#reserve(to - from);
    const into = this.#bytes;
    const before = this.#n;
    let n = before;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte !== BACKSLASH) into[n++] = byte;
      else {
        at += 1;
        into[n++] = bytes[at] === LETTER_T ? TAB : LINE_END;
      }
    }
    this.#n = n;
    return n - before;
  }

  /** The text in UTF-8. Returns how many bytes it takes. */
  text(text: string): number {
    // A character of UTF-16 takes three bytes at most.
    this.#reserve(3 * text.length);
    const written = this.#bytes.write(text, this.#n, 'utf8');
    this.#n += written;
    return written;
  }

  /** 32 bits, the highest byte first. */
  word(value: number): void {
    this.#reserve(4);
    const into = this.#bytes;
    const n = this.#n;
    into[n] = value >>> 24;
    into[n + 1] = value >>> 16;
    into[n + 2] = value >>> 8;
    into[n + 3] = value;
    this.#n = n + 4;
  }

  /** Bytes after their number. */
  sized(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.bytes(bytes);
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#n);
  }

  #reserve(bytes: number): void {
    if (this.#n + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#n + bytes));
    grown.set(this.#bytes.subarray(0, this.#n));
    this.#bytes = grown;
  }
}

/** Reads what {@link ByteWriter} wrote. @throws RangeError beyond the end */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(): number {
    let [value, unit] = [0, 1];
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
      unit *= 128;
      if (unit > Number.MAX_SAFE_INTEGER) throw new RangeError('a number is too long');
    }
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new RangeError('the bytes end too early');
    this.#at += 1;
    return byte;
  }

  bytes(n: number): Uint8Array {
    if (this.#at + n > this.#bytes.length) throw new RangeError('the bytes end too early');
    this.#at += n;
    return this.#bytes.subarray(this.#at - n, this.#at);
  }

  sized(): Uint8Array {
    return this.bytes(this.number());
  }

  /** All bytes that are left. */
  rest(): Uint8Array {
    return this.bytes(this.#bytes.length - this.#at);
  }
}
