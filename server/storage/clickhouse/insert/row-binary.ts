/**
 * Encodes rows in ClickHouse's RowBinary format: little-endian numbers of fixed width, text prefixed with its length as
 * a varint, nullable values prefixed with a byte. Used for the largest tables, since neither side formats or parses
 * text.
 */

const TWO_32 = 2 ** 32;
/** Bytes of the longest varint. */
const LENGTH_BYTES = 5;

export class RowBinary {
  #bytes: Buffer;
  /** View of the same memory; writes numbers several times faster. */
  #view: DataView;
  #at = 0;

  /** `expected`: approximate size, bytes. */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(expected);
    this.#view = viewOf(this.#bytes);
  }

  /** Writes UInt64 or Int64 from an integer of up to 53 bits. */
  int64(value: number): void {
    this.#room(8);
    const high = Math.floor(value / TWO_32);
    this.#view.setUint32(this.#at, value - high * TWO_32, true);
    this.#view.setInt32(this.#at + 4, high, true);
    this.#at += 8;
  }

  uint32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  /** UInt8. */
  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }

  /** Nullable(UInt64) or Nullable(Int64), rounded; NaN is NULL. */
  nullableInt64(value: number): void {
    if (this.#null(Number.isNaN(value))) return;
    this.int64(Math.round(value));
  }

  /** Nullable(UInt32), rounded; NaN is NULL. */
  nullableUint32(value: number): void {
    if (this.#null(Number.isNaN(value))) return;
    this.uint32(Math.min(Math.max(0, Math.round(value)), TWO_32 - 1));
  }

  /** Nullable(UInt8); NaN is NULL. */
  nullableByte(value: number): void {
    if (this.#null(Number.isNaN(value))) return;
    this.byte(value);
  }

  /** String, of bytes as they are. */
  bytes(value: Uint8Array): void {
    this.#length(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  text(value: string): void {
    this.bytes(Buffer.from(value));
  }

  /** Nullable(String). */
  nullableBytes(value: Uint8Array | null): void {
    if (this.#null(value === null) || value === null) return;
    this.bytes(value);
  }

  /** String: the canonical text of the 16 bytes at `from`. */
  uuid(source: Uint8Array, from: number): void {
    this.#length(36);
    this.#room(36);
    const view = this.#view;
    let at = this.#at;
    for (let index = 0; index < 16; index += 1) {
      view.setUint16(at, HEX_PAIRS[source[from + index] ?? 0] ?? 0);
      at += 2;
      if (index === 3 || index === 5 || index === 7 || index === 9) {
        view.setUint8(at, DASH);
        at += 1;
      }
    }
    this.#at = at;
  }

  /** Writes this many NULL columns of any type. */
  nulls(n: number): void {
    this.#room(n);
    this.#bytes.fill(1, this.#at, this.#at + n);
    this.#at += n;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #null(isNull: boolean): boolean {
    this.byte(isNull ? 1 : 0);
    return isNull;
  }

  #length(value: number): void {
    this.#room(LENGTH_BYTES);
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#at] = (rest & 127) | 128;
      this.#at += 1;
      rest >>>= 7;
    }
    this.#bytes[this.#at] = rest;
    this.#at += 1;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const more = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(more, 0, 0, this.#at);
    this.#bytes = more;
    this.#view = viewOf(more);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Hexadecimal digits of each byte. */
const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, byte) =>
  Buffer.from(byte.toString(16).padStart(2, '0')).readUInt16BE(),
);
const DASH = 45;
