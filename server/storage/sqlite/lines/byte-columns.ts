/** Numbers and bytes, one after the other, in as few bytes as they need. */

const FEWEST_BYTES = 256;

/** Whole numbers as groups of seven bits, lowest first; the highest bit says that another follows (LEB128). */
export class ByteWriter {
  #bytes = new Uint8Array(FEWEST_BYTES);
  #n = 0;

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
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#n + bytes));
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
