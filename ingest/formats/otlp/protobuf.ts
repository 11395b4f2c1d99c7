/**
 * Requests of OTLP in Protocol Buffers: ExportTraceServiceRequest and ExportLogsServiceRequest of opentelemetry-proto 1.x. One reader goes
 * over the body; nothing is copied but texts and ids. Each `case` is the tag of a field: its number times 8, and its wire type.
 */
import protobuf from 'protobufjs/minimal.js';
import type { Json } from '../../documents/json.ts';
import type { OtlpItems, Signal } from './items.ts';
import {
  AttributeCollector,
  epochMs,
  exceptionOf,
  flatAttributes,
  idOf,
  KINDS,
  MOST_LEVELS,
  MOST_LINKS,
  MOST_VALUES,
  SMALLEST_LOG,
  SMALLEST_SPAN,
  STATUS_CODES,
} from './items.ts';

/** Reads a request. @throws RangeError or Error if the bytes are none, or end early */
export function readProtobuf(bytes: Buffer, signal: Signal, items: OtlpItems): void {
  new RequestReader(bytes, signal, items).read();
}

class RequestReader {
  readonly #reader: protobuf.Reader;
  readonly #bytes: Buffer;
  readonly #isTraces: boolean;
  readonly #items: OtlpItems;

  constructor(bytes: Buffer, signal: Signal, items: OtlpItems) {
    this.#reader = protobuf.Reader.create(bytes);
    this.#bytes = bytes;
    this.#isTraces = signal === 'traces';
    this.#items = items;
  }

  read(): void {
    const reader = this.#reader;
    const end = reader.len;
    while (reader.pos < end) {
      const tag = reader.uint32();
      // resource_spans, resource_logs
      if (tag === 0x0a) this.#resourceItems(this.#end(end));
      else this.#skip(tag);
    }
  }

