/**
 * Reads log files in common formats: text copied from the console, `aws logs tail`, JSON of `aws logs filter-log-events` or
 * `get-log-events`, NDJSON, S3 exports, Firehose and Lambda payloads. Recognises the format by its shape, if necessary line by line.
 */
import { IgnoredCounter } from '../batch/ignored-counter.ts';
import type { Json } from '../documents/json.ts';
import { jsonText, lazily } from '../documents/json.ts';
import type { ParsedDocument } from '../documents/read-document.ts';
import { readDocument, readTextDocument } from '../documents/read-document.ts';
import { isPlatformLine } from '../lines/platform-line.ts';
import type { StreamIdentity } from '../records/log-event.ts';
import { Batches } from '../text/batches.ts';
import { measuredJson } from '../text/json-limits.ts';
import { LARGE_CHARS } from '../text/json-members.ts';
import type { WholeText } from '../text/known-members.ts';
import { withLineFeeds } from '../text/lines.ts';
import { isGzipInBase64 } from './base64.ts';
import { eachYamlEvent, readTextOutput } from './cli-output.ts';
import { formatProblemOf } from './content-encoding.ts';
import { readEncodedRecord } from './encoded-record.ts';
import { EventStreams } from './event-streams.ts';
import { readCsv, readTable } from './event-table.ts';
import type { EventTime } from './event-time.ts';
import { readEventTime } from './event-time.ts';
import { readExpandedRows } from './expanded-rows.ts';
import type { ExportRead } from './export-event.ts';
import { readForwarded } from './forwarded-event.ts';
import { inflate, inflateMessage, isGzip, limitOf, trailingMessage } from './inflate.ts';
import type { Document } from './json-documents.ts';
import { eachDocument, longItems, parseDocument, parseDocuments } from './json-documents.ts';
import type { BodyLimit } from './limits.ts';
import { limits } from './limits.ts';
import { readLineForm } from './line-form.ts';
import { loadTestUpload, readLoadTest } from './load-test-file.ts';
import { readOtelUpload } from './otel-upload.ts';
import type { ParsedUpload, UploadedRecord } from './parsed-upload.ts';
import { identityText } from './parsed-upload.ts';
import { lowerFirst } from './powershell.ts';
import { readPrintedValues } from './printed-values.ts';
import { ProblemList } from './problem-list.ts';
import { isBulkAction, recordsIn } from './record-lists.ts';
import { EVERY_SHAPE, isEvent, READER, readAsked, SHAPE, shapeOf } from './record-shape.ts';
import { statesPlatformLine } from './stated-line.ts';
import { contradictsItself, readMessage, unreadEvents } from './subscription.ts';
import { withoutColours } from './terminal-colours.ts';
import { decodeText } from './text-encoding.ts';
import type { PrefixedLine } from './text-line.ts';
import { readTimedLines } from './timed-lines.ts';
import { areMessages, hasTimedLine, logTailOf, untimedFormOf } from './untimed-messages.ts';
import { placeOf, readWrapped, statedTime } from './wrapped-event.ts';

export interface RawLogsSource {
  readonly account: string;
  readonly region: string;
  /** "" when neither the caller nor the text names it. */
  readonly logGroup: string;
  readonly logStream: string;
}

export type RawLogs = ReadLogs | { readonly ok: false; readonly message: string; readonly limit: BodyLimit | null };
export type ReadLogs = { readonly ok: true } & ParsedUpload;
const NOWHERE = { stream: '', group: null } as const;

/** Reads a request body or a part of a file. */
export function readRawLogs(body: Buffer, source: RawLogsSource): RawLogs {
  const inflated = isGzip(body) ? inflate(body, limits.requestInflatedBytes) : ({ ok: true, bytes: body } as const);
  if (!inflated.ok) {
    const message = `body: ${inflateMessage(inflated.reason, body.length, limits.requestInflatedBytes)}`;
    return { ok: false, message, limit: limitOf(inflated.reason) };
  }
  const metrics = readOtelUpload(inflated.bytes);
  if (metrics !== null) return metrics;
  const problem = formatProblemOf(inflated.bytes);
  if (problem !== null) return { ok: false, message: `body: ${problem}`, limit: null };
  const logs = readRawText(decodeText(inflated.bytes), source);
  return 'unread' in inflated && inflated.unread !== undefined ? withTrailing(logs, inflated.unread.length) : logs;
}

/** Adds that `bytes` after the gzip data were not read. */
export function withTrailing(logs: ReadLogs, bytes: number): ReadLogs {
  const detail = trailingMessage(bytes);
  return { ...logs, unreadable: [...logs.unreadable, { reason: 'gzip-trailing-bytes', text: detail, detail }] };
}

