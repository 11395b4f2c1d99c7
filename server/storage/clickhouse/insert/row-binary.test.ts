/** Tests RowBinary against ClickHouse's documentation, with a reader that shares no code with the writer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../../test/support/law.ts';
import { RowBinary } from './row-binary.ts';

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64LE(this.#at - 8);
  }

  uint32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  byte(): number {
    this.#at += 1;
    return this.#bytes.readUInt8(this.#at - 1);
  }

  string(): Buffer {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  nullable<T>(read: () => T): T | null {
    return this.byte() === 1 ? null : read();
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

const uuidBytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

test('rows round-trip, for values of any length and any initial buffer size', () => {
  law(
    fc.property(
      fc.array(
        fc.record({
          whole: fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }),
          small: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
          byte: fc.integer({ min: 0, max: 255 }),
          text: fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 120, maxLength: 300 })),
          bytes: fc.option(fc.uint8Array()),
          maybe: fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 2 ** 40, noNaN: true })),
          uuid: uuidBytes,
          nulls: fc.nat(5),
        }),
        { maxLength: 20 },
      ),
      fc.nat(64),
      (rows, room) => {
        const writer = new RowBinary(room);
        for (const row of rows) {
          writer.int64(row.whole);
          writer.uint32(row.small);
          writer.byte(row.byte);
          writer.text(row.text);
          writer.nullableBytes(row.bytes);
          writer.nullableInt64(row.maybe);
          writer.nullableUint32(row.maybe);
          writer.uuid(row.uuid, 0);
          writer.nulls(row.nulls);
        }
        const reader = new Reader(writer.finish());
        for (const row of rows) {
          expect(reader.int64()).toBe(BigInt(row.whole));
          expect(reader.uint32()).toBe(row.small);
          expect(reader.byte()).toBe(row.byte);
          expect(reader.string()).toEqual(Buffer.from(row.text));
          expect(reader.nullable(() => reader.string())).toEqual(row.bytes === null ? null : Buffer.from(row.bytes));
          const isNull = Number.isNaN(row.maybe);
          expect(reader.nullable(() => reader.int64())).toBe(isNull ? null : BigInt(Math.round(row.maybe)));
          expect(reader.nullable(() => reader.uint32())).toBe(
            isNull ? null : Math.min(Math.round(row.maybe), 2 ** 32 - 1),
          );
          const hex = Buffer.from(row.uuid).toString('hex');
          const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
          expect(reader.string().toString()).toBe(uuid);
          for (let n = 0; n < row.nulls; n += 1) expect(reader.byte()).toBe(1);
        }
        expect(reader.isAtEnd).toBe(true);
      },
    ),
  );
});

test('text lengths at the limits of varint sizes round-trip', () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 70_000]) {
    const writer = new RowBinary(1);
    writer.bytes(Buffer.alloc(length, 7));
    const reader = new Reader(writer.finish());
    expect(reader.string().length).toBe(length);
    expect(reader.isAtEnd).toBe(true);
  }
});
