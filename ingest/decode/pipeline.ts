/**
 * bytes → envelope → subscription messages → lines → {@link Batch}. Poison is set aside record by record with its
 * reason; only a request that cannot be read at all is refused as a whole.
 */
import { isAscii } from 'node:buffer';
import { BatchAssembler } from '../batch/assemble.ts';
import { exact, rawChunk, scannedChunk, scannedVolume, volumeOf } from '../batch/raw-chunk.ts';
import type { AccessLogNames } from '../documents/access-log.ts';
import type { DocumentOptions } from '../documents/read-document.ts';
import { documentOptions } from '../documents/read-document.ts';
import { decodeBase64 } from '../formats/base64.ts';
import type { FirehoseHeaders } from '../formats/firehose.ts';
import { readFirehose } from '../formats/firehose.ts';
import { inflate, isGzip } from '../formats/inflate.ts';
import type { Document } from '../formats/json-documents.ts';
import { parseDocuments } from '../formats/json-documents.ts';
import { limits } from '../formats/limits.ts';
import type { ParsedUpload } from '../formats/parsed-upload.ts';
import { readMessage } from '../formats/subscription.ts';
import type { ScannedEvents } from '../formats/subscription-scan.ts';
import { scanMessage } from '../formats/subscription-scan.ts';
import { parsePlatformLine } from '../lines/platform-line.ts';
import type { Batch } from '../records/batch.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';

/** How many raw lines are kept: none, the platform's, or all. */
export type RawRetention = 'off' | 'platform' | 'all';

export interface DecodeContext {
  readonly raw: RawRetention;
  /** Region the envelope names (Firehose source ARN, query), "" when it names none. */
  readonly region: string;
  /** Log groups of our own delivery chain: dropped, or they would feed themselves. */
  readonly selfLogGroups: readonly string[];
  /** JSON of the delivery stream's common attributes, where there are any. */
  readonly attributes?: string | null;
  /** How the user's API Gateway access logs look; the usual ways are known. */
  readonly accessLogs?: AccessLogShape;
}

export interface AccessLogShape {
  readonly names: Partial<AccessLogNames>;
  readonly format: string | null;
}

export type Decoded =
  | {
      readonly ok: true;
      readonly requestId: string;
      readonly batch: Batch;
      /** Where a pull stands once this is stored. */
      readonly checkpoint?: PullCheckpoint;
    }
  | { readonly ok: false; readonly requestId: string; readonly message: string };

/** One Firehose delivery. */
export function decodeFirehose(body: Buffer, headers: FirehoseHeaders, context: DecodeContext): Decoded {
  const result = readFirehose(body, headers);
  if (!result.ok) return result;
  const decoder = new RecordDecoder(context);
  for (const data of result.envelope.records) decoder.addBase64(data);
  return { ok: true, requestId: result.envelope.requestId, batch: decoder.finish() };
}

/** `{"awslogs":{"data":"<base64 gzip>"}}`, or a decoded subscription message. */
export function decodeLambdaEvent(body: Buffer, context: DecodeContext): Decoded {
  const refuse = (message: string): Decoded => ({ ok: false, requestId: '', message });
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    return refuse('body: not JSON; expected {"awslogs":{"data":"<base64 gzip>"}}');
  }
  if (typeof value !== 'object' || value === null) return refuse('body: expected a JSON object');
  const decoder = new RecordDecoder(context);
  const awslogs = (value as { awslogs?: unknown }).awslogs;
  if (awslogs === undefined) {
    if (!('messageType' in value)) return refuse('awslogs.data: expected base64 of a subscription message');
    decoder.addText(body, body.toString('utf8'));
    return { ok: true, requestId: '', batch: decoder.finish() };
  }
  const data = (awslogs as { data?: unknown } | null)?.data;
  if (typeof data !== 'string') return refuse('awslogs.data: expected a string');
  const bytes = decodeBase64(data);
  if (bytes === null) return refuse('awslogs.data: not base64 (expected the standard alphabet with padding)');
  const inflated = inflate(bytes, limits.recordInflatedBytes);
  if (!inflated.ok) return refuse(`awslogs.data: ${inflated.reason}`);
  decoder.addText(bytes, inflated.bytes.toString('utf8'));
  return { ok: true, requestId: '', batch: decoder.finish() };
}