/** Reads the text of a body or of a part of one. Lines end in LF. */
export function readRawText(text: string, source: RawLogsSource): ReadLogs {
  if (text.trim() === '') return { ok: true, streams: [], unreadable: [], records: [], ignored: [] };
  const reader = new RawLogsReader(source);
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') reader.readText(text);
  else if (!reader.readPrinted(text)) reader.readJson(text);
  return reader.finish();
}

class RawLogsReader {
  readonly #source: RawLogsSource;
  readonly #unreadable = new ProblemList();
  readonly #streams = new EventStreams(this.#unreadable);
  readonly #records: UploadedRecord[] = [];
  readonly #ignored = new IgnoredCounter();
  #converted = 0;
  #lastIdentity: StreamIdentity | null = null;

  constructor(source: RawLogsSource) {
    this.#source = source;
  }

  finish(): ReadLogs {
    return {
      ok: true,
      streams: this.#streams.finish(),
      unreadable: this.#unreadable.finish(),
      records: this.#records,
      ignored: this.#ignored.counts(),
      converted: this.#converted,
    };
  }

  /** Reads the output of a load generator; returns false for any other text. */
  readLoadTest(text: string): boolean {
    const result = readLoadTest(text, this.#functionName());
    if (result === null) return false;
    if (result.ok) for (const record of loadTestUpload(result.records, text)) this.#records.push(record);
    else this.#unreadable.push({ reason: result.reason, text });
    return true;
  }

  #functionName(): string | null {
    return /^\/aws\/lambda\/([^/]+)$/.exec(this.#source.logGroup)?.[1] ?? null;
  }

  /** Reads traces, CloudTrail files, function lists and tuning results; returns false for any other document. */
  #telemetryDocument(value: unknown, given: string | null, whole: WholeText | null): boolean {
    const textOf = (): string => given ?? jsonText(value);
    return this.#addDocument(readDocument(value, textOf, given ?? '', whole), textOf);
  }

