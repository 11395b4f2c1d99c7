/** Reads X-Ray segment documents (`BatchGetTraces` → `Segments[].Document`). Times are epoch seconds as doubles. */
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { Subsegment, TraceSegment } from '../records/trace-segment.ts';
import { eachMember, largeObjectAt, lastValues, parsedMember, stringAt } from '../text/json-members.ts';
import { integer, plural } from '../text/quantities.ts';
import { MOST_MEMBERS } from './exact-json.ts';
import type { Json } from './json.ts';
import { isObject, listAt, numberAt, objectAt, textAt } from './json.ts';
import { isLongId, SPAN_ID_CHARS, xrayTraceId } from './trace-id.ts';

const MAX_SUBSEGMENTS = 1000;
/** Levels of subsegments. */
const MAX_LEVELS = 33;
/** Of X-Ray's annotations, of the attributes of a span, and of those of its resource. */
const MAX_ANNOTATIONS = 64;

/**
 * Reads one parsed segment document. `text` is what it was parsed from, or "" if that is not known. `isPart`: not all of the text was
 * parsed; annotations are then read from it.
 */
export function readSegment(document: Json, text = '', isPart = false): DocumentResult {
  return readSegmentOf(document, null, text, isPart);
}

/** Reads a segment document of a trace as BatchGetTraces returned it. */
export function readSegmentOf(
  document: Json,
  limitExceeded: boolean | null,
  text = '',
  isPart = false,
): DocumentResult {
  const traceId = xrayTraceId(textAt(document, 'trace_id'));
  const id = textAt(document, 'id');
  if (traceId === null || id === null) return { ok: false, reason: 'segment-without-id' };
  const parentId = textAt(document, 'parent_id');
  if (isLongId(id) || isLongId(parentId)) return { ok: false, reason: 'segment-id-too-long' };
  const startNs = nanoseconds(document, 'start_time');
  if (startNs === null) return { ok: false, reason: 'segment-without-time' };
  const endNs = nanoseconds(document, 'end_time');
  if (endNs !== null && endNs < startNs) return { ok: false, reason: 'segment-ends-before-start' };
  const aws = objectAt(document, 'aws');
  const response = objectAt(objectAt(document, 'http'), 'response');
  const annotations = readAnnotations(document, text, isPart);
  const { subsegments, ...beyond } = flatten(document, id);
  const part = leftOf({ ...beyond, annotations: annotations.beyond });
  const segment: TraceSegment = {
    kind: 'trace-segment',
    traceId,
    id,
    parentId,
    name: textAt(document, 'name') ?? '',
    origin: textAt(document, 'origin'),
    startNs,
    endNs,
    requestId: textAt(aws, 'request_id'),
    resourceArn: textAt(document, 'resource_arn') ?? textAt(aws, 'function_arn'),
    httpStatus: numberAt(response, 'status'),
    outcome: outcomeOf(document),
    annotations: annotations.values,
    subsegments,
    limitExceeded,
    notRead: part.left ?? null,
  };
  return { ok: true, records: [segment], ...part };
}

/** Parts of a document that were not read, by their number. */
interface Left {
  /** Subsegments beyond the first 1,000. */
  readonly beyond?: number;
  /** Subsegments that hold others, at the deepest level that is read. */
  readonly tooDeep?: number;
  /** Subsegments without a time or that are no objects. */
  readonly untimed?: number;
  /** Subsegments that end before they start. */
  readonly reversed?: number;
  /** Subsegments whose id is longer than X-Ray's. */
  readonly longIds?: number;
  readonly annotations?: number;
  readonly attributes?: number;
  /** Members of objects that have more than are read. */
  readonly members?: number;
}

/** The sentences for what was not read; nothing if all was. */
export function leftOf(parts: Left): { left?: string } {
  let left = 0;
  for (const n of Object.values(parts)) left += n;
  return left === 0 ? NOTHING_LEFT : sentencesOf(parts);
}

const NOTHING_LEFT = {} as const;

function sentencesOf(parts: Left): { left?: string } {
  const {
    beyond = 0,
    tooDeep = 0,
    untimed = 0,
    reversed = 0,
    longIds = 0,
    annotations = 0,
    attributes = 0,
    members = 0,
  } = parts;
  const sentences = [
    beyond > 0 ? `${plural(beyond, 'subsegment')} beyond the first ${integer(MAX_SUBSEGMENTS)}` : '',
    tooDeep > 0
      ? `the content of ${plural(tooDeep, 'subsegment')} of level ${MAX_LEVELS}, the deepest that is read`
      : '',
    untimed > 0 ? `${plural(untimed, 'subsegment')} without start_time` : '',
    reversed > 0 ? `${plural(reversed, 'subsegment')} whose end_time is before start_time` : '',
    longIds > 0 ? `${plural(longIds, 'subsegment')} with an id of more than ${SPAN_ID_CHARS} characters` : '',
    annotations > 0 ? `${plural(annotations, 'annotation')} beyond the first ${MAX_ANNOTATIONS}` : '',
    attributes > 0
      ? `${plural(attributes, 'attribute')} beyond ${MAX_ANNOTATIONS} of the span and of its resource`
      : '',
    members > 0 ? `${plural(members, 'member')} beyond the first ${integer(MOST_MEMBERS)} of an object` : '',
  ].filter((sentence) => sentence !== '');
  return sentences.length === 0 ? {} : { left: `Not read: ${sentences.join('; ')}. The rest of the document was.` };
}

