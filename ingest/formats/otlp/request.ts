/** Requests of OTLP/HTTP: spans become trace segments, log records events of the streams that their resources name. */
import { exactText } from '../../documents/exact-json.ts';
import type { Json } from '../../documents/json.ts';
import { isObject, jsonText } from '../../documents/json.ts';
import type { OtlpLogRecord } from '../../documents/otlp-log.ts';
import { lineOf } from '../../documents/otlp-log.ts';
import type { OtlpPlace } from '../../documents/otlp-resource.ts';
import { placeOfResource } from '../../documents/otlp-resource.ts';
import type { SpanResource } from '../../documents/spans.ts';
import { segmentOfSpan, spanResource } from '../../documents/spans.ts';
import { isEpochMs } from '../../records/time.ts';
import type { TraceSegment } from '../../records/trace-segment.ts';
import type { MeasuredJson } from '../../text/json-limits.ts';
import { measuredJson } from '../../text/json-limits.ts';
import { parseJsonText } from '../../text/json-syntax.ts';
import type { KnownMembers } from '../../text/known-members.ts';
import { parseKnownMembers } from '../../text/known-members.ts';
import { EventStreams } from '../event-streams.ts';
import type { BodyLimit } from '../limits.ts';
import type { ParsedUpload, UploadedRecord } from '../parsed-upload.ts';
import { identityText } from '../parsed-upload.ts';
import { ProblemList } from '../problem-list.ts';
import type { OtlpItems, OtlpSpan, Signal } from './items.ts';
import { flatAttributes, NONE } from './items.ts';
import { OTLP_NAMES, readJsonRequest } from './json.ts';
import { readProtobuf } from './protobuf.ts';

export type Encoding = 'protobuf' | 'json';

export type OtlpRead =
  | { readonly ok: true; readonly upload: ParsedUpload }
  | { readonly ok: false; readonly message: string; readonly limit?: BodyLimit };

/** Reads the body of a request. What of it cannot be read becomes a problem; a body that is no request is refused as a whole. */
export function readOtlp(body: Buffer, signal: Signal, encoding: Encoding): OtlpRead {
  const items = new UploadOf(body.length);
  if (encoding === 'protobuf') {
    try {
      readProtobuf(body, signal, items);
    } catch {
      return { ok: false, message: `body: expected ${MESSAGES[signal]} in Protocol Buffers; it is cut or damaged` };
    }
    return { ok: true, upload: items.finish() };
  }
  const text = body.toString('utf8');
  const measured = measuredJson(text);
  const { excess } = measured;
  if (excess !== null) return { ok: false, message: `body: ${excess.message}`, limit: excess.limit };
  const exact = exactText(text, measured);
  const json = exact === null ? undefined : parseRequest(exact.text, measured);
  if (!isObject(json?.value)) return { ok: false, message: `body: expected ${MESSAGES[signal]} in JSON` };
  const wrong = readJsonRequest(json.value, json.whole, signal, items);
  if (wrong !== null)
    return { ok: false, message: `${wrong}: expected ${wrong.endsWith('[]') ? 'objects' : 'a list'}` };
  return { ok: true, upload: items.finish() };
}

/** Of a request with objects of many shapes only the members are parsed that are read. */
function parseRequest(text: string, { hasManyShapes }: MeasuredJson): KnownMembers | undefined {
  if (hasManyShapes) return parseKnownMembers(text, OTLP_NAMES, NO_NAMES);
  const value = parseJsonText(text);
  return value === undefined ? undefined : { value, whole: null };
}

const NO_NAMES: ReadonlySet<string> = new Set();

const MESSAGES = { traces: 'an ExportTraceServiceRequest', logs: 'an ExportLogsServiceRequest' } as const;

/**
 * Each span is stored with the attributes of its resource. So that a large resource is not stored millions of times, they may take so many
 * characters of a request, and so many more for each byte of it; of spans beyond, they are left out and counted.
 */
const SHARED_CHARS = 65_536;
const SHARED_CHARS_PER_BYTE = 4;

interface SharedAttributes {
  readonly resource: SpanResource;
  /** Of a span that the attributes are left out of. */
  readonly without: SpanResource;
  readonly chars: number;
}

