/**
 * Reads log files in common formats: text copied from the console, `aws logs tail`, JSON of `aws logs filter-log-events` or
 * `get-log-events`, NDJSON, S3 exports, Firehose and Lambda payloads. Recognises the format by its shape, if necessary line by line.
 */

import { jsonText } from '../documents/json.ts';
import { readDocument } from '../documents/read-document.ts';
import { gluedRecordAt, parsePlatformLine } from '../lines/platform-line.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';
import { decodeBase64 } from './base64.ts';
import { inflate, isGzip } from './inflate.ts';
import { parseDocuments } from './json-documents.ts';
import { limits } from './limits.ts';
import { readLoadTest } from './load-test-file.ts';
import type { ParsedUpload } from './parsed-upload.ts';
import { readMessage, readTimestamp } from './subscription.ts';

export interface RawLogsSource {
  readonly account: string;
  readonly region: string;
  /** "" when neither the caller nor the text names it. */
  readonly logGroup: string;
  readonly logStream: string;
}

export type RawLogs = ({ readonly ok: true } & ParsedUpload) | { readonly ok: false; readonly message: string };

/** Reads a request body or a part of a file. */
export function readRawLogs(body: Buffer, source: RawLogsSource): RawLogs {
  const inflated = isGzip(body) ? inflate(body, limits.requestInflatedBytes) : ({ ok: true, bytes: body } as const);
  if (!inflated.ok) return { ok: false, message: `body: ${inflated.reason}` };
  const text = inflated.bytes.toString('utf8').replace(/^\ufeff/, '');
  if (text.trim() === '') return { ok: true, streams: [], unreadable: [], records: [], ignored: 0 };
  const reader = new RawLogsReader(source);
  const first = text.trimStart()[0];
  if (first === '{' || first === '[') reader.readJson(text);
  else if (!reader.readLoadTest(text)) reader.readLines(text);
  return reader.finish();
}

type Json = Readonly<Record<string, unknown>>;

/** `aws logs tail`: time, stream, message. `--format short` omits the stream. */
const TAIL =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) (\d{4}\/\d\d\/\d\d\/\S{1,512}) ([\s\S]*)$/;
/** S3 export and `tail --format short`: time, message. */
const TIMED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\s([\s\S]*)$/;
/** A table copied from the console: epoch ms or time, tab, message. */
const CONSOLE = /^(\d{13})[\t,]\s?"?([\s\S]*?)"?$/;
const CONTINUES_REPORT = /^XRAY TraceId:/;
const CONTINUES_FAULT = /^(?:Runtime|Function|Extension|Sandbox)\.\w+\s*$/;

class RawLogsReader {
  readonly #source: RawLogsSource;
  readonly #streams = new Map<string, { identity: StreamIdentity; events: LogEvent[] }>();
  readonly #unreadable: { reason: string; text: string }[] = [];
  readonly #records: { record: TelemetryRecord; text: string }[] = [];
  #ignored = 0;

  constructor(source: RawLogsSource) {
    this.#source = source;
  }