  #addDocument(found: ParsedDocument | null, textOf: () => string): boolean {
    if (found === null) return false;
    for (const reason of found.ignored) this.#ignored.add(reason);
    for (const problem of found.problems) this.#unreadable.push(problem);
    for (const record of found.records) {
      if (record.kind !== 'tuning-run') {
        this.#records.push({ record, text: identityText });
        continue;
      }
      const functionName = record.functionName ?? this.#functionName();
      if (functionName === null) {
        this.#unreadable.push({ reason: 'tuning-without-function', text: textOf() });
        continue;
      }
      // The same result may be imported for several functions.
      const { account, region } = this.#source;
      const of = [record.account ?? account, record.region ?? region, functionName];
      this.#records.push({ record: { ...record, functionName }, text: () => [...of, textOf()].join('\n') });
    }
    return true;
  }

  /** Reads values that a program printed; returns false for any other text. */
  readPrinted(text: string): boolean {
    const records = new Batches<unknown>((record) => this.#document(record, null));
    const read = readPrintedValues(text, (record) => records.add(record));
    if (read === null) return false;
    records.flush();
    for (const problem of read.problems) this.#unreadable.push(problem);
    if (read.rest !== '') this.readLines(read.rest);
    return true;
  }

  readJson(text: string): void {
    if (text.trimStart().startsWith('[')) {
      const measured = measuredJson(text);
      const { excess } = measured;
      const { value, whole = null } = parseDocument(text, measured) ?? {};
      if (Array.isArray(value) && areMessages(value)) this.#unreadable.push({ reason: 'messages-without-times', text });
      else if (Array.isArray(value)) this.#items(value, text, whole);
      else if (excess === null || text.includes('\n')) this.readText(text);
      else this.#unreadable.pushExcess(excess, text);
      return;
    }
    const documents = new Batches<Document>(({ value, text: own, whole }) => this.#document(value, own, whole));
    const undecodable = eachDocument(text, (value, own, whole) => documents.add({ value, text: own, whole }));
    documents.flush();
    for (const { text: piece, limit } of undecodable) {
      if (limit === null) this.readLines(piece);
      else this.#unreadable.pushExcess(limit, piece);
    }
  }

  /** Long items are read with their texts, as documents of their own are: serialising them again takes as long as parsing. */
  #items(items: readonly unknown[], text: string, whole: WholeText | null): void {
    const long = longItems(text, LARGE_CHARS);
    for (let at = 0; at < items.length; at += 1) this.#document(items[at], long.get(at) ?? null, whole);
  }

  /** Text that is no JSON: a load test, a table, console rows, command-line output, else lines. */
  readText(given: string): void {
    if (this.readLoadTest(given)) return;
    if (this.#addDocument(readTextDocument(given), () => given)) return;
    const text = withoutColours(given.includes('\n') ? given : withLineFeeds(given));
    if (isGzipInBase64(text)) {
      this.#failedDelivery(text.replaceAll(/\s/g, ''), text);
      return;
    }
    const reason = untimedFormOf(text);
    if (reason !== null) {
      this.#unreadable.push({ reason, text });
      return;
    }
    const events = new Batches<unknown>((event) => this.#event(event, null, null));
    const unreadable = eachYamlEvent(text, (event) => events.add(event));
    if (unreadable !== null) {
      events.flush();
      for (const item of unreadable) this.#unreadable.push({ reason: 'yaml-unreadable', text: item });
      return;
    }
    const read =
      readCsv(text) ?? readTextOutput(text) ?? readTable(text) ?? readLineForm(text) ?? readExpandedRows(text);
    if (read === null) this.readLines(text);
    else this.#addExport(read);
  }

  #addExport({ events, problems }: ExportRead): void {
    for (const event of events) {
      const own = { timestampMs: this.#timed(event), id: event.id, message: event.message.toWellFormed() };
      this.#streams.add(this.#identity(event.stream, event.group, event.account), own);
    }
    for (const problem of problems) this.#unreadable.push(problem);
  }

  readLines(text: string): void {
    readTimedLines(
      text,
      (place, time, message) => this.#add(place, time, message),
      (reason, line) => this.#unreadable.push({ reason, text: line }),
    );
  }

  /** `given` is the original text, or null for a member of an array. `whole`: the text around it, if not all of that was parsed. */
  #document(value: unknown, given: string | null, whole: WholeText | null = null): void {
    const part = whole === null ? null : whole.partOf(value);
    const text = given ?? part;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const own = text ?? lazily(value, whole);
      const read = Array.isArray(value) ? readWrapped(value, own, whole) : null;
      if (read !== null) this.#addExport(read);
      else this.#unreadable.push({ reason: 'not-a-log-event', text: own });
      return;
    }
    const record = lowerFirst(value as Json);
    // Naming each member of a large object takes longer than asking it for all that any reader knows.
    const isLarge = part === null && text !== null && text.length > LARGE_CHARS;
    const readers = isLarge ? EVERY_SHAPE : shapeOf(record) | (record === value ? 0 : shapeOf(value as Json));
    if ((readers & SHAPE.enough) === 0) {
      this.#unreadable.push({ reason: 'not-a-log-event', text: text ?? lazily(value) });
      return;
    }
    if ((readers & READER.forwarded) !== 0 && this.#deadLetter(record, text, whole)) return;
    if ((readers & READER.logTail) !== 0 && this.#logTail(record, text)) return;
    const isDirect = (readers & SHAPE.direct) !== 0;
    if (isDirect && typeof record['rawData'] === 'string' && 'errorCode' in record) {
      this.#failedDelivery(record['rawData'], text ?? jsonText(value));
      return;
    }
    if ((readers & READER.document) !== 0 && this.#telemetryDocument(value, text, whole)) return;
    if (isDirect && Array.isArray(record['events'])) {
      // The output of filter-log-events or get-log-events.
      const group = record['logGroup'] ?? record['logGroupName'];
      for (const event of record['events']) this.#event(event, typeof group === 'string' ? group : null, whole);
    } else if (isDirect && record['messageType'] !== undefined) {
      this.#subscription(value, text);
    } else if (isDirect && isEvent(record)) {
      this.#event(record, null, whole, (readers & SHAPE.place) !== 0);
    } else {
      const inner = (readers & READER.list) === 0 ? null : recordsIn(record);
      if (inner !== null) {
        for (const item of inner) this.#document(item, null, whole);
        return;
      }
      if (!isLarge && (readers & SHAPE.bulk) !== 0 && isBulkAction(record)) {
        this.#ignored.add('bulk-action');
        return;
      }
      const read = readAsked(record, readers, text, whole);
      if (read !== null) this.#addExport(read);
      else this.#ownRecord(record, text, readers, record === value, part !== null);
    }
  }

  /** What a forwarder could not deliver: the event itself, an on-failure record, or messages of a queue that hold either. */
  #deadLetter(record: Json, text: string | null, whole: WholeText | null): boolean {
    if (record['messageType'] !== undefined) return false;
    const items = readForwarded(record, text ?? undefined, whole);
    for (const item of items ?? []) {
      if (item.kind === 'data') this.#failedDelivery(item.data, item.text);
      else if (item.kind === 'message') this.#subscription(item.value, item.text);
      else this.#unreadable.push({ reason: item.reason, text: item.text });
    }
    return items !== null;
  }

  /** The answer of `aws lambda invoke`. Its log tail has times only where the function logs JSON. */
  #logTail(record: Json, text: string | null): boolean {
    const tail = logTailOf(record);
    if (tail === null) return false;
    if (hasTimedLine(tail)) this.readLines(tail);
    else this.#unreadable.push({ reason: 'log-result-without-times', text: text ?? jsonText(record) });
    return true;
  }

  /** What Firehose could not deliver and left in its bucket: the record as CloudWatch Logs put it. */
  #failedDelivery(rawData: string, text: string): void {
    const record = readEncodedRecord(rawData);
    if (!record.ok) {
      this.#unreadable.push({ ...record.problem, text });
      return;
    }
    const { values, undecodable } = parseDocuments(record.text);
    for (const { value, text: own, whole } of values)
      if (!this.#telemetryDocument(value, own, whole)) this.#subscription(value, own);
    for (const { text: piece, limit } of undecodable) {
      if (limit === null) this.#unreadable.push({ reason: 'not-a-subscription-message', text: piece });
      else this.#unreadable.pushExcess(limit, piece);
    }
  }

  /** A JSON line: a platform record or an application log. `text` is null for a member of an array. `shape`: of its members. */
  #ownRecord(record: Json, text: string | null, shape: number, isAsGiven: boolean, isPart: boolean): void {
    const time = (shape & SHAPE.time) === 0 ? null : statedTime(record);
    // Most records hold no platform line: those are not parsed again.
    const stated = statesPlatformLine(record, isAsGiven || isPart ? text : null, isPart, shape);
    if (stated && !isPlatformLine(text ?? jsonText(record)))
      this.#unreadable.push({ reason: 'platform-line-in-unknown-member', text: text ?? lazily(record) });
    else if (time !== null) this.#add(NOWHERE, time, text ?? jsonText(record));
    else this.#unreadable.push({ reason: 'not-a-log-event', text: text ?? lazily(record) });
  }

  #subscription(value: unknown, text: string | null): void {
    if (text !== null && contradictsItself(text, value)) {
      this.#unreadable.push({ reason: 'message-contradicts', text });
      return;
    }
    const message = readMessage(value, { region: this.#source.region });
    if (message.kind === 'control') this.#ignored.add('control-message');
    if (message.kind === 'rejected') this.#unreadable.push({ reason: message.reason, text: text ?? lazily(value) });
    if (message.kind !== 'data') return;
    this.#converted += message.converted;
    for (const problem of unreadEvents(message)) this.#unreadable.push({ ...problem, text: text ?? jsonText(value) });
    for (const stream of message.streams) for (const event of stream.events) this.#streams.add(stream.identity, event);
  }

  #event(value: unknown, group: string | null, whole: WholeText | null, mayNamePlace?: boolean): void {
    const record = (typeof value === 'object' && value !== null ? value : {}) as Json;
    const message = record['message'];
    if (typeof message !== 'string') {
      this.#unreadable.push({ reason: 'log-event-without-message', text: lazily(value, whole) });
      return;
    }
    const time = record['timestamp'] ?? record['eventTime'];
    if (time === undefined) {
      this.#unreadable.push({ reason: 'line-without-time', text: message });
      return;
    }
    const id = record['eventId'] ?? record['id'];
    const place = placeOf(record, mayNamePlace);
    const timestamp = readEventTime(time);
    if (timestamp === null) {
      this.#unreadable.push({ reason: 'timestamp-impossible', text: lazily(value, whole) });
      return;
    }
    const identity = this.#identity(place.stream, group ?? place.group);
    const own = typeof id === 'string' ? id : '';
    this.#streams.add(identity, { timestampMs: this.#timed(timestamp), id: own, message: message.toWellFormed() });
  }

  /** Events that follow each other are usually of one stream: its identity is made once. */
  #identity(stream: string, group: string | null, owner: string | null = null): StreamIdentity {
    const { region, account: given } = this.#source;
    const account = given !== '' ? given : (owner ?? '');
    const logGroup = this.#source.logGroup !== '' ? this.#source.logGroup : (group ?? '');
    const logStream = stream !== '' ? stream : this.#source.logStream;
    const last = this.#lastIdentity;
    if (last?.logStream === logStream && last.logGroup === logGroup && last.account === account) return last;
    this.#lastIdentity = { account, region, logGroup, logStream };
    return this.#lastIdentity;
  }

  #add({ stream, group }: Pick<PrefixedLine, 'stream' | 'group'>, time: EventTime, message: string): void {
    const own = { timestampMs: this.#timed(time), id: '', message: message.toWellFormed() };
    this.#streams.add(this.#identity(stream, group), own);
  }

  /** Epoch ms. Counts times in other units than milliseconds. */
  #timed({ timestampMs, isConverted }: EventTime): number {
    if (isConverted) this.#converted += 1;
    return timestampMs;
  }
}