  /** Where the message or text that begins here ends. */
  #end(outer: number): number {
    const length = this.#reader.uint32();
    const end = this.#reader.pos + length;
    if (end > outer) throw new RangeError('a message ends beyond the one that holds it');
    return end;
  }

  #skip(tag: number): void {
    if (tag < 8) throw new RangeError('a field has the number 0');
    this.#reader.skipType(tag & 7);
  }

  #finish(end: number): void {
    if (this.#reader.pos !== end) throw new RangeError('a field ends beyond its message');
  }

  #resourceItems(end: number): void {
    const reader = this.#reader;
    const found: number[] = [];
    let attributes: AttributeCollector | null = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) attributes = this.#resource(this.#end(end));
      else if (tag === 0x12) {
        // The resource may follow its items.
        const own = this.#end(end);
        if (own > reader.pos) found.push(reader.pos, own);
        reader.pos = own;
      } else this.#skip(tag);
    }
    this.#finish(end);
    if (found.length === 0) return;
    this.#items.resource(attributes?.finish() ?? {}, attributes?.left ?? 0);
    for (let at = 0; at < found.length; at += 2) {
      reader.pos = found[at] ?? end;
      this.#scopeItems(found[at + 1] ?? end);
    }
    reader.pos = end;
  }

  #resource(end: number): AttributeCollector {
    const reader = this.#reader;
    const attributes = new AttributeCollector();
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.#attribute(this.#end(end), attributes);
      else this.#skip(tag);
    }
    this.#finish(end);
    return attributes;
  }

  #scopeItems(end: number): void {
    const reader = this.#reader;
    const smallest = this.#isTraces ? SMALLEST_SPAN : SMALLEST_LOG;
    let empty = 0;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag !== 0x12) {
        this.#skip(tag);
        continue;
      }
      const own = this.#end(end);
      if (own - reader.pos < smallest) {
        empty += 1;
        reader.pos = own;
      } else if (this.#isTraces) this.#span(own);
      else this.#log(own);
    }
    this.#finish(end);
    if (empty > 0) this.#items.empty(empty);
  }

  #span(end: number): void {
    const reader = this.#reader;
    const attributes = new AttributeCollector();
    let extra: [string, string][] = [];
    let links = '';
    let [kind, status] = [0, 0];
    let traceId: string | null = null;
    let id: string | null = null;
    let parentId: string | null = null;
    let name = '';
    let startNs: bigint | null = null;
    let endNs: bigint | null = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      switch (tag) {
        case 0x0a:
          traceId = this.#id(end);
          break;
        case 0x12:
          id = this.#id(end);
          break;
        case 0x22:
          parentId = this.#id(end);
          break;
        case 0x2a:
          name = this.#text(end);
          break;
        case 0x30:
          kind = reader.int32();
          break;
        case 0x39:
          startNs = this.#fixed64();
          break;
        case 0x41:
          endNs = this.#fixed64();
          break;
        case 0x4a:
          this.#attribute(this.#end(end), attributes);
          break;
        case 0x5a:
          if (extra.length === 0) extra = this.#exception(this.#end(end));
          else reader.skipType(2);
          break;
        case 0x6a:
          if (links.length < MOST_LINKS * ID_CHARS) links = this.#link(this.#end(end), links);
          else reader.skipType(2);
          break;
        case 0x7a:
          status = this.#status(this.#end(end));
          break;
        default:
          this.#skip(tag);
      }
    }
    this.#finish(end);
    if (links !== '') extra.push(['span.links', links]);
    this.#items.span({
      traceId,
      id,
      parentId,
      name,
      kind: KINDS[kind] ?? '',
      startNs,
      endNs,
      status: STATUS_CODES[status] ?? 'UNSET',
      attributes: flatAttributes(attributes.finish(), extra),
      attributesLeft: attributes.left,
    });
  }

  /** Type and message of an exception that a span recorded as an event; nothing for another event. */
  #exception(end: number): [string, string][] {
    const reader = this.#reader;
    const attributes = new AttributeCollector();
    let name = '';
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x12) name = this.#text(end);
      else if (tag === 0x1a) this.#attribute(this.#end(end), attributes);
      else this.#skip(tag);
    }
    this.#finish(end);
    return exceptionOf(name, attributes.finish());
  }

  /** The ids of traces before this link, and its own. */
  #link(end: number, before: string): string {
    const reader = this.#reader;
    let traceId: string | null = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) traceId = this.#id(end);
      else this.#skip(tag);
    }
    this.#finish(end);
    return traceId === null ? before : before === '' ? traceId : `${before},${traceId}`;
  }

  #status(end: number): number {
    const reader = this.#reader;
    let code = 0;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x18) code = reader.int32();
      else this.#skip(tag);
    }
    this.#finish(end);
    return code;
  }

  #log(end: number): void {
    const reader = this.#reader;
    const attributes = new AttributeCollector();
    let sentNs: bigint | null = null;
    let observedNs: bigint | null = null;
    let severityNumber = 0;
    let [severityText, traceId, spanId] = ['', '', ''];
    let body: unknown = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      switch (tag) {
        case 0x09:
          sentNs = this.#fixed64();
          break;
        case 0x10:
          severityNumber = reader.int32();
          break;
        case 0x1a:
          severityText = this.#text(end);
          break;
        case 0x2a:
          body = this.#any(this.#end(end), 0);
          break;
        case 0x32:
          this.#attribute(this.#end(end), attributes);
          break;
        case 0x4a:
          traceId = this.#id(end) ?? '';
          break;
        case 0x52:
          spanId = this.#id(end) ?? '';
          break;
        case 0x59:
          observedNs = this.#fixed64();
          break;
        default:
          this.#skip(tag);
      }
    }
    this.#finish(end);
    this.#items.log({
      timestampMs: epochMs(sentNs) ?? epochMs(observedNs),
      severityNumber,
      severityText,
      body,
      attributes: attributes.finish(),
      traceId,
      spanId,
    });
  }

  #attribute(end: number, attributes: AttributeCollector): void {
    if (attributes.takes()) this.#pair(end, 0, attributes);
    else this.#reader.pos = end;
  }

  #pair(end: number, level: number, into: AttributeCollector): void {
    const reader = this.#reader;
    let key = '';
    let value: unknown = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) key = this.#text(end);
      else if (tag === 0x12) value = this.#any(this.#end(end), level);
      else this.#skip(tag);
    }
    this.#finish(end);
    into.add(key, value);
  }

  /** A value; null if there is none, or if it is nested deeper than is read. */
  #any(end: number, level: number): unknown {
    const reader = this.#reader;
    if (level > MOST_LEVELS) {
      reader.pos = end;
      return null;
    }
    let value: unknown = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      switch (tag) {
        case 0x0a:
          value = this.#text(end);
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
          value = this.#list(this.#end(end), level + 1);
          break;
        case 0x32:
          value = this.#map(this.#end(end), level + 1);
          break;
        case 0x3a:
          value = this.#base64(end);
          break;
        default:
          this.#skip(tag);
      }
    }
    this.#finish(end);
    return value;
  }

  #list(end: number, level: number): readonly unknown[] {
    const reader = this.#reader;
    const values: unknown[] = [];
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a && values.length < MOST_VALUES) values.push(this.#any(this.#end(end), level));
      else this.#skip(tag);
    }
    this.#finish(end);
    return values;
  }

  #map(end: number, level: number): Json {
    const reader = this.#reader;
    const entries = new AttributeCollector();
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a && entries.takes()) this.#pair(this.#end(end), level, entries);
      else this.#skip(tag);
    }
    this.#finish(end);
    return entries.finish();
  }

  #text(outer: number): string {
    const end = this.#end(outer);
    const text = this.#bytes.toString('utf8', this.#reader.pos, end);
    this.#reader.pos = end;
    return text;
  }

  #base64(outer: number): string {
    const end = this.#end(outer);
    const text = this.#bytes.toString('base64', this.#reader.pos, end);
    this.#reader.pos = end;
    return text;
  }

  #id(outer: number): string | null {
    const end = this.#end(outer);
    const id = this.#bytes.toString('hex', this.#reader.pos, Math.min(end, this.#reader.pos + MOST_ID_BYTES));
    this.#reader.pos = end;
    return idOf(id);
  }

  /** Null for 0, which is no time. */
  #fixed64(): bigint | null {
    const reader = this.#reader;
    if (reader.pos + 8 > reader.len) throw new RangeError('the body ends in a number');
    const ns = this.#bytes.readBigUInt64LE(reader.pos);
    reader.pos += 8;
    return ns === 0n ? null : ns;
  }
}

/** Of an id that is too long, so much is read that it stays too long. */
const MOST_ID_BYTES = 32;
/** Characters of the id of a trace, with a comma. */
const ID_CHARS = 33;

/** A safe integer as a number, any other as its digits. */
function integerOf(value: number | { toString(): string }): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Numbers that JSON does not have as the texts that OTLP's JSON has for them. */
function doubleOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
