/**
 * Reads spans with OpenTelemetry's names: those of the log group `aws/spans` (Transaction Search), in flat maps with nanoseconds as JSON
 * numbers above 2^53, and those that exporters send (OTLP).
 */
import { functionArn } from '../records/arn.ts';
import type { DocumentProblem, DocumentResult } from '../records/telemetry-record.ts';
import type { TraceSegment } from '../records/trace-segment.ts';
import { parseJsonExact } from './exact-json.ts';
import type { Json } from './json.ts';
import { numberAt, objectAt, textAt } from './json.ts';
import { isLongId, xrayTraceId } from './trace-id.ts';
import type { Flat } from './xray.ts';
import { leftOf, readFlat } from './xray.ts';

/** What a span states, whatever it was written in. */
export interface SpanParts {
  readonly traceId: string | null;
  readonly id: string | null;
  readonly parentId: string | null;
  readonly name: string | null;
  /** In capitals: SERVER, CLIENT, PRODUCER, CONSUMER or INTERNAL; null if it is not stated. */
  readonly kind: string | null;
  readonly startNs: bigint | null;
  readonly endNs: bigint | null;
  /** OK, ERROR or UNSET, perhaps with the prefix STATUS_CODE_; null if it is not stated. */
  readonly status: string | null;
  readonly attributes: Json | null;
  /** Attributes that were not read. */
  readonly attributesLeft: number;
}

/** Reads the JSON of a span. */
export function readSpanText(text: string): DocumentResult {
  const json = parseJsonExact(text);
  return json === null ? { ok: false, reason: 'document-not-json' } : readSpan(json.value, json.beyond);
}

/** `members`: those of the document that were not parsed. */
export function readSpan(document: Json, members = 0): DocumentResult {
  const startNs = nanoseconds(document['startTimeUnixNano']);
  const durationNs = nanoseconds(document['durationNano']);
  const endNs = nanoseconds(document['endTimeUnixNano']);
  const parts: SpanParts = {
    traceId: textAt(document, 'traceId'),
    id: textAt(document, 'spanId'),
    parentId: textAt(document, 'parentSpanId'),
    name: textAt(document, 'name'),
    kind: textAt(document, 'kind'),
    startNs,
    endNs: endNs ?? (durationNs === null || startNs === null ? null : startNs + durationNs),
    status: textAt(objectAt(document, 'status'), 'code'),
    attributes: objectAt(document, 'attributes'),
    attributesLeft: 0,
  };
  const resource = spanResource(objectAt(objectAt(document, 'resource'), 'attributes'), 0);
  const result = segmentOfSpan(parts, resource, members);
  if (!result.ok) return result;
  const { segment } = result;
  return { ok: true, records: [segment], ...(segment.notRead === null ? {} : { left: segment.notRead }) };
}

/** The name under which the kind of a span is stored among its annotations, in lower case, as Jaeger and Zipkin have it. */
export const KIND_ANNOTATION = 'span.kind';
/** Kinds that are stored: those at the border of a service. */
const BORDER_KINDS: ReadonlySet<string> = new Set(['SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']);

export type SpanResult =
  | { readonly ok: true; readonly segment: TraceSegment }
  | { readonly ok: false; readonly reason: Exclude<DocumentProblem, 'not-ours'> };

/** What spans take from their resource: read once for all of them. */
export interface SpanResource {
  readonly attributes: Json | null;
  readonly flat: Flat;
  /** Attributes that were not read. */
  readonly left: number;
  /** The function of a span that states nothing about it; null if the resource states none either. */
  readonly arn: string | null;
}

/** `left`: attributes of the resource that were not read. */
export function spanResource(attributes: Json | null, left: number): SpanResource {
  return { attributes, flat: readFlat(attributes), left, arn: resourceArnOf(null, attributes) };
}