/** Flattens nested subsegments into a list with parent ids, and counts what it leaves out. */
function flatten(document: Json, parentId: string): Flattened {
  return listAt(document, 'subsegments').length === 0 ? NO_SUBSEGMENTS : flattened(document, parentId);
}

type Flattened = { readonly subsegments: readonly Subsegment[] } & Left;

const NO_SUBSEGMENTS: Flattened = { subsegments: [] };

function flattened(document: Json, parentId: string): Flattened {
  const found: Subsegment[] = [];
  let [beyond, tooDeep, untimed, reversed, longIds] = [0, 0, 0, 0, 0];
  const walk = (holder: Json, parent: string, level: number): void => {
    const children = listAt(holder, 'subsegments');
    if (children.length === 0) return;
    if (level > MAX_LEVELS) {
      tooDeep += 1;
      return;
    }
    for (const child of children) {
      if (found.length >= MAX_SUBSEGMENTS) {
        beyond += 1;
        if (isObject(child)) walk(child, parent, level + 1);
        continue;
      }
      if (!isObject(child)) {
        untimed += 1;
        continue;
      }
      const startNs = nanoseconds(child, 'start_time');
      const endNs = nanoseconds(child, 'end_time');
      const stated = textAt(child, 'id');
      const isLong = isLongId(stated);
      const id = stated ?? `${parent}.${found.length}`;
      if (isLong) longIds += 1;
      else if (startNs === null) untimed += 1;
      else if (endNs !== null && endNs < startNs) reversed += 1;
      else {
        found.push({
          id,
          parentId: parent,
          name: textAt(child, 'name') ?? '',
          startNs,
          endNs,
          namespace: textAt(child, 'namespace'),
        });
      }
      // What is inside of a subsegment that is not read belongs to its parent.
      walk(child, isLong ? parent : id, level + 1);
    }
  };
  walk(document, parentId, 1);
  return { subsegments: found, beyond, tooDeep, untimed, reversed, longIds };
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

/** Annotations of a document, and how many are not among them. */
export interface Flat {
  readonly values: Readonly<Record<string, string | number | boolean>>;
  readonly beyond: number;
}

/** Those of a large document are counted in its text. */
function readAnnotations(document: Json, text: string, isPart: boolean): Flat {
  const at = largeObjectAt(text, 'annotations');
  const all = (): Flat =>
    readFlat(objectAt(isPart ? { annotations: parsedMember(text, 'annotations') } : document, 'annotations'));
  // Those of an object that is not wide cost little.
  if (at === -1 || lastValues(text, at) !== null) return all();
  const values = new Map<string, unknown>();
  let beyond = 0;
  let mayBeNumber = false;
  eachMember(text, at, (name, value, end) => {
    // Members with numbers as names come first, and cost little.
    const code = text.charCodeAt(name + 1);
    mayBeNumber = isDigit(code) || code === BACKSLASH;
    const own = stringAt(text, name);
    if (values.size < MAX_ANNOTATIONS || values.has(own)) {
      if (isFlat(text.charCodeAt(value))) values.set(own, JSON.parse(text.slice(value, end)));
    } else if (isFlat(text.charCodeAt(value))) beyond += 1;
    return !mayBeNumber;
  });
  return mayBeNumber ? all() : { values: readFlat(Object.fromEntries(values)).values, beyond };
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const BACKSLASH = 0x5c;

/** Whether a value that begins with the character is a string, a number or a boolean. */
function isFlat(code: number): boolean {
  return !(code === OPEN_BRACE || code === OPEN_BRACKET || code === LETTER_N);
}

const [OPEN_BRACE, OPEN_BRACKET, LETTER_N] = [0x7b, 0x5b, 0x6e];

/** The first members that are strings, numbers or booleans, and how many of them are beyond. */
export function readFlat(record: Json | null): Flat {
  let kept: [string, string | number | boolean][] | null = null;
  let beyond = 0;
  for (const key in record) {
    const value = record[key];
    const isText = typeof value === 'string';
    if (!isText && typeof value !== 'number' && typeof value !== 'boolean') continue;
    kept ??= [];
    if (kept.length >= MAX_ANNOTATIONS) beyond += 1;
    else kept.push([key.slice(0, 256), isText ? value.slice(0, 1024) : value]);
  }
  return kept === null ? NONE : { values: Object.fromEntries(kept), beyond };
}

const NONE: Flat = { values: Object.freeze({}), beyond: 0 };
