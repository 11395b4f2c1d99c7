/**
 * Requests of OTLP in JSON: the JSON of Protocol Buffers, with ids as hexadecimal digits, enumerations as numbers, and 64-bit integers as
 * texts or numbers.
 */

import type { Json } from '../../documents/json.ts';
import { isObject, jsonText, listAt, objectAt } from '../../documents/json.ts';
import { nanoseconds } from '../../documents/spans.ts';
import type { WholeText } from '../../text/known-members.ts';
import { KnownNames } from '../../text/known-members.ts';
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
  STATUS_CODES,
} from './items.ts';

/** Names of the lists of a signal, from the outermost on. */
const NAMES = {
  traces: { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' },
  logs: { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' },
} as const;

/** Every name that is read here. */
export const OTLP_NAMES = new KnownNames(
  [
    'resourceSpans resourceLogs resource scopeSpans scopeLogs spans logRecords attributes key value',
    'stringValue boolValue intValue doubleValue arrayValue kvlistValue bytesValue values',
    'traceId spanId parentSpanId name kind startTimeUnixNano endTimeUnixNano status code events links',
    'timeUnixNano observedTimeUnixNano severityNumber severityText body',
  ].flatMap((names) => names.split(' ')),
);

/**
 * Reads a request. Returns the path of a member that is not what it must be; null if it was read. `whole`: the text of the request, if
 * not all of it was parsed.
 */
export function readJsonRequest(
  request: Json,
  whole: WholeText | null,
  signal: Signal,
  items: OtlpItems,
): string | null {
  const names = NAMES[signal];
  const resources = request[names.resources];
  if (resources !== undefined && !Array.isArray(resources)) return names.resources;
  for (const resource of listAt(request, names.resources)) {
    if (!isObject(resource)) return `${names.resources}[]`;
    const scopes = listAt(resource, names.scopes);
    if (scopes.length === 0) continue;
    const attributes = attributesOf(objectAt(resource, 'resource'));
    items.resource(attributes.finish(), attributes.left);
    for (const scope of scopes) {
      let empty = 0;
      for (const item of listAt(isObject(scope) ? scope : null, names.items)) {
        if (!isObject(item)) empty += 1;
        else if (signal === 'traces') readSpan(item, whole, items);
        else readLog(item, items);
      }
      if (empty > 0) items.empty(empty);
    }
  }
  return null;
}

function readSpan(span: Json, whole: WholeText | null, items: OtlpItems): void {
  const [traceId, id] = [idOf(textOf(span['traceId'])), idOf(textOf(span['spanId']))];
  if (traceId === null || id === null) {
    items.withoutId(withoutIdText(span, whole));
    return;
  }
  const attributes = attributesOf(span);
  let extra: [string, string][] = [];
  for (const event of listAt(span, 'events')) {
    if (extra.length === 0 && isObject(event)) extra = exceptionOf(textOf(event['name']), attributesOf(event).finish());
  }
  const links = listAt(span, 'links')
    .slice(0, MOST_LINKS)
    .flatMap((link) => (isObject(link) ? [idOf(textOf(link['traceId']))] : []))
    .filter((id) => id !== null);
  if (links.length > 0) extra.push(['span.links', links.join(',')]);
  const [startNs, endNs] = [nanoseconds(span['startTimeUnixNano']), nanoseconds(span['endTimeUnixNano'])];
  items.span({
    traceId,
    id,
    parentId: idOf(textOf(span['parentSpanId'])),
    name: textOf(span['name']),
    kind: enumName(span['kind'], KINDS, 'SPAN_KIND_'),
    startNs: startNs === 0n ? null : startNs,
    endNs: endNs === 0n ? null : endNs,
    status: enumName(objectAt(span, 'status')?.['code'], STATUS_CODES, 'STATUS_CODE_'),
    attributes: flatAttributes(attributes.finish(), extra),
    attributesLeft: attributes.left,
  });
}

/** The text of a span without an id, made where it is needed. */
function withoutIdText(span: Json, whole: WholeText | null): () => string {
  return () => {
    const part = whole?.partOf(span) ?? null;
    return part === null ? jsonText(span) : jsonText(JSON.parse(part));
  };
}

function readLog(record: Json, items: OtlpItems): void {
  const severity = record['severityNumber'];
  items.log({
    timestampMs: epochMs(nanoseconds(record['timeUnixNano'])) ?? epochMs(nanoseconds(record['observedTimeUnixNano'])),
    severityNumber: typeof severity === 'number' && Number.isSafeInteger(severity) ? severity : 0,
    severityText: textOf(record['severityText']),
    body: anyValue(record['body'], 0),
    attributes: attributesOf(record).finish(),
    traceId: idOf(textOf(record['traceId'])) ?? '',
    spanId: idOf(textOf(record['spanId'])) ?? '',
  });
}

function attributesOf(holder: Json | null): AttributeCollector {
  return pairsOf(listAt(holder, 'attributes'), 0);
}

function pairsOf(list: readonly unknown[], level: number): AttributeCollector {
  const pairs = new AttributeCollector();
  for (const pair of list) {
    if (!pairs.takes() || !isObject(pair)) continue;
    pairs.add(textOf(pair['key']), anyValue(pair['value'], level));
  }
  return pairs;
}

/** A value; null if there is none, or if it is nested deeper than is read. */
function anyValue(value: unknown, level: number): unknown {
  if (!isObject(value) || level > MOST_LEVELS) return null;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  if (intValue !== undefined) return integerOf(intValue);
  if (doubleValue !== undefined) return doubleOf(doubleValue);
  if (isObject(arrayValue))
    return listAt(arrayValue, 'values')
      .slice(0, MOST_VALUES)
      .map((one) => anyValue(one, level + 1));
  if (isObject(kvlistValue)) return pairsOf(listAt(kvlistValue, 'values'), level + 1).finish();
  return typeof bytesValue === 'string' ? bytesValue : null;
}

/** A safe integer as a number, any other as its digits. */
function integerOf(value: unknown): number | string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function doubleOf(value: unknown): number | string | null {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : null;
}

/** Enumerations are numbers; older encoders wrote their names. */
function enumName(value: unknown, names: readonly string[], prefix: string): string {
  if (typeof value === 'string') {
    const name = value.startsWith(prefix) ? value.slice(prefix.length) : value;
    return names.includes(name) ? name : (names[0] ?? '');
  }
  return (typeof value === 'number' ? names[value] : undefined) ?? names[0] ?? '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