/** Events of named streams, and records of other documents. `place` is the caller's own knowledge of the latter. */
export function decodeStreams(
  given: ParsedUpload,
  place: Pick<StreamIdentity, 'account' | 'region'>,
  context: DecodeContext,
): Batch {
  const decoder = new RecordDecoder(context);
  for (const stream of given.streams) decoder.addEvents(stream.identity, stream.events, null);
  for (const { record, text } of given.records) decoder.addRecord(record, place, text);
  for (const { reason, text } of given.unreadable) decoder.reject(reason, Buffer.from(text));
  decoder.addIgnored(given.ignored);
  return decoder.finish();
}

/** Compiled once a process: contexts cross threads as plain data. */
const compiled = new Map<string, DocumentOptions>();

function optionsOf(shape: AccessLogShape | undefined): DocumentOptions {
  const key = JSON.stringify(shape ?? null);
  let options = compiled.get(key);
  if (options === undefined) {
    options = documentOptions(shape?.names ?? {}, shape?.format ?? null);
    compiled.set(key, options);
  }
  return options;
}

class RecordDecoder {
  readonly #assembler: BatchAssembler;
  readonly #context: DecodeContext;
  #budget: number = limits.requestInflatedBytes;
  #quarantined = 0;

  constructor(context: DecodeContext) {
    this.#context = context;
    this.#assembler = new BatchAssembler(optionsOf(context.accessLogs));
  }

  finish(): Batch {
    return this.#assembler.finish(this.#context.attributes ?? null);
  }

  addRecord(record: TelemetryRecord, place: Pick<StreamIdentity, 'account' | 'region'>, text: string): void {
    this.#assembler.addRecord(record, place, text);
  }

  addIgnored(n: number): void {
    this.#assembler.addIgnored(n);
  }

