/** Reads values and attributes of opentelemetry-proto (common.proto) where a reader stands in a message. */
import protobuf from 'protobufjs/minimal.js';
import type { Json } from '../../documents/json.ts';
import { AttributeCollector, idOf, MOST_LEVELS, MOST_VALUES } from './items.ts';

export class MessageReader {
  readonly reader: protobuf.Reader;
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.reader = protobuf.Reader.create(bytes);
    this.bytes = bytes;
  }

  /** Where the message or text that begins here ends. */
  end(outer: number): number {
    const length = this.reader.uint32();
    const end = this.reader.pos + length;
    if (end > outer) throw new RangeError('a message ends beyond the one that holds it');
    return end;
  }

  skip(tag: number): void {
    if (tag < 8) throw new RangeError('a field has the number 0');
    this.reader.skipType(tag & 7);
  }

  finish(end: number): void {
    if (this.reader.pos !== end) throw new RangeError('a field ends beyond its message');
  }

  attribute(end: number, attributes: AttributeCollector): void {
    if (attributes.takes()) this.pair(end, 0, attributes);
    else this.reader.pos = end;
  }

  pair(end: number, level: number, into: AttributeCollector): void {
    const reader = this.reader;
    let key = '';
    let value: unknown = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) key = this.text(end);
      else if (tag === 0x12) value = this.any(this.end(end), level);
      else this.skip(tag);
    }
    this.finish(end);
    into.add(key, value);
  }

  /** A value; null if there is none, or if it is nested deeper than is read. */
  any(end: number, level: number): unknown {
    const reader = this.reader;
    if (level > MOST_LEVELS) {
      reader.pos = end;
      return null;
    }
    let value: unknown = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      switch (tag) {
        case 0x0a:
          value = this.text(end);
          break;
        case 0x10:
          value = reader.bool();
          break;
        case 0x18:
          value = integerOf(reader.int64());
          break;
        case 0x21:
          value = doubleOf(reader.double());
          break;
        case 0x2a:
          value = this.list(this.end(end), level + 1);
          break;
        case 0x32:
          value = this.map(this.end(end), level + 1);
          break;
        case 0x3a:
          value = this.base64(end);
          break;
        default:
          this.skip(tag);
      }
    }
    this.finish(end);
    return value;
  }

  list(end: number, level: number): readonly unknown[] {
    const reader = this.reader;
    const values: unknown[] = [];
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a && values.length < MOST_VALUES) values.push(this.any(this.end(end), level));
      else this.skip(tag);
    }
    this.finish(end);
    return values;
  }

  map(end: number, level: number): Json {
    const reader = this.reader;
    const entries = new AttributeCollector();
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a && entries.takes()) this.pair(this.end(end), level, entries);
      else this.skip(tag);
    }
    this.finish(end);
    return entries.finish();
  }

  text(outer: number): string {
    const end = this.end(outer);
    const text = this.bytes.toString('utf8', this.reader.pos, end);
    this.reader.pos = end;
    return text;
  }

  base64(outer: number): string {
    const end = this.end(outer);
    const text = this.bytes.toString('base64', this.reader.pos, end);
    this.reader.pos = end;
    return text;
  }

  id(outer: number): string | null {
    const end = this.end(outer);
    const id = this.bytes.toString('hex', this.reader.pos, Math.min(end, this.reader.pos + MOST_ID_BYTES));
    this.reader.pos = end;
    return idOf(id);
  }

  /** Null for 0, which is no time. */
  fixed64(): bigint | null {
    const reader = this.reader;
    if (reader.pos + 8 > reader.len) throw new RangeError('the body ends in a number');
    const ns = this.bytes.readBigUInt64LE(reader.pos);
    reader.pos += 8;
    return ns === 0n ? null : ns;
  }
}

/** Of an id that is too long, so much is read that it stays too long. */
const MOST_ID_BYTES = 32;

/** A safe integer as a number, any other as its digits. */
function integerOf(value: number | { toString(): string }): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Numbers that JSON does not have as the texts that OTLP's JSON has for them. */
function doubleOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
