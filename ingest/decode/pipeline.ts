/**
 * Decodes a request: bytes → envelope → subscription messages → lines → {@link Batch}. A record that cannot be read becomes
 * a dead letter with its reason; only a request whose envelope cannot be read is rejected as a whole.
 */
import { BatchAssembler } from '../batch/assemble.ts';
import { inOrder } from '../batch/event-order.ts';
import { sourceOf } from '../batch/identity.ts';
import { rawChunk, scannedChunk, scannedVolume, volumeOf } from '../batch/raw-chunk.ts';
import { hasOwnId, recordDigest } from '../batch/record-digest.ts';
import { AS_SENT } from '../batch/stored-texts.ts';
import type { AccessLogNames } from '../documents/access-log.ts';
import { isObject, jsonText } from '../documents/json.ts';
import { looksLikeMetric, readMetric } from '../documents/metric-stream.ts';
import type { DocumentOptions } from '../documents/read-document.ts';
import { documentOptions } from '../documents/read-document.ts';
import { decodeBase64 } from '../formats/base64.ts';
import type { FirehoseHeaders } from '../formats/firehose.ts';
import { readFirehose } from '../formats/firehose.ts';
import { readForwarded } from '../formats/forwarded-event.ts';
import { inflate, inflateMessage, isGzip, trailingMessage } from '../formats/inflate.ts';
import type { Document } from '../formats/json-documents.ts';
import { parseDocuments } from '../formats/json-documents.ts';
import type { BodyLimit } from '../formats/limits.ts';
import { limits } from '../formats/limits.ts';
import { readOtelRecord } from '../formats/otel-metrics.ts';
import type { ParsedUpload } from '../formats/parsed-upload.ts';
import { contradictsItself, readMessage, unreadEvents } from '../formats/subscription.ts';
import type { ScannedEvents } from '../formats/subscription-scan.ts';
import { scanMessage } from '../formats/subscription-scan.ts';
import type { Batch, ErrorDelivery } from '../records/batch.ts';
import type { FunctionFacts } from '../records/function-facts.ts';
import type { IgnoredReason } from '../records/ignored.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import { UNKNOWN_STREAM } from '../records/log-event.ts';
import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';
import { isRegionalCopy } from '../records/web-function.ts';
import type { CompiledRules } from '../redaction/redact.ts';
import type { RedactionRules } from '../redaction/rules.ts';
import { linesOf } from '../text/lines.ts';
import { BEYOND_REQUEST, beyondRequest } from './beyond-request.ts';
import { explainDeadLetter } from './dead-letter-explanations.ts';
import { decodeText, reasonForText } from './record-text.ts';
import { Redactor } from './redactor.ts';

/** Which log lines are stored: none, platform lines, also those of applications around failures, or all. */
export const RAW_RETENTIONS = ['off', 'platform', 'errors', 'all'] as const;
export type RawRetention = (typeof RAW_RETENTIONS)[number];

export interface DecodeContext {
  readonly raw: RawRetention;
  /** Region from the Firehose source ARN or the query string, "" if neither gives one. */
  readonly region: string;
  /** Log groups of the delivery chain itself. They are dropped, because ingesting them would create a loop. */
  readonly selfLogGroups: readonly string[];
  /** Names of subscription filters whose pattern is declared to pass the errors that runtimes report. */
  readonly errorFilters?: readonly string[];
  /** JSON of the delivery stream's common attributes, if any. */
  readonly attributes?: string | null;
  /** The user's API Gateway access log format, in addition to the usual ones. */
  readonly accessLogs?: AccessLogShape;
  /** What is replaced in the texts of lines before they are stored; none by default. */
  readonly redaction?: RedactionRules | null;
  /** The same, compiled by the thread that decodes. */
  readonly rules?: CompiledRules | null;
  /** The records are dead letters of this product. */
  readonly replays?: boolean;
  /** False if the sender may not declare configurations of functions: lists of them then become dead letters. */
  readonly declares?: boolean;
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
      /** The position of a pull after this batch is stored. */
      readonly checkpoint?: PullCheckpoint;
    }
  | {
      readonly ok: false;
      readonly requestId: string;
      readonly message: string;
      /** Path of the wrong field, where the message does not name it. */
      readonly field?: string;
      /** The limit that the body went beyond, if that is why. */
      readonly limit?: BodyLimit;
    };