  addBase64(data: string | null): void {
    if (data === null) {
      this.reject('record-without-data', Buffer.alloc(0));
      return;
    }
    if (data === '') return; // Firehose permits empty records.
    const bytes = decodeBase64(data);
    if (bytes === null) {
      this.reject('record-not-base64', Buffer.from(data));
      return;
    }
    if (this.#budget <= 0) {
      this.reject('request-inflates-too-far', bytes);
      return;
    }
    const allowed = Math.min(limits.recordInflatedBytes, this.#budget);
    const inflated = inflate(bytes, allowed);
    if (!inflated.ok) {
      // The work was done, though nothing came of it.
      if (inflated.reason === 'gzip-too-large') this.#budget -= allowed;
      this.reject(inflated.reason, bytes);
      return;
    }
    this.#budget -= inflated.bytes.length;
    const scanned = scanMessage(inflated.bytes, this.#context.region);
    if (scanned !== null) this.#addScanned(scanned, bytes);
    else this.addText(bytes, decodeText(inflated.bytes));
  }

  /** The text of one record: one or several subscription messages. `bytes` is the record as it came. */
  addText(bytes: Buffer, text: string): void {
    if (text.trim() === '') return;
    const { values, rubbish } = parseDocuments(text);
    for (const document of values)
      this.#addDocument(document, values.length === 1 && rubbish.length === 0 ? bytes : null);
    const whole = values.length === 0 && rubbish.length === 1;
    for (const piece of rubbish) {
      // The record as it came is the smaller witness, where all of it is rubbish and inflated it is large.
      const asItCame = whole && piece.length > limits.previewedBytes;
      this.reject(nameRubbish(piece), asItCame ? bytes : Buffer.from(piece.slice(0, limits.deadLetterBytes)));
    }
  }

  #addDocument({ value, text }: Document, bytes: Buffer | null): void {
    const message = readMessage(value, this.#context);
    if (message.kind === 'control') {
      this.#assembler.addControlMessage();
      return;
    }
    if (message.kind === 'refused') {
      this.reject(message.reason, Buffer.from(text.slice(0, limits.deadLetterBytes)));
      return;
    }
    for (let n = 0; n < message.clamped; n += 1) this.#assembler.addClampedTimestamp();
    if (message.skipped > 0) {
      this.reject('log-event-without-message', Buffer.from(text.slice(0, limits.deadLetterBytes)));
    }
    const original = message.streams.length === 1 && message.skipped === 0 ? bytes : null;
    for (const stream of message.streams) this.addEvents(stream.identity, stream.events, original);
  }

  /** `original` is the gzip the events came in, when it holds these and nothing else. */
  addEvents(identity: StreamIdentity, events: readonly LogEvent[], original: Buffer | null): void {
    if (this.#isOurs(identity, events.length)) return;
    const { stream, platform } = this.#assembler.addStream(identity, events);
    if (events.length > 0) this.#assembler.addVolume(volumeOf(identity, events));
    this.#keepRaw(stream, events, platform, original);
  }

  #addScanned(events: ScannedEvents, original: Buffer): void {
    if (this.#isOurs(events.identity, events.n)) return;
    const { stream, platform } = this.#assembler.addScanned(events);
    if (events.n > 0) this.#assembler.addVolume(scannedVolume(events));
    if (this.#context.raw === 'off' || stream === -1) return;
    const chunk = isGzip(original) && platform.every((is) => is) ? scannedChunk(stream, events, original) : null;
    if (chunk !== null) this.#assembler.addRaw(chunk);
    else this.#keepRaw(stream, events.all(), platform, original);
  }

  #isOurs(identity: StreamIdentity, events: number): boolean {
    if (!this.#context.selfLogGroups.includes(identity.logGroup)) return false;
    this.reject('own-log-group', Buffer.from(JSON.stringify({ ...identity, events })));
    return true;
  }

  #keepRaw(stream: number, events: readonly LogEvent[], platform: readonly boolean[], original: Buffer | null): void {
    const keep = this.#context.raw;
    if (stream === -1 || keep === 'off') return;
    const whole = keep === 'all' || platform.every((is) => is);
    const kept = whole ? events : events.filter((_, at) => platform[at]);
    this.#assembler.addRaw(rawChunk(stream, kept, whole && original !== null && isGzip(original) ? original : null));
  }

  /** A request's rejects are kept whole up to a limit of their own; beyond it, their beginnings are. */
  reject(reason: string, payload: Buffer): void {
    const room =
      this.#quarantined < limits.requestDeadLetterBytes ? limits.deadLetterBytes : limits.deadLetterHeadBytes;
    this.#quarantined += Math.min(payload.length, room);
    this.#assembler.addDeadLetter({
      reason,
      detail: explainReject(reason),
      logGroup: null,
      payload: exact(payload.subarray(0, room)),
    });
  }
}

/** ASCII is decoded at a third of the cost of UTF-8, and most platform lines are ASCII. */
function decodeText(bytes: Buffer): string {
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
}

/** Text without an envelope is the mark of Firehose's message extraction, which strips what we need. */
function nameRubbish(text: string): string {
  if (parsePlatformLine(text).ok) return 'message-extraction-enabled';
  return 'not-a-subscription-message';
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  'message-extraction-enabled':
    'A log line without its envelope: turn off message extraction (CloudWatchLogProcessing) on the Firehose stream.',
  'not-a-subscription-message': 'Not a CloudWatch Logs subscription message.',
  'unknown-message-type': 'messageType is neither DATA_MESSAGE nor CONTROL_MESSAGE.',
  'owner-missing': 'owner: expected a non-empty string.',
  'log-group-missing': 'logGroup: expected a non-empty string.',
  'log-stream-missing': 'logStream: expected a non-empty string.',
  'log-events-missing': 'logEvents: expected an array.',
  'log-event-without-message': 'A log event has no message; the others of its message were read.',
  'record-without-data': 'data: expected a base64 string.',
  'record-not-base64': 'data: not padded standard base64.',
  'gzip-too-large': `Inflates to more than ${limits.recordInflatedBytes} bytes.`,
  'request-inflates-too-far': `The records before it inflated to ${limits.requestInflatedBytes} bytes together.`,
  'gzip-truncated': 'The gzip stream ends too early.',
  'gzip-corrupt': 'The gzip stream is damaged.',
  'gzip-nested-too-deep': 'Compressed more than twice.',
  'line-without-time': 'A line without a time has no place; export with times (aws logs filter-log-events, or tail).',
  'not-a-log-event': 'JSON, but neither a log event nor a platform record with a time.',
  'tuning-without-function': 'A Power Tuning result does not name its function: import it with --function.',
  'tuning-without-points': 'A Power Tuning result without stats and without a readable visualization address.',
  'load-test-unreadable': 'Neither a hey summary with its histogram, nor hey or Locust CSV with requests.',
  'function-without-name': 'An entry of a function list needs FunctionName.',
  'own-log-group': "A log group of Thermocline's own delivery chain: exclude it from the subscription.",
};

function explainReject(reason: string): string {
  return EXPLANATIONS[reason] ?? reason;
}
