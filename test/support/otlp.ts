/** Requests of OTLP, written field by field as trace.proto and logs.proto number them, and the same in JSON. */
import { double, fixed64, part, text } from './otel-record.ts';

export type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value };
export type Values = Readonly<Record<string, Value>>;

export interface TestSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  readonly attributes?: Values;
  readonly status?: number;
  readonly events?: readonly { readonly name: string; readonly attributes: Values }[];
  readonly links?: readonly string[];
}

export interface TestLog {
  readonly timeNs?: bigint;
  readonly observedNs?: bigint;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: Value;
  readonly attributes?: Values;
  readonly traceId?: string;
  readonly spanId?: string;
}

const hex = (field: number, id: string | undefined): Uint8Array =>
  id === undefined ? new Uint8Array() : part(field, Buffer.from(id, 'hex'));

/** Of a small number, which takes one byte. */
const varint = (field: number, value: number): Uint8Array => Uint8Array.from([field * 8, value]);

function protoValue(value: Value): Uint8Array {
  if (typeof value === 'string') return text(1, value);
  if (typeof value === 'boolean') return varint(2, value ? 1 : 0);
  if (typeof value === 'number') return Number.isInteger(value) && value < 128 ? varint(3, value) : double(4, value);
  if (Array.isArray(value)) return part(5, ...value.map((one: Value) => part(1, protoValue(one))));
  return part(6, ...protoPairs(1, value as Values));
}

function protoPairs(field: number, values: Values = {}): readonly Uint8Array[] {
  return Object.entries(values).map(([key, value]) => part(field, text(1, key), part(2, protoValue(value))));
}

function jsonValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) && value < 128 ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((one: Value) => jsonValue(one)) } };
  return { kvlistValue: { values: jsonPairs(value as Values) } };
}

function jsonPairs(values: Values = {}): readonly object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: jsonValue(value) }));
}

export function protoSpan(span: TestSpan): Uint8Array {
  return part(
    2,
    hex(1, span.traceId),
    hex(2, span.spanId),
    hex(4, span.parentSpanId),
    text(5, span.name ?? ''),
    varint(6, span.kind ?? 0),
    fixed64(7, span.startNs ?? 0n),
    fixed64(8, span.endNs ?? 0n),
    ...protoPairs(9, span.attributes),
    ...(span.events ?? []).map(({ name, attributes }) => part(11, text(2, name), ...protoPairs(3, attributes))),
    ...(span.links ?? []).map((link) => part(13, hex(1, link))),
    part(15, varint(3, span.status ?? 0)),
  );
}

function protoLog(log: TestLog): Uint8Array {
  return part(
    2,
    fixed64(1, log.timeNs ?? 0n),
    varint(2, log.severityNumber ?? 0),
    text(3, log.severityText ?? ''),
    log.body === undefined ? new Uint8Array() : part(5, protoValue(log.body)),
    ...protoPairs(6, log.attributes),
    hex(9, log.traceId),
    hex(10, log.spanId),
    fixed64(11, log.observedNs ?? 0n),
  );
}

/** A resource with its items, one scope. */
export function protoResource(resource: Values, ...items: readonly Uint8Array[]): Uint8Array {
  return part(1, part(1, ...protoPairs(1, resource)), part(2, ...items));
}

export interface Request {
  readonly protobuf: Buffer;
  readonly json: Buffer;
}

export function tracesRequest(resource: Values, ...spans: readonly TestSpan[]): Request {
  const json = spans.map(({ startNs, endNs, attributes, events, links, status, ...span }) => ({
    ...span,
    ...(startNs === undefined ? {} : { startTimeUnixNano: String(startNs) }),
    ...(endNs === undefined ? {} : { endTimeUnixNano: String(endNs) }),
    attributes: jsonPairs(attributes),
    events: (events ?? []).map((event) => ({ name: event.name, attributes: jsonPairs(event.attributes) })),
    links: (links ?? []).map((traceId) => ({ traceId })),
    ...(status === undefined ? {} : { status: { code: status } }),
  }));
  return {
    protobuf: Buffer.from(protoResource(resource, ...spans.map(protoSpan))),
    json: jsonRequest('resourceSpans', 'scopeSpans', resource, { spans: json }),
  };
}

export function logsRequest(resource: Values, ...logs: readonly TestLog[]): Request {
  const json = logs.map(({ timeNs, observedNs, body, attributes, ...log }) => ({
    ...log,
    ...(timeNs === undefined ? {} : { timeUnixNano: String(timeNs) }),
    ...(observedNs === undefined ? {} : { observedTimeUnixNano: String(observedNs) }),
    ...(body === undefined ? {} : { body: jsonValue(body) }),
    attributes: jsonPairs(attributes),
  }));
  return {
    protobuf: Buffer.from(protoResource(resource, ...logs.map(protoLog))),
    json: jsonRequest('resourceLogs', 'scopeLogs', resource, { logRecords: json }),
  };
}

function jsonRequest(resources: string, scopes: string, resource: Values, items: object): Buffer {
  const request = { [resources]: [{ resource: { attributes: jsonPairs(resource) }, [scopes]: [items] }] };
  return Buffer.from(JSON.stringify(request));
}