/** Decodes one Firehose delivery. */
export function decodeFirehose(body: Buffer, headers: FirehoseHeaders, context: DecodeContext): Decoded {
  const result = readFirehose(body, headers);
  if (!result.ok) return result;
  const decoder = new RecordDecoder(context);
  let n = 0;
  for (const data of result.envelope.records) {
    const at = n;
    decoder.addBase64(data, () => `records[${at}].data`);
    n += 1;
  }
  return { ok: true, requestId: result.envelope.requestId, batch: decoder.finish() };
}

/**
 * Decodes what a forwarder sends: a Lambda event `{"awslogs":{"data":"<base64 gzip>"}}`, Kinesis records, a subscription
 * message that is already decoded, or one of its dead letters. A message that cannot be read becomes a dead letter: an error
 * would make Lambda send it again, and block a Kinesis shard.
 */
export function decodeLambdaEvent(body: Buffer, context: DecodeContext): Decoded {
  const failure = (message: string) => ({ ok: false, requestId: '', message }) as const;
  const { values, undecodable } = parseDocuments(body.toString('utf8'));
  const excess = undecodable.find(({ limit }) => limit !== null)?.limit ?? null;
  if (excess !== null) return { ...failure(`body: ${excess.message}`), limit: excess.limit };
  if (values.length === 0) return failure('body: not JSON; expected {"awslogs":{"data":"<base64 gzip>"}}');
  const decoder = new RecordDecoder(context);
  for (const { value, text, whole } of values) {
    const items = readForwarded(value, text, whole);
    if (items === null) return failure(`body: expected ${FORWARDED_FORMS}`);
    for (const item of items) {
      if (item.kind === 'data') decoder.addBase64(item.data, () => item.field);
      else if (item.kind === 'message') decoder.addText(Buffer.from(item.text), item.text);
      else decoder.reject(item.reason, item.text);
    }
  }
  for (const piece of undecodable) decoder.reject('not-a-subscription-message', piece.text);
  return { ok: true, requestId: '', batch: decoder.finish() };
}

const FORWARDED_FORMS =
  '{"awslogs":{"data":"<base64 gzip>"}}, Kinesis records, a subscription message, or a dead letter that holds one of them';

/** Turns the events and records of an upload into a batch. `place` is the account and region of records that name none. */
export function decodeStreams(
  given: ParsedUpload,
  place: Pick<StreamIdentity, 'account' | 'region'>,
  context: DecodeContext,
): Batch {
  const decoder = new RecordDecoder(context);
  decoder.addUpload(given, place);
  return decoder.finish();
}

/** Configurations of functions as an upload. */
export function inventoryUpload(facts: readonly FunctionFacts[]): ParsedUpload {
  const records = facts.map((record) => ({ record, text: jsonText }));
  return { streams: [], unreadable: [], records, ignored: [] };
}

/** Like {@link decodeStreams}, for an upload that is read in parts. Rejects with what reading a part throws. */
export async function decodeParts(
  parts: AsyncIterable<ParsedUpload>,
  place: Pick<StreamIdentity, 'account' | 'region'>,
  context: DecodeContext,
): Promise<Batch> {
  const decoder = new RecordDecoder(context);
  for await (const part of parts) decoder.addUpload(part, place);
  return decoder.finish();
}

