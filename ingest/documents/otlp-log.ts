/**
 * Lines of OpenTelemetry's log records. The collector's receiver of the Telemetry API (opentelemetry-lambda, `telemetryapireceiver`)
 * sends platform events with their type as an attribute, and their text, or in older versions their JSON, as the body.
 */
import { parsePlatformLine } from '../lines/platform-line.ts';
import { iso } from '../records/time.ts';
import type { Json } from './json.ts';
import { isObject, jsonText, textAt } from './json.ts';

export interface OtlpLogRecord {
  /** Epoch ms; null if the record has no time that is possible. */
  readonly timestampMs: number | null;
  /** Numbers of the data model, 1 (TRACE) to 24 (FATAL4); 0 is none. */
  readonly severityNumber: number;
  readonly severityText: string;
  /** Null if there is none. */
  readonly body: unknown;
  readonly attributes: Json;
  /** 32 and 16 hexadecimal digits, or "". */
  readonly traceId: string;
  readonly spanId: string;
}

/** Attributes that hold the type of an event of the Telemetry API. */
const TYPE_NAMES = ['type', 'lambda.event.type'];
const REQUEST_NAMES = ['faas.invocation_id', 'faas.execution'];
/** Attributes that do not belong to the application. */
const OWN_NAMES: ReadonlySet<string> = new Set([...TYPE_NAMES, ...REQUEST_NAMES]);

/** The line that a record stands for, as Lambda would have logged it. */
export function lineOf(record: OtlpLogRecord, timestampMs: number): string {
  const { attributes, body } = record;
  if (typeof body === 'string' && isPlain(record)) return body;
  const type = TYPE_NAMES.map((name) => textAt(attributes, name)).find((one) => one !== null) ?? null;
  if (type?.startsWith('platform.')) return platformLine(type, body, timestampMs);
  return applicationLine(record, timestampMs);
}

/** Whether the record has no more than a text: the usual one of an application that writes lines. */
function isPlain({ attributes, severityNumber, severityText, traceId }: OtlpLogRecord): boolean {
  if (severityNumber !== 0 || severityText !== '' || traceId !== '') return false;
  for (const _name in attributes) return false;
  return true;
}

function platformLine(type: string, body: unknown, timestampMs: number): string {
  const wrapped = (record: string): string =>
    `{"time":"${iso(timestampMs)}","type":${JSON.stringify(type)},"record":${record}}`;
  if (typeof body !== 'string') return wrapped(isObject(body) ? jsonText(body) : '{}');
  const text = body.trimStart();
  if (text.startsWith('{')) return text.includes('"record"') && parsePlatformLine(text).ok ? text : wrapped(text);
  if (parsePlatformLine(text).ok) return text;
  const status = /^(?:INIT|RESTORE)_RUNTIME_DONE Status: (\w{1,32})$/.exec(text)?.[1];
  return wrapped(status === undefined ? JSON.stringify(text) : JSON.stringify({ status }));
}

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const NUMBERS_OF_LEVEL = 4;

function levelOf({ severityNumber, severityText }: OtlpLogRecord): string | null {
  const level = severityNumber > 0 ? LEVELS[Math.floor((severityNumber - 1) / NUMBERS_OF_LEVEL)] : undefined;
  if (level !== undefined) return level;
  return severityText === '' ? null : severityText.slice(0, 16).toUpperCase();
}

/** A text without more is the line. With a level or attributes it becomes a line in the JSON format of Lambda's application logs. */
function applicationLine(record: OtlpLogRecord, timestampMs: number): string {
  const { body, attributes, traceId, spanId } = record;
  const level = levelOf(record);
  const own = Object.entries(attributes).filter(([name]) => !OWN_NAMES.has(name));
  if (level === null && own.length === 0 && traceId === '') {
    if (typeof body === 'string') return body;
    if (isObject(body)) return jsonText(body);
  }
  const requestId = REQUEST_NAMES.map((name) => textAt(attributes, name)).find((one) => one !== null);
  return jsonText({
    timestamp: iso(timestampMs),
    ...(level === null ? {} : { level }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(isObject(body) ? body : body === null ? {} : { message: body }),
    ...Object.fromEntries(own),
    ...(traceId === '' ? {} : { traceId }),
    ...(spanId === '' ? {} : { spanId }),
  });
}
