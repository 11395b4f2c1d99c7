/**
 * Requests of OTLP in Protocol Buffers: ExportTraceServiceRequest and ExportLogsServiceRequest of opentelemetry-proto 1.x. One reader goes
 * over the body; nothing is copied but texts and ids.
 */
import protobuf from 'protobufjs/minimal.js';
import type { Json } from '../../documents/json.ts';
import type { OtlpItems, OtlpSpan, Signal } from './items.ts';
import {
  AttributeCollector,
  epochMs,
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

const VARINT = 0;
const BIT_64 = 1;
const LENGTH_DELIMITED = 2;

/** Fields by message. */
const FIELD = {
  request: { resources: 1 },
  resourceItems: { resource: 1, scopes: 2 },
  resource: { attributes: 1 },
  scopeItems: { items: 2 },
  span: {
    traceId: 1,
    spanId: 2,
    parentSpanId: 4,
    name: 5,
    kind: 6,
    start: 7,
    end: 8,
    attributes: 9,
    events: 11,
    links: 13,
    status: 15,
  },
  event: { name: 2, attributes: 3 },
  link: { traceId: 1 },
  status: { code: 3 },
  log: {
    time: 1,
    severityNumber: 2,
    severityText: 3,
    body: 5,
    attributes: 6,
    traceId: 9,
    spanId: 10,
    observed: 11,
  },
  pair: { key: 1, value: 2 },
  any: { text: 1, bool: 2, int: 3, double: 4, list: 5, map: 6, bytes: 7 },
  values: { values: 1 },
} as const;

/** Reads a request. @throws RangeError or Error if the bytes are none, or end early */
export function readProtobuf(bytes: Buffer, signal: Signal, items: OtlpItems): void {
  new RequestReader(bytes, signal, items).read();
}

class RequestReader {
  readonly #reader: protobuf.Reader;
  readonly #bytes: Buffer;
  readonly #signal: Signal;
  readonly #items: OtlpItems;

  constructor(bytes: Buffer, signal: Signal, items: OtlpItems) {
    this.#reader = protobuf.Reader.create(bytes);
    this.#bytes = bytes;
    this.#signal = signal;
    this.#items = items;
  }

  read(): void {
    this.#each(this.#reader.len, (field, type, end) => {
      if (field !== FIELD.request.resources || type !== LENGTH_DELIMITED) return false;
      this.#resourceItems(this.#end(end));
      return true;
    });
  }

  /** Calls `take` for each field up to `end`; what it does not take is skipped. */
  #each(end: number, take: (field: number, type: number, end: number) => boolean): void {
    const reader = this.#reader;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag >>> 3 === 0) throw new RangeError('a field has the number 0');
      if (!take(tag >>> 3, tag & 7, end)) reader.skipType(tag & 7);
    }
    if (reader.pos !== end) throw new RangeError('a field ends beyond its message');
  }

  /** Where the message or text that begins here ends. */
  #end(outer: number): number {
    const length = this.#reader.uint32();
    const end = this.#reader.pos + length;
    if (end > outer) throw new RangeError('a message ends beyond the one that holds it');
    return end;
  }

  #resourceItems(end: number): void {
    const { resource, scopes } = FIELD.resourceItems;
    const reader = this.#reader;
    const found: [from: number, to: number][] = [];
    let attributes = new AttributeCollector();
    this.#each(end, (field, type) => {
      if (type !== LENGTH_DELIMITED || (field !== resource && field !== scopes)) return false;
      const own = this.#end(end);
      if (field === resource) attributes = this.#resource(own);
      // The resource may follow its items.
      else found.push([reader.pos, own]);
      reader.pos = own;
      return true;
    });
    if (found.length === 0) return;
    this.#items.resource(attributes.finish(), attributes.left);
    for (const [from, to] of found) {
      reader.pos = from;
      this.#scopeItems(to);
    }
    reader.pos = end;
  }

  #resource(end: number): AttributeCollector {
    const attributes = new AttributeCollector();
    this.#each(end, (field, type) => {
      if (field !== FIELD.resource.attributes || type !== LENGTH_DELIMITED) return false;
      this.#pair(this.#end(end), attributes);
      return true;
    });
    return attributes;
  }

  #scopeItems(end: number): void {
    const reader = this.#reader;
    const isTraces = this.#signal === 'traces';
    const smallest = isTraces ? SMALLEST_SPAN : SMALLEST_LOG;
    let empty = 0;
    this.#each(end, (field, type) => {
      if (field !== FIELD.scopeItems.items || type !== LENGTH_DELIMITED) return false;
      const own = this.#end(end);
      if (own - reader.pos < smallest) {
        empty += 1;
        reader.pos = own;
      } else if (isTraces) this.#span(own);
      else this.#log(own);
      return true;
    });
    if (empty > 0) this.#items.empty(empty);
  }

  #span(end: number): void {
    const own = FIELD.span;
    const attributes = new AttributeCollector();
    const extra: (readonly [string, string])[] = [];
    const links: string[] = [];
    const span: { -readonly [K in 'traceId' | 'id' | 'parentId' | 'name' | 'startNs' | 'endNs']: OtlpSpan[K] } = {
      traceId: null,
      id: null,
      parentId: null,
      name: '',
      startNs: null,
      endNs: null,
    };
    let [kind, status] = [0, 0];
    this.#each(end, (field, type) => {
      if (type === LENGTH_DELIMITED) {
        if (field === own.traceId) span.traceId = this.#id(end);
        else if (field === own.spanId) span.id = this.#id(end);
        else if (field === own.parentSpanId) span.parentId = this.#id(end);
        else if (field === own.name) span.name = this.#text(end);
        else if (field === own.attributes) this.#pair(this.#end(end), attributes);
        else if (field === own.events && extra.length === 0) this.#exception(this.#end(end), extra);
        else if (field === own.links && links.length < MOST_LINKS) this.#link(this.#end(end), links);
        else if (field === own.status) status = this.#status(this.#end(end));
        else return false;
        return true;
      }
      if (type === BIT_64 && field === own.start) span.startNs = this.#fixed64();
      else if (type === BIT_64 && field === own.end) span.endNs = this.#fixed64();
      else if (type === VARINT && field === own.kind) kind = this.#reader.int32();
      else return false;
      return true;
    });
    if (links.length > 0) extra.push(['span.links', links.join(',')]);
    this.#items.span({
      ...span,
      kind: KINDS[kind] ?? '',
      status: STATUS_CODES[status] ?? 'UNSET',
      attributes: flatAttributes(attributes.finish(), extra),
      attributesLeft: attributes.left,
    });
  }

  /** Type and message of an exception that a span recorded as an event. */
  #exception(end: number, extra: (readonly [string, string])[]): void {
    const attributes = new AttributeCollector();
    let name = '';
    this.#each(end, (field, type) => {
      if (type !== LENGTH_DELIMITED) return false;
      if (field === FIELD.event.name) name = this.#text(end);
      else if (field === FIELD.event.attributes) this.#pair(this.#end(end), attributes);
      else return false;
      return true;
    });
    extra.push(...exceptionOf(name, attributes.finish()));
  }

  #link(end: number, links: string[]): void {
    this.#each(end, (field, type) => {
      if (field !== FIELD.link.traceId || type !== LENGTH_DELIMITED) return false;
      const traceId = this.#id(end);
      if (traceId !== null) links.push(traceId);
      return true;
    });
  }

  #status(end: number): number {
    let code = 0;
    this.#each(end, (field, type) => {
      if (field !== FIELD.status.code || type !== VARINT) return false;
      code = this.#reader.int32();
      return true;
    });
    return code;
  }

  #log(end: number): void {
    const own = FIELD.log;
    const attributes = new AttributeCollector();
    const times: { sent: bigint | null; observed: bigint | null } = { sent: null, observed: null };
    let severityNumber = 0;
    let [severityText, traceId, spanId] = ['', '', ''];
    let body: unknown = null;
    this.#each(end, (field, type) => {
      if (type === LENGTH_DELIMITED) {
        if (field === own.severityText) severityText = this.#text(end);
        else if (field === own.body) body = this.#any(this.#end(end), 0);
        else if (field === own.attributes) this.#pair(this.#end(end), attributes);
        else if (field === own.traceId) traceId = this.#id(end) ?? '';
        else if (field === own.spanId) spanId = this.#id(end) ?? '';
        else return false;
        return true;
      }
      if (type === BIT_64 && field === own.time) times.sent = this.#fixed64();
      else if (type === BIT_64 && field === own.observed) times.observed = this.#fixed64();
      else if (type === VARINT && field === own.severityNumber) severityNumber = this.#reader.int32();
      else return false;
      return true;
    });
    this.#items.log({
      timestampMs: epochMs(times.sent) ?? epochMs(times.observed),
      severityNumber,
      severityText,
      body,
      attributes: attributes.finish(),
      traceId,
      spanId,
    });
  }

  #pair(end: number, attributes: AttributeCollector): void {
    if (!attributes.takes()) {
      this.#reader.pos = end;
      return;
    }
    this.#keyValue(end, 0, (key, value) => attributes.add(key, value));
  }

  #keyValue(end: number, level: number, add: (key: string, value: unknown) => void): void {
    let key = '';
    let value: unknown = null;
    this.#each(end, (field, type) => {
      if (type !== LENGTH_DELIMITED) return false;
      if (field === FIELD.pair.key) key = this.#text(end);
      else if (field === FIELD.pair.value) value = this.#any(this.#end(end), level);
      else return false;
      return true;
    });
    add(key, value);
  }

  /** A value; null if there is none, or if it is nested deeper than is read. */
  #any(end: number, level: number): unknown {
    const own = FIELD.any;
    const reader = this.#reader;
    let value: unknown = null;
    if (level > MOST_LEVELS) {
      reader.pos = end;
      return null;
    }
    this.#each(end, (field, type) => {
      if (type === LENGTH_DELIMITED) {
        if (field === own.text) value = this.#text(end);
        else if (field === own.list) value = this.#list(this.#end(end), level + 1);
        else if (field === own.map) value = this.#map(this.#end(end), level + 1);
        else if (field === own.bytes) value = this.#slice(end).toString('base64');
        else return false;
        return true;
      }
      if (type === VARINT && field === own.bool) value = reader.bool();
      else if (type === VARINT && field === own.int) value = integerOf(reader.int64());
      else if (type === BIT_64 && field === own.double) value = doubleOf(reader.double());
      else return false;
      return true;
    });
    return value;
  }

  #list(end: number, level: number): readonly unknown[] {
    const values: unknown[] = [];
    this.#each(end, (field, type) => {
      if (field !== FIELD.values.values || type !== LENGTH_DELIMITED || values.length >= MOST_VALUES) return false;
      values.push(this.#any(this.#end(end), level));
      return true;
    });
    return values;
  }

  #map(end: number, level: number): Json {
    const entries: [string, unknown][] = [];
    this.#each(end, (field, type) => {
      if (field !== FIELD.values.values || type !== LENGTH_DELIMITED || entries.length >= MOST_VALUES) return false;
      this.#keyValue(this.#end(end), level, (key, value) => entries.push([key, value]));
      return true;
    });
    return Object.fromEntries(entries);
  }

  #slice(outer: number): Buffer {
    const end = this.#end(outer);
    const slice = this.#bytes.subarray(this.#reader.pos, end);
    this.#reader.pos = end;
    return slice;
  }

  #text(outer: number): string {
    const end = this.#end(outer);
    const text = this.#bytes.toString('utf8', this.#reader.pos, end);
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
    const low = this.#reader.fixed32();
    const ns = (BigInt(this.#reader.fixed32()) << 32n) + BigInt(low);
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

/** Attributes for an event of a span, if it is an exception. */
export function exceptionOf(name: string, attributes: Json): readonly (readonly [string, string])[] {
  if (name !== 'exception') return [];
  return ['exception.type', 'exception.message'].flatMap((key) => {
    const value = attributes[key];
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : [];
  });
}