/** Compiled once per process, because contexts cross threads as plain data. */
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
  readonly #redactor: Redactor | null;
  #budget: number = limits.requestInflatedBytes;
  #rejectedLines = 0;

  constructor(context: DecodeContext) {
    this.#context = context;
    const { redaction = null, rules = null } = context;
    if (redaction !== null && rules === null) throw new RangeError('the rules of redaction are not compiled');
    this.#redactor = rules === null ? null : new Redactor(rules);
    this.#assembler = new BatchAssembler(optionsOf(context.accessLogs), this.#redactor ?? AS_SENT);
  }

  /** Which lines are around failures is known later. */
  get #keepsAll(): boolean {
    return this.#context.raw === 'all' || this.#context.raw === 'errors';
  }

  finish(): Batch {
    const batch = this.#assembler.finish(this.#context.attributes ?? null);
    const redacted = this.#redactor?.counts() ?? [];
    return redacted.length === 0 ? batch : { ...batch, counts: { ...batch.counts, redacted } };
  }

  addUpload(given: ParsedUpload, place: Pick<StreamIdentity, 'account' | 'region'>): void {
    for (const { identity, events } of given.streams) this.addEvents(identity, events, null, given.errors ?? []);
    const { declares = true } = this.#context;
    for (const { record, text, digest } of given.records) {
      if (record.kind === 'function-facts' && !declares) this.reject('inventory-needs-admin', text(record));
      else {
        const own = digest?.() ?? (hasOwnId(record) ? '' : recordDigest(record, () => text(record)));
        this.#assembler.addRecord(record, place, own);
      }
    }
    for (const { reason, text, n, detail, bytes } of given.unreadable) this.reject(reason, bytes ?? text, n, detail);
    if (given.binary !== undefined) this.reject('binary-data', given.binary);
    for (const [reason, n] of given.ignored) this.#assembler.addIgnored(reason, n);
    this.addConverted(given.converted ?? 0);
  }

  /** Counts events whose time was in another unit than milliseconds. */
  addConverted(events: number): void {
    this.#assembler.addConvertedTimestamps(events);
  }

  /** `field` names the member of the body that holds the record. */
  addBase64(data: string | null, field: () => string): void {
    if (data === null) {
      this.reject('record-without-data', '');
      return;
    }
    if (data === '') return; // Firehose allows empty records.
    const bytes = decodeBase64(data);
    if (bytes === null) {
      this.reject('record-not-base64', data);
      return;
    }
    const allowed = Math.min(limits.recordInflatedBytes, this.#budget);
    const inflated = allowed > 0 ? inflate(bytes, allowed) : BEYOND_REQUEST;
    if (!inflated.ok) {
      const { reason } = inflated;
      if (reason !== 'gzip-too-large' || allowed === limits.recordInflatedBytes)
        this.reject(reason, bytes, 1, () => `${field()}: ${inflateMessage(reason, bytes.length, allowed)}`);
      else this.reject('request-inflates-too-far', bytes, 1, () => `${field()}: ${beyondRequest(bytes, allowed)}`);
      // Failed inflation counts towards the limit as well.
      if (reason === 'gzip-too-large') this.#budget -= allowed;
      return;
    }
    this.#budget -= inflated.bytes.length;
    const { unread } = inflated;
    if (unread !== undefined)
      this.reject('gzip-trailing-bytes', unread, 1, () => `${field()}: ${trailingMessage(unread.length)}`);
    const scanned = scanMessage(inflated.bytes, this.#context);
    if (scanned !== null) this.#addScanned(scanned, bytes);
    else if (!this.#addOtel(inflated.bytes)) this.addText(bytes, decodeText(inflated.bytes));
  }

  /** Reads the text of one record, which holds one or more subscription messages. `bytes` is the original record. */
  addText(bytes: Buffer, text: string): void {
    if (text.trim() === '') return;
    const { values, undecodable } = parseDocuments(text);
    for (const document of values)
      this.#addDocument(document, values.length === 1 && undecodable.length === 0 ? bytes : null);
    const whole = values.length === 0 && undecodable.length === 1;
    for (const { text: piece, limit } of undecodable) {
      // Keep the original record if none of it can be decoded: it is smaller than the inflated text.
      const asItCame =
        whole && this.#redactor === null && piece.length > limits.previewedBytes && !piece.includes('\n');
      const payload = asItCame ? bytes : piece;
      if (limit !== null) this.reject(limit.limit, payload, 1, limit.message);
      else if (asItCame) this.reject(reasonForText(piece), bytes);
      else this.#rejectLines(piece);
    }
  }

  /** Each line by itself, until as many are rejected as are kept; the others are counted together. */
  #rejectLines(text: string): void {
    let [rest, n] = ['', 0];
    for (const line of linesOf(text)) {
      if (this.#rejectedLines < limits.requestDeadLetters) {
        this.#rejectedLines += 1;
        this.reject(reasonForText(line), line);
      } else {
        if (n === 0) rest = line;
        n += 1;
      }
    }
    if (n > 0) this.reject(reasonForText(rest), rest, n);
  }

  #addDocument({ value, text, whole }: Document, bytes: Buffer | null): void {
    if (isObject(value) && looksLikeMetric(value)) {
      const result = readMetric(value, text, whole !== null);
      if (result.ok) this.#addRecords(result.records, result.ignored);
      else this.reject(result.reason, text);
      return;
    }
    if (contradictsItself(text, value)) {
      this.reject('message-contradicts', text);
      return;
    }
    const message = readMessage(value, this.#context);
    if (message.kind === 'control') {
      this.#assembler.addControlMessage();
      return;
    }
    if (message.kind === 'rejected') {
      this.reject(message.reason, text);
      return;
    }
    this.addConverted(message.converted);
    for (const { reason, n, detail } of unreadEvents(message)) this.reject(reason, text, n, detail);
    const { skipped, untimed, converted, beyond } = message;
    const isWhole = message.streams.length === 1 && skipped + untimed + converted + beyond === 0;
    const original = isWhole ? bytes : null;
    for (const stream of message.streams) this.addEvents(stream.identity, stream.events, original, message.errors);
  }

  /** Returns false for what is no record of a metric stream in OpenTelemetry's format. */
  #addOtel(bytes: Buffer): boolean {
    const read = readOtelRecord(bytes);
    if (read === null) return false;
    this.#addRecords(read.records, undefined);
    for (const { reason, bytes: message, n } of read.problems) this.reject(reason, message, n);
    return true;
  }

  /** Records of metrics, which state their account and region. */
  #addRecords(records: readonly TelemetryRecord[], ignored: IgnoredReason | undefined): void {
    for (const record of records) this.#assembler.addRecord(record, { account: '', region: '' }, NO_DIGEST);
    if (ignored !== undefined) this.#assembler.addIgnored(ignored, 1);
  }

  /** `original` is the gzip that the events came in, if it contains nothing else. */
  addEvents(stated: StreamIdentity, given: readonly LogEvent[], original: Buffer | null, errors: ErrorDelivery): void {
    const identity = sourceOf(stated);
    const events = identity.logStream === UNKNOWN_STREAM ? inOrder(given) : given;
    if (this.#isSkipped(identity, events.length)) return;
    const { stream, platform } = this.#assembler.addStream(identity, events, errors, this.#keepsAll);
    const volume = events.length > 0 ? volumeOf(identity, events) : null;
    if (volume !== null) this.#assembler.addVolume(volume);
    // Members of the document other than its lines are not redacted.
    this.#keepRaw(stream, events, platform, this.#redactor === null ? original : null, volume?.digest);
  }

  #addScanned(events: ScannedEvents, original: Buffer): void {
    events.identity = sourceOf(events.identity);
    if (this.#isSkipped(events.identity, events.n)) return;
    const { stream, platform } = this.#assembler.addScanned(events, this.#keepsAll);
    const volume = events.n > 0 ? scannedVolume(events) : null;
    if (volume !== null) this.#assembler.addVolume(volume);
    if (this.#context.raw === 'off' || stream === -1) return;
    const isPlain = this.#redactor === null || events.others.size === 0;
    if (volume !== null && isPlain && isGzip(original) && platform.every((is) => is))
      this.#assembler.addRaw(scannedChunk(stream, events, original, volume.digest));
    else this.#keepRaw(stream, events.all(), platform, original, volume?.digest);
  }

  /** Groups of the product itself, and those whose lines another group holds as well. */
  #isSkipped(identity: StreamIdentity, events: number): boolean {
    if (isRegionalCopy(identity.logGroup)) {
      this.#assembler.addIgnored('regional-copy', events);
      return true;
    }
    if (!this.#context.selfLogGroups.includes(identity.logGroup)) return false;
    this.reject('own-log-group', JSON.stringify({ ...identity, events }));
    return true;
  }

  /** `digest`: that of all events, if it is known. */
  #keepRaw(
    stream: number,
    events: readonly LogEvent[],
    platform: readonly boolean[],
    original: Buffer | null,
    digest: Uint8Array | null = null,
  ): void {
    const keep = this.#context.raw;
    if (stream === -1 || keep === 'off') return;
    const whole = this.#keepsAll || platform.every((is) => is);
    const kept = whole ? events : events.filter((_, at) => platform[at]);
    const stored = this.#redactor?.events(kept) ?? kept;
    const gzip = whole && stored === events && original !== null && isGzip(original) ? original : null;
    this.#assembler.addRaw(rawChunk(stream, stored, gzip, whole ? digest : null));
  }

  /** `n`: the records that the payload stands for. `detail`: what was found and allowed, if the reason does not say it. */
  reject(
    reason: string,
    payload: string | Uint8Array,
    n = 1,
    detail: string | (() => string) = explainDeadLetter(reason),
  ): void {
    this.#assembler.addDeadLetter({ reason, detail, logGroup: null, payload, n });
  }
}

/** Metrics are told by what they state. */
const NO_DIGEST = '';