  finish(): RawLogs {
    const streams = [...this.#streams.values()].map((stream) => ({ ...stream, events: joinedEvents(stream.events) }));
    return { ok: true, streams, unreadable: this.#unreadable, records: this.#records, ignored: this.#ignored };
  }

  /** Reads the output of a load generator; returns false for any other text. */
  readLoadTest(text: string): boolean {
    const result = readLoadTest(text, this.#functionName());
    if (result === null) return false;
    if (result.ok)
      for (const record of result.records) this.#records.push({ record, text: `${text}\n${jsonText(record)}` });
    else this.#unreadable.push({ reason: result.reason, text });
    return true;
  }

  #functionName(): string | null {
    return /^\/aws\/lambda\/([^/]+)$/.exec(this.#source.logGroup)?.[1] ?? null;
  }

  /** Reads traces, CloudTrail files, function lists and tuning results; returns false for any other document. */
  #telemetryDocument(value: unknown, given: string | null): boolean {
    const textOf = (): string => given ?? jsonText(value);
    const found = readDocument(value, textOf);
    if (found === null) return false;
    this.#ignored += found.ignored;
    for (const problem of found.problems) this.#unreadable.push(problem);
    for (const record of found.records) {
      if (record.kind !== 'tuning-run') this.#records.push({ record, text: jsonText(identityOf(record)) });
      else if (this.#functionName() === null)
        this.#unreadable.push({ reason: 'tuning-without-function', text: textOf() });
      else this.#records.push({ record: { ...record, functionName: this.#functionName() }, text: textOf() });
    }
    return true;
  }

  readJson(text: string): void {
    if (text.trimStart().startsWith('[')) {
      const value = parseWhole(text);
      if (Array.isArray(value)) for (const item of value) this.#document(item, null);
      else this.readLines(text);
      return;
    }
    const { values, undecodable } = parseDocuments(text);
    for (const { value, text: own } of values) this.#document(value, own);
    for (const piece of undecodable) this.readLines(piece);
  }

  /** Reads text lines. A line without a time continues the line before it. */
  readLines(text: string): void {
    let pending: { timestampMs: number; stream: string; message: string } | null = null;
    const flush = (): void => {
      if (pending !== null)
        this.#add(pending.stream, { id: '', timestampMs: pending.timestampMs, message: pending.message });
      pending = null;
    };
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      const timed = readTimedLine(line);
      if (timed !== null) {
        flush();
        pending = timed;
      } else if (pending !== null) {
        pending = {
          ...(pending as { timestampMs: number; stream: string; message: string }),
          message: `${(pending as { message: string }).message}\n${line}`,
        };
      } else {
        this.#untimed(line);
      }
    }
    flush();
  }

  /** Reads a line without a time before it: only JSON platform records carry their own. */
  #untimed(line: string): void {
    const glued = gluedRecordAt(line);
    const message = glued > 0 ? line.slice(glued) : line;
    const result = parsePlatformLine(message);
    if (result.ok && result.time !== null && Number.isFinite(Date.parse(result.time))) {
      this.#add('', { id: '', timestampMs: Date.parse(result.time), message });
    } else if (result.ok) {
      this.#unreadable.push({ reason: 'line-without-time', text: line });
    } else if (message.trim() !== '') {
      this.#add('', null, line);
    }
  }

  /** `text` is the original text, or null for a member of an array. */
  #document(value: unknown, text: string | null): void {
    if (typeof value !== 'object' || value === null) {
      this.#unreadable.push({ reason: 'not-a-log-event', text: text ?? jsonText(value) });
      return;
    }
    const record = value as Json;
    if (typeof record['rawData'] === 'string' && 'errorCode' in record) {
      this.#failedDelivery(record['rawData'], text ?? jsonText(value));
      return;
    }
    if (this.#telemetryDocument(value, text)) return;
    if (Array.isArray(record['events'])) {
      // The output of filter-log-events or get-log-events.
      const group = record['logGroup'] ?? record['logGroupName'];
      for (const event of record['events']) this.#event(event, typeof group === 'string' ? group : null);
    } else if (record['messageType'] !== undefined) {
      this.#subscription(value);
    } else if ('message' in record && ('timestamp' in record || 'eventTime' in record) && !('level' in record)) {
      this.#event(record, null);
    } else {
      this.#ownRecord(record, text ?? jsonText(record));
    }
  }

  /** A record that Firehose failed to deliver and wrote to its backup bucket, as it came from CloudWatch Logs. */
  #failedDelivery(rawData: string, text: string): void {
    const bytes = decodeBase64(rawData);
    const inflated = bytes === null ? null : inflate(bytes, limits.recordInflatedBytes);
    if (inflated?.ok !== true) {
      this.#unreadable.push({ reason: inflated === null ? 'record-not-base64' : inflated.reason, text });
      return;
    }
    const { values, undecodable } = parseDocuments(inflated.bytes.toString('utf8'));
    for (const document of values) this.#subscription(document.value);
    for (const piece of undecodable) this.#unreadable.push({ reason: 'not-a-subscription-message', text: piece });
  }

