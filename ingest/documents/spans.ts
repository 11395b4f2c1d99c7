/**
 * Reads spans of the log group `aws/spans` (Transaction Search): OpenTelemetry names in flat maps, nanoseconds as JSON
 * numbers above 2^53.
 */
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { TraceSegment } from '../records/trace-segment.ts';
import { parseJsonExact } from './exact-json.ts';
import type { Json } from './json.ts';
import { numberAt, objectAt, textAt } from './json.ts';
import { isLongId, xrayTraceId } from './trace-id.ts';
import { leftOf, readFlat } from './xray.ts';

/** Reads the JSON of a span. */
export function readSpanText(text: string): DocumentResult {
  const json = parseJsonExact(text);
  return json === null ? { ok: false, reason: 'document-not-json' } : readSpan(json.value, json.beyond);
}

/** `members`: those of the document that were not parsed. */
export function readSpan(document: Json, members = 0): DocumentResult {
  const traceId = xrayTraceId(textAt(document, 'traceId'));
  const id = textAt(document, 'spanId');
  if (traceId === null || id === null) return { ok: false, reason: 'span-without-id' };
  const parentId = textAt(document, 'parentSpanId');
  if (isLongId(id) || isLongId(parentId)) return { ok: false, reason: 'segment-id-too-long' };
  const startNs = nanoseconds(document['startTimeUnixNano']);
  if (startNs === null) return { ok: false, reason: 'segment-without-time' };
  const durationNs = nanoseconds(document['durationNano']);
  const endNs = nanoseconds(document['endTimeUnixNano']) ?? (durationNs === null ? null : startNs + durationNs);
  if (endNs !== null && endNs < startNs) return { ok: false, reason: 'segment-ends-before-start' };
  const attributes = objectAt(document, 'attributes');
  const resource = objectAt(objectAt(document, 'resource'), 'attributes');
  const [ofResource, ofSpan] = [readFlat(resource), readFlat(attributes)];
  const status = numberAt(attributes, 'http.response.status_code') ?? numberAt(attributes, 'http.status_code');
  const part = leftOf({ attributes: ofResource.beyond + ofSpan.beyond, members });
  const segment: TraceSegment = {
    kind: 'trace-segment',
    traceId,
    id,
    parentId,
    name: textAt(document, 'name') ?? '',
    origin: textAt(attributes, 'aws.xray.origin') ?? textAt(attributes, 'origin'),
    startNs,
    endNs,
    requestId: textAt(attributes, 'faas.invocation_id') ?? textAt(attributes, 'aws.request_id'),
    resourceArn:
      textAt(attributes, 'aws.lambda.invoked_arn') ??
      textAt(resource, 'cloud.resource_id') ??
      textAt(resource, 'faas.id') ??
      null,
    httpStatus: status,
    outcome: outcomeOf(textAt(objectAt(document, 'status'), 'code')),
    annotations: { ...ofResource.values, ...ofSpan.values },
    subsegments: [],
    limitExceeded: null,
    notRead: part.left ?? null,
  };
  return { ok: true, records: [segment], ...part };
}

function outcomeOf(code: string | null): TraceSegment['outcome'] {
  if (code === 'ERROR' || code === 'STATUS_CODE_ERROR') return 'fault';
  return code === null ? null : 'ok';
}

/** Reads digits that {@link parseJsonExact} kept as text, or a number small enough to be exact. */
function nanoseconds(value: unknown): bigint | null {
  if (typeof value === 'string' && /^\d{1,19}$/.test(value)) return BigInt(value);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null;
}
