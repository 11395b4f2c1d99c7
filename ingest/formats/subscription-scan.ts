/**
 * Scans subscription messages in place, in the exact format that CloudWatch Logs writes: fixed field order, no spaces.
 * START, END and REPORT in their usual format never become text; other messages do. Any other document is left to
 * JSON.parse.
 */
import type { ByteText } from '../lines/byte-words.ts';
import { byteText, digitsEnd, has, literal, sameUuid, thirteenDigits } from '../lines/byte-words.ts';
import {
  endLine,
  REPORT_FIELDS,
  REPORT_ID,
  reportEscapes,
  reportLine,
  START_ID,
  startLine,
  stringEnd,
  versionOf,
} from '../lines/in-place.ts';
import type { ErrorDelivery } from '../records/batch.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import { isEpochMs } from '../records/time.ts';
import type { EnvelopeContext } from './subscription.ts';
import { errorDelivery, eventMessage, isName } from './subscription.ts';

const HEAD =
  /^\{"messageType":"DATA_MESSAGE","owner":("[^"\\]+"),"logGroup":("[^"\\]+"),"logStream":("[^"\\]+"),"subscriptionFilters":(\[(?:"[^"\\]*"(?:,"[^"\\]*"){0,9})?\]),"logEvents":\[/;
/** No name before it has a quote, so that its first occurrence is the end of the head. */
const EVENTS = ',"logEvents":[';
/** Names are at most 512 characters, ten filters at most. */
const HEAD_BYTES = 16_384;
const EVENT = literal('{"id":"');
const TIMESTAMP = literal('","timestamp":');
const TIMESTAMP_CHARS = 13;
const MESSAGE = literal(',"message":');
/** JSON whitespace. */
const BLANK = /^[ \t\r\n]*$/;
const LAST = literal(']}');
const COMMA = 0x2c;
const CLOSE = 0x7d;
/** Larger messages than AWS sends take the slow path, which frees its memory. */
const MOST_EVENTS = 65_536;

/** Kind of an event. Only `other` keeps its message as text. */
export const KIND = { end: 0, start: 1, report: 2, other: 3 } as const;

/** The events of one message. Reused: valid until the next call of {@link scanMessage}. */
export class ScannedEvents {
  n = 0;
  text: ByteText = byteText(new Uint8Array(0));
  identity: StreamIdentity = { account: '', region: '', logGroup: '', logStream: '' };
  /** The message came by a filter that passes the errors that runtimes report. */
  errors: ErrorDelivery = [];
  kinds = new Uint8Array(1024);
  timestamps = new Float64Array(1024);
  /** Per event: offset of its id, and start and end of its message string with quotes. */
  spans = new Int32Array(3 * 1024);
  /** {@link REPORT_FIELDS} of each REPORT. */
  numbers = new Float64Array(REPORT_FIELDS * 1024);
  readonly others = new Map<number, string>();
  #version = '$LATEST';

  /** Offset of the request id of a START or REPORT. */
  requestIdAt(at: number): number {
    return (this.spans[3 * at + 1] ?? 0) + (this.kinds[at] === KIND.start ? START_ID : REPORT_ID);
  }

  sameRequest(a: number, b: number): boolean {
    return sameUuid(this.text, this.requestIdAt(a), this.requestIdAt(b));
  }

  /** The version in a START line. All lines of a stream have the same one. */
  version(at: number): string {
    this.#version = versionOf(this.text.bytes, this.spans[3 * at + 1] ?? 0, this.spans[3 * at + 2] ?? 0, this.#version);
    return this.#version;
  }

  timestamp(at: number): number {
    return this.timestamps[at] ?? Number.NaN;
  }

  /** The event id from CloudWatch Logs, "" if there is none. */
  id(at: number): string {
    const from = this.spans[3 * at] ?? 0;
    return text(this.text.bytes, from, digitsEnd(this.text, from));
  }

  /** The event, equal to what {@link readMessage} returns. */
  event(at: number): LogEvent {
    const message = this.others.get(at) ?? this.#quoted(at);
    return { id: this.id(at), timestampMs: this.timestamp(at), message };
  }

  /** The message of a line that was scanned in place: its span is a JSON string. */
  #quoted(at: number): string {
    const value: unknown = JSON.parse(text(this.text.bytes, this.spans[3 * at + 1] ?? 0, this.spans[3 * at + 2] ?? 0));
    return typeof value === 'string' ? value : '';
  }

  /** Size of all messages in UTF-8 bytes. Lines scanned in place are ASCII with a known number of escapes. */
  textBytes(): number {
    let bytes = 0;
    for (let at = 0; at < this.n; at += 1) {
      const kind = this.kinds[at];
      if (kind === KIND.other) {
        bytes += Buffer.byteLength(this.others.get(at) ?? '');
        continue;
      }
      const chars = (this.spans[3 * at + 2] ?? 0) - (this.spans[3 * at + 1] ?? 0) - 2;
      bytes += chars - (kind === KIND.report ? reportEscapes(this.numbers, REPORT_FIELDS * at) : 1);
    }
    return bytes;
  }

  all(): LogEvent[] {
    return Array.from({ length: this.n }, (_, at) => this.event(at));
  }

  grow(): void {
    const { kinds, timestamps, spans, numbers } = this;
    this.kinds = new Uint8Array(kinds.length * 2);
    this.timestamps = new Float64Array(timestamps.length * 2);
    this.spans = new Int32Array(spans.length * 2);
    this.numbers = new Float64Array(numbers.length * 2);
    this.kinds.set(kinds);
    this.timestamps.set(timestamps);
    this.spans.set(spans);
    this.numbers.set(numbers);
  }
}

const scanned = new ScannedEvents();

/** Scans a message; null if it is in another format. Gives the same events as {@link readMessage}. */
export function scanMessage(bytes: Buffer, { region, errorFilters }: EnvelopeContext): ScannedEvents | null {
  const begin = bytes.subarray(0, HEAD_BYTES).indexOf(EVENTS);
  if (begin === -1) return null;
  const head = HEAD.exec(bytes.toString('latin1', 0, begin + EVENTS.length));
  if (head === null) return null;
  const [account, logGroup, logStream, filters] = head.slice(1).map((part) => parsed(utf8(part)));
  if (!isName(account) || !isName(logGroup) || !isName(logStream) || filters === undefined) return null;
  scanned.identity = { account, region, logGroup, logStream };
  scanned.errors = errorDelivery(filters, account, errorFilters);
  const words = byteText(bytes);
  scanned.text = words;
  scanned.n = 0;
  scanned.others.clear();
  let at = head[0].length;
  for (;;) {
    at = scanEvent(words, at);
    if (at === -1) return null;
    if (bytes[at] !== COMMA) break;
    at += 1;
  }
  return has(words, at, LAST) && BLANK.test(text(bytes, at + LAST.length, bytes.length)) ? scanned : null;
}

/** Scans the event at `at`. Returns the offset after it, or -1. */
function scanEvent(words: ByteText, at: number): number {
  const event = scanned.n;
  if (event === MOST_EVENTS || !has(words, at, EVENT)) return -1;
  if (event === scanned.kinds.length) scanned.grow();
  const idAt = at + EVENT.length;
  let cursor = digitsEnd(words, idAt);
  if (!has(words, cursor, TIMESTAMP)) return -1;
  cursor += TIMESTAMP.length;
  const timestampMs = thirteenDigits(words, cursor);
  cursor += TIMESTAMP_CHARS;
  if (!has(words, cursor, MESSAGE) || !isEpochMs(timestampMs)) return -1;
  cursor += MESSAGE.length;
  const end = scanLine(words, cursor, event);
  if (end === -1 || words.bytes[end] !== CLOSE) return -1;
  scanned.timestamps[event] = timestampMs;
  scanned.spans[3 * event] = idAt;
  scanned.spans[3 * event + 1] = cursor;
  scanned.spans[3 * event + 2] = end;
  scanned.n += 1;
  return end + 1;
}

/** Scans the message at `at` and records its kind. Returns the offset after it, or -1 if it is not a string. */
function scanLine(words: ByteText, at: number, event: number): number {
  scanned.kinds[event] = KIND.end;
  let end = endLine(words, at);
  if (end !== -1) return end;
  scanned.kinds[event] = KIND.start;
  end = startLine(words, at);
  if (end !== -1) return end;
  scanned.kinds[event] = KIND.report;
  end = reportLine(words, at, scanned.numbers, REPORT_FIELDS * event);
  if (end !== -1) return end;
  scanned.kinds[event] = KIND.other;
  end = stringEnd(words.bytes, at);
  const message = end === -1 ? undefined : parsed(text(words.bytes, at, end));
  const whole = eventMessage(message);
  if (whole === null) return -1;
  scanned.others.set(event, whole);
  return end;
}

/** Parses JSON; undefined if it is invalid. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Re-decodes Latin-1 text as UTF-8. */
function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', from, to);
}