function sharedOf(attributes: Json, left: number): SharedAttributes {
  const flat = flatAttributes(attributes, []);
  return {
    resource: spanResource(flat, left),
    without: spanResource(null, left + Object.keys(flat).length),
    chars: jsonText(flat).length,
  };
}

class UploadOf implements OtlpItems {
  readonly #problems = new ProblemList();
  readonly #streams = new EventStreams(this.#problems);
  readonly #records: UploadedRecord[] = [];
  #sharedChars: number;
  /** The resource of the items that follow; what is made of it is made for the first of them. */
  #attributes: Json = NONE;
  #attributesLeft = 0;
  #shared: SharedAttributes | null = null;
  #place: OtlpPlace | null = null;
  /** Segments of the resource that name no function, and the function that another one names. */
  #unnamed: TraceSegment[] = [];
  #arn: string | null = null;

  constructor(bodyBytes: number) {
    this.#sharedChars = SHARED_CHARS + SHARED_CHARS_PER_BYTE * bodyBytes;
  }

  resource(attributes: Json, left: number): void {
    this.#closeResource();
    this.#attributes = attributes;
    this.#attributesLeft = left;
    this.#shared = null;
    this.#place = null;
  }

  span(span: OtlpSpan): void {
    this.#shared ??= sharedOf(this.#attributes, this.#attributesLeft);
    const { chars } = this.#shared;
    const isShared = this.#sharedChars >= chars;
    if (isShared) this.#sharedChars -= chars;
    const resource = isShared ? this.#shared.resource : this.#shared.without;
    const result = segmentOfSpan(span, resource);
    if (!result.ok) {
      this.#problems.push({ reason: result.reason, text: () => spanText(span, resource.attributes) });
      return;
    }
    const { segment } = result;
    if (segment.resourceArn === null) this.#unnamed.push(segment);
    else {
      this.#arn ??= segment.resourceArn;
      this.#add(segment);
    }
    if (segment.notRead !== null)
      this.#problems.push({
        reason: 'trace-document-shortened',
        text: () => spanText(span, null),
        detail: segment.notRead,
      });
  }

  withoutId(text: () => string): void {
    this.#problems.push({ reason: 'span-without-id', text });
  }

  log(record: OtlpLogRecord): void {
    const { timestampMs } = record;
    if (timestampMs === null || !isEpochMs(timestampMs)) {
      this.#problems.push({ reason: 'otlp-log-without-time', text: () => jsonText(record) });
      return;
    }
    const { body, attributes } = record;
    if ((body === null || body === '') && attributes === NONE) {
      this.empty(1);
      return;
    }
    const message = lineOf(record, timestampMs);
    this.#place ??= placeOfResource(this.#attributes);
    if (this.#place.logGroup === '') {
      this.#problems.push({
        reason: 'otlp-function-not-named',
        text: () => JSON.stringify({ timestamp: timestampMs, message }),
      });
      return;
    }
    this.#streams.add(this.#place, { id: '', timestampMs, message });
  }

  empty(n: number): void {
    this.#problems.push({ reason: 'otlp-item-empty', text: '', n });
  }

  finish(): ParsedUpload {
    this.#closeResource();
    return {
      streams: this.#streams.finish(),
      records: this.#records,
      unreadable: this.#problems.finish(),
      ignored: [],
    };
  }

  /** Spans of one resource are of one function: those inside of an invocation do not name it. */
  #closeResource(): void {
    const arn = this.#arn;
    for (const record of this.#unnamed) this.#add(arn === null ? record : { ...record, resourceArn: arn });
    this.#unnamed = [];
    this.#arn = null;
  }

  #add(record: TraceSegment): void {
    this.#records.push({ record, text: identityText });
  }
}

/** The span in the form of the log group `aws/spans`, which a replay reads. */
function spanText({ traceId, id, parentId, startNs, endNs, ...span }: OtlpSpan, resource: Json | null): string {
  return jsonText({
    traceId: traceId ?? undefined,
    spanId: id ?? undefined,
    parentSpanId: parentId ?? undefined,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: startNs === null ? undefined : String(startNs),
    endTimeUnixNano: endNs === null ? undefined : String(endNs),
    status: { code: span.status },
    attributes: span.attributes,
    ...(resource === null ? {} : { resource: { attributes: resource } }),
  });
}
