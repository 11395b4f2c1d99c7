/** Reads X-Ray segment documents (`BatchGetTraces` → `Segments[].Document`). Times are epoch seconds as doubles. */
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { Subsegment, TraceSegment } from '../records/trace-segment.ts';
import type { Json } from './json.ts';
import { isObject, listAt, numberAt, objectAt, textAt } from './json.ts';
import { xrayTraceId } from './trace-id.ts';

const MAX_SUBSEGMENTS = 1000;
const MAX_DEPTH = 32;
const MAX_ANNOTATIONS = 64;

/** Reads one parsed segment document. */
export function readSegment(document: Json): DocumentResult {
  return readSegmentOf(document, null);
}

/** Reads a segment document of a trace as BatchGetTraces returned it. */
export function readSegmentOf(document: Json, limitExceeded: boolean | null): DocumentResult {
  const traceId = xrayTraceId(textAt(document, 'trace_id'));
  const id = textAt(document, 'id');
  if (traceId === null || id === null) return { ok: false, reason: 'segment-without-id' };
  const startNs = nanoseconds(document, 'start_time');
  if (startNs === null) return { ok: false, reason: 'segment-without-time' };
  const aws = objectAt(document, 'aws');
  const response = objectAt(objectAt(document, 'http'), 'response');
  const segment: TraceSegment = {
    kind: 'trace-segment',
    traceId,
    id,
    parentId: textAt(document, 'parent_id'),
    name: textAt(document, 'name') ?? '',
    origin: textAt(document, 'origin'),
    startNs,
    endNs: nanoseconds(document, 'end_time'),
    requestId: textAt(aws, 'request_id'),
    resourceArn: textAt(document, 'resource_arn') ?? textAt(aws, 'function_arn'),
    httpStatus: numberAt(response, 'status'),
    outcome: outcomeOf(document),
    annotations: flat(objectAt(document, 'annotations')),
    subsegments: flatten(document, id),
    limitExceeded,
  };
  return { ok: true, records: [segment] };
}

/** Flattens nested subsegments into a list with parent ids. */
function flatten(document: Json, parentId: string): readonly Subsegment[] {
  const found: Subsegment[] = [];
  const walk = (holder: Json, parent: string, depth: number): void => {
    for (const child of listAt(holder, 'subsegments')) {
      if (!isObject(child) || depth > MAX_DEPTH || found.length >= MAX_SUBSEGMENTS) continue;
      const startNs = nanoseconds(child, 'start_time');
      const id = textAt(child, 'id') ?? `${parent}.${found.length}`;
      if (startNs !== null) {
        found.push({
          id,
          parentId: parent,
          name: textAt(child, 'name') ?? '',
          startNs,
          endNs: nanoseconds(child, 'end_time'),
          namespace: textAt(child, 'namespace'),
        });
      }
      walk(child, id, depth + 1);
    }
  };
  walk(document, parentId, 0);
  return found;
}

function outcomeOf(document: Json): TraceSegment['outcome'] {
  if (document['throttle'] === true) return 'throttle';
  if (document['fault'] === true) return 'fault';
  if (document['error'] === true) return 'error';
  return document['in_progress'] === true || document['end_time'] === undefined ? null : 'ok';
}

/** Converts epoch seconds to nanoseconds. A double of epoch seconds is exact to a quarter of a microsecond. */
function nanoseconds(record: Json, key: string): bigint | null {
  const seconds = numberAt(record, key);
  return seconds === null || seconds <= 0 || seconds > 1e11 ? null : BigInt(Math.round(seconds * 1e6)) * 1000n;
}

/** Members that are strings, numbers or booleans. */
export function flat(record: Json | null): Readonly<Record<string, string | number | boolean>> {
  const kept: [string, string | number | boolean][] = [];
  for (const key in record) {
    if (kept.length >= MAX_ANNOTATIONS) break;
    const value = record[key];
    if (typeof value === 'string') kept.push([key.slice(0, 256), value.slice(0, 1024)]);
    else if (typeof value === 'number' || typeof value === 'boolean') kept.push([key.slice(0, 256), value]);
  }
  return Object.fromEntries(kept);
}