  /** A JSON line: a platform record or an application log. */
  #ownRecord(record: Json, message: string): void {
    const timestampMs = Date.parse(String(record['time'] ?? record['timestamp'] ?? ''));
    if (Number.isFinite(timestampMs)) this.#add('', { id: '', timestampMs, message });
    else this.#unreadable.push({ reason: 'not-a-log-event', text: message });
  }

  #subscription(value: unknown): void {
    const message = readMessage(value, { region: this.#source.region });
    if (message.kind === 'refused') this.#unreadable.push({ reason: message.reason, text: jsonText(value) });
    if (message.kind !== 'data') return;
    for (const stream of message.streams) for (const event of stream.events) this.#addTo(stream.identity, event);
  }

  #event(value: unknown, group: string | null): void {
    const record = (typeof value === 'object' && value !== null ? value : {}) as Json;
    const message = record['message'];
    if (typeof message !== 'string') {
      this.#unreadable.push({ reason: 'log-event-without-message', text: jsonText(value) });
      return;
    }
    const time = record['timestamp'] ?? record['eventTime'];
    if (time === undefined) {
      this.#unreadable.push({ reason: 'line-without-time', text: message });
      return;
    }
    const id = record['eventId'] ?? record['id'];
    const stream = record['logStreamName'] ?? record['logStream'];
    const named = group ?? record['logGroup'] ?? record['logGroupName'];
    const iso = typeof time === 'string' ? Date.parse(time) : Number.NaN;
    const { timestampMs } = readTimestamp(Number.isFinite(iso) ? iso : time);
    const identity = this.#identity(typeof stream === 'string' ? stream : '', typeof named === 'string' ? named : null);
    this.#addTo(identity, { id: typeof id === 'string' ? id : '', timestampMs, message: message.toWellFormed() });
  }

  #identity(stream: string, group: string | null): StreamIdentity {
    const { account, region } = this.#source;
    const logGroup = this.#source.logGroup !== '' ? this.#source.logGroup : (group ?? '');
    const logStream = stream !== '' ? stream : this.#source.logStream !== '' ? this.#source.logStream : 'unknown';
    return { account, region, logGroup: logGroup === '' ? 'unknown' : logGroup, logStream };
  }

  #add(stream: string, event: LogEvent | null, text = ''): void {
    if (event === null) this.#unreadable.push({ reason: 'line-without-time', text });
    else this.#addTo(this.#identity(stream, null), { ...event, message: event.message.toWellFormed() });
  }

  #addTo(identity: StreamIdentity, event: LogEvent): void {
    const key = `${identity.account}\n${identity.region}\n${identity.logGroup}\n${identity.logStream}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { identity, events: [] };
      this.#streams.set(key, stream);
    }
    stream.events.push(event);
  }
}

function readTimedLine(line: string): { timestampMs: number; stream: string; message: string } | null {
  const tail = TAIL.exec(line);
  if (tail !== null) return timed(tail[1], tail[2] ?? '', tail[3] ?? '');
  const copied = CONSOLE.exec(line);
  if (copied !== null)
    return { timestampMs: readTimestamp(copied[1]).timestampMs, stream: '', message: copied[2] ?? '' };
  // In "<time> <id> Task timed out" the time is part of the platform line.
  if (parsePlatformLine(line).ok) {
    const time = parsePlatformLine(line);
    return time.ok && time.time !== null ? timed(time.time, '', line) : null;
  }
  const plain = TIMED.exec(line);
  if (plain === null) return null;
  // Node's prefix (time, tab, request id) is part of the message.
  const own = line[plain[1]?.length ?? 0] === '\t' && !parsePlatformLine(plain[2] ?? '').ok;
  return timed(plain[1], '', own ? line : (plain[2] ?? ''));
}

function timed(time: string | undefined, stream: string, message: string) {
  const text = (time ?? '').replace(',', '.');
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  const timestampMs = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isFinite(timestampMs) ? { timestampMs, stream, message } : null;
}

/** Joins events that tools split into lines: XRAY and error-type lines are appended to the line before them. */
function joinedEvents(events: readonly LogEvent[]): readonly LogEvent[] {
  const joined: LogEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    const continues =
      last !== undefined &&
      event.id === '' &&
      ((CONTINUES_REPORT.test(event.message) && last.message.startsWith('REPORT ')) ||
        (CONTINUES_FAULT.test(event.message) && last.message.startsWith('RequestId: ')));
    if (continues) joined[joined.length - 1] = { ...last, message: `${last.message.trimEnd()}\n${event.message}` };
    else joined.push(event);
  }
  return joined;
}

/** What identifies a record within a file. Trace segments use their ids, since JSON cannot hold their BigInt times. */
function identityOf(record: TelemetryRecord): unknown {
  return record.kind === 'trace-segment' ? [record.traceId, record.id] : record;
}

function parseWhole(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