/** `membersLeft`: members of the document that were not read. */
export function segmentOfSpan(span: SpanParts, resource: SpanResource, membersLeft = 0): SpanResult {
  const traceId = xrayTraceId(span.traceId);
  const { id, parentId, startNs, endNs, kind } = span;
  if (traceId === null || id === null) return { ok: false, reason: 'span-without-id' };
  if (isLongId(id) || isLongId(parentId)) return { ok: false, reason: 'segment-id-too-long' };
  if (startNs === null) return { ok: false, reason: 'segment-without-time' };
  if (endNs !== null && endNs < startNs) return { ok: false, reason: 'segment-ends-before-start' };
  const ofSpan = readFlat(span.attributes);
  // Asking for all of the names takes longer than naming each attribute, most of all where spans have names of their own.
  const attributes = hasAny(span.attributes, FACTS) ? span.attributes : null;
  const attributesLeft = resource.flat.beyond + ofSpan.beyond + span.attributesLeft + resource.left;
  const isWhole = attributesLeft + membersLeft === 0;
  const border = kind !== null && BORDER_KINDS.has(kind) ? kind.toLowerCase() : null;
  const segment: TraceSegment = {
    kind: 'trace-segment',
    traceId,
    id,
    parentId,
    name: span.name ?? '',
    origin: attributes === null ? null : (textAt(attributes, 'aws.xray.origin') ?? textAt(attributes, 'origin')),
    startNs,
    endNs,
    requestId: attributes === null ? null : requestIdOf(attributes),
    resourceArn: attributes === null ? resource.arn : resourceArnOf(attributes, resource.attributes),
    httpStatus: attributes === null ? null : httpStatusOf(attributes),
    outcome: outcomeOf(span.status),
    annotations: annotationsOf(resource.flat.values, ofSpan.values, border),
    subsegments: NO_SUBSEGMENTS,
    limitExceeded: null,
    notRead: isWhole ? null : (leftOf({ attributes: attributesLeft, members: membersLeft }).left ?? null),
  };
  return { ok: true, segment };
}

const NO_SUBSEGMENTS: readonly never[] = [];

/** Those of the resource, and of the span. `border`: its kind, if that is stored. Copies only what has to be put together. */
function annotationsOf(ofResource: Flat['values'], ofSpan: Flat['values'], border: string | null): Flat['values'] {
  if (border === null && isEmpty(ofResource)) return ofSpan;
  if (border === null && isEmpty(ofSpan)) return ofResource;
  const all: Record<string, string | number | boolean> = { ...ofResource, ...ofSpan };
  if (border !== null) all[KIND_ANNOTATION] = border;
  return all;
}

function isEmpty(attributes: Json | null): boolean {
  for (const _name in attributes) return false;
  return true;
}

/** Attributes by which a span tells more than annotations. */
const FACTS: ReadonlySet<string> = new Set([
  'aws.xray.origin',
  'origin',
  'faas.invocation_id',
  'faas.execution',
  'aws.request_id',
  'aws.lambda.invoked_arn',
  'cloud.resource_id',
  'faas.id',
  'cloud.account.id',
  'http.response.status_code',
  'http.status_code',
]);

function hasAny(attributes: Json | null, names: ReadonlySet<string>): boolean {
  for (const name in attributes) if (names.has(name)) return true;
  return false;
}

function requestIdOf(attributes: Json): string | null {
  return (
    textAt(attributes, 'faas.invocation_id') ??
    textAt(attributes, 'faas.execution') ??
    textAt(attributes, 'aws.request_id')
  );
}

function httpStatusOf(attributes: Json): number | null {
  return numberAt(attributes, 'http.response.status_code') ?? numberAt(attributes, 'http.status_code');
}

/** The function that a span is of: by its ARN, or by name, account and region of the resource. */
function resourceArnOf(attributes: Json | null, resource: Json | null): string | null {
  const stated =
    textAt(attributes, 'aws.lambda.invoked_arn') ??
    textAt(attributes, 'cloud.resource_id') ??
    textAt(attributes, 'faas.id') ??
    textAt(resource, 'cloud.resource_id') ??
    textAt(resource, 'faas.id');
  if (stated !== null) return stated;
  const account = textAt(resource, 'cloud.account.id') ?? textAt(attributes, 'cloud.account.id');
  return functionArn(account, textAt(resource, 'cloud.region'), textAt(resource, 'faas.name'));
}

function outcomeOf(code: string | null): TraceSegment['outcome'] {
  if (code === 'ERROR' || code === 'STATUS_CODE_ERROR') return 'fault';
  return code === null ? null : 'ok';
}

/** Reads digits that {@link parseJsonExact} kept as text, or a number small enough to be exact. */
export function nanoseconds(value: unknown): bigint | null {
  if (typeof value === 'string' && /^\d{1,19}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null;
}
