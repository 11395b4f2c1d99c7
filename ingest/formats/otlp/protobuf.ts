/**
 * Requests of OTLP in Protocol Buffers: ExportTraceServiceRequest and ExportLogsServiceRequest of opentelemetry-proto 1.x. One reader goes
 * over the body; nothing is copied but texts and ids. Each `case` is the tag of a field: its number times 8, and its wire type.
 */
import type { OtlpItems, Signal } from './items.ts';
import {
  AttributeCollector,
  epochMs,
  exceptionOf,
  flatAttributes,
  KINDS,
  MOST_LINKS,
  SMALLEST_LOG,
  SMALLEST_SPAN,
  STATUS_CODES,
} from './items.ts';
import { MessageReader } from './message-reader.ts';

/** Characters of the id of a trace, with a comma. */
const ID_CHARS = 33;

/** Reads a request. @throws RangeError or Error if the bytes are none, or end early */
export function readProtobuf(bytes: Buffer, signal: Signal, items: OtlpItems): void {
  new RequestReader(bytes, signal, items).read();
}

class RequestReader extends MessageReader {
  readonly #isTraces: boolean;
  readonly #items: OtlpItems;

  constructor(bytes: Buffer, signal: Signal, items: OtlpItems) {
    super(bytes);
    this.#isTraces = signal === 'traces';
    this.#items = items;
  }

  read(): void {
    const reader = this.reader;
    const end = reader.len;
    while (reader.pos < end) {
      const tag = reader.uint32();
      // resource_spans, resource_logs
      if (tag === 0x0a) this.#resourceItems(this.end(end));
      else this.skip(tag);
    }
  }

  #resourceItems(end: number): void {
    const reader = this.reader;
    const found: number[] = [];
    let attributes: AttributeCollector | null = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) attributes = this.#resource(this.end(end));
      else if (tag === 0x12) {
        // The resource may follow its items.
        const own = this.end(end);
        if (own > reader.pos) found.push(reader.pos, own);
        reader.pos = own;
      } else this.skip(tag);
    }
    this.finish(end);
    if (found.length === 0) return;
    this.#items.resource(attributes?.finish() ?? {}, attributes?.left ?? 0);
    for (let at = 0; at < found.length; at += 2) {
      reader.pos = found[at] ?? end;
      this.#scopeItems(found[at + 1] ?? end);
    }
    reader.pos = end;
  }

  #resource(end: number): AttributeCollector {
    const reader = this.reader;
    const attributes = new AttributeCollector();
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.attribute(this.end(end), attributes);
      else this.skip(tag);
    }
    this.finish(end);
    return attributes;
  }

  #scopeItems(end: number): void {
    const reader = this.reader;
    const smallest = this.#isTraces ? SMALLEST_SPAN : SMALLEST_LOG;
    let empty = 0;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag !== 0x12) {
        this.skip(tag);
        continue;
      }
      const own = this.end(end);
      if (own - reader.pos < smallest) {
        empty += 1;
        reader.pos = own;
      } else if (this.#isTraces) this.#span(own);
      else this.#log(own);
    }
    this.finish(end);
    if (empty > 0) this.#items.empty(empty);
  }

  #span(end: number): void {
    const reader = this.reader;
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
          traceId = this.id(end);
          break;
        case 0x12:
          id = this.id(end);
          break;
        case 0x22:
          parentId = this.id(end);
          break;
        case 0x2a:
          name = this.text(end);
          break;
        case 0x30:
          kind = reader.int32();
          break;
        case 0x39:
          startNs = this.fixed64();
          break;
        case 0x41:
          endNs = this.fixed64();
          break;
        case 0x4a:
          this.attribute(this.end(end), attributes);
          break;
        case 0x5a:
          if (extra.length === 0) extra = this.#exception(this.end(end));
          else reader.skipType(2);
          break;
        case 0x6a:
          if (links.length < MOST_LINKS * ID_CHARS) links = this.#link(this.end(end), links);
          else reader.skipType(2);
          break;
        case 0x7a:
          status = this.#status(this.end(end));
          break;
        default:
          this.skip(tag);
      }
    }
    this.finish(end);
    if (traceId === null || id === null) {
      this.#items.withoutId(() => JSON.stringify({ traceId, spanId: id, name }));
      return;
    }
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
    const reader = this.reader;
    const attributes = new AttributeCollector();
    let name = '';
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x12) name = this.text(end);
      else if (tag === 0x1a) this.attribute(this.end(end), attributes);
      else this.skip(tag);
    }
    this.finish(end);
    return exceptionOf(name, attributes.finish());
  }

  /** The ids of traces before this link, and its own. */
  #link(end: number, before: string): string {
    const reader = this.reader;
    let traceId: string | null = null;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x0a) traceId = this.id(end);
      else this.skip(tag);
    }
    this.finish(end);
    return traceId === null ? before : before === '' ? traceId : `${before},${traceId}`;
  }

  #status(end: number): number {
    const reader = this.reader;
    let code = 0;
    while (reader.pos < end) {
      const tag = reader.uint32();
      if (tag === 0x18) code = reader.int32();
      else this.skip(tag);
    }
    this.finish(end);
    return code;
  }

  #log(end: number): void {
    const reader = this.reader;
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
          sentNs = this.fixed64();
          break;
        case 0x10:
          severityNumber = reader.int32();
          break;
        case 0x1a:
          severityText = this.text(end);
          break;
        case 0x2a:
          body = this.any(this.end(end), 0);
          break;
        case 0x32:
          this.attribute(this.end(end), attributes);
          break;
        case 0x4a:
          traceId = this.id(end) ?? '';
          break;
        case 0x52:
          spanId = this.id(end) ?? '';
          break;
        case 0x59:
          observedNs = this.fixed64();
          break;
        default:
          this.skip(tag);
      }
    }
    this.finish(end);
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
}
