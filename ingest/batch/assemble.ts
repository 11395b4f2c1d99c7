/**
 * Assembles log events into the columns of a {@link Batch}. Joins START and REPORT of an attempt by request id, never by
 * position, because managed instances interleave invocations. Inits, faults and extensions become events.
 */

import type { DocumentOptions } from '../documents/read-document.ts';
import type { ScannedEvents } from '../formats/subscription-scan.ts';
import { KIND } from '../formats/subscription-scan.ts';
import { divideEvent } from '../lines/divide-event.ts';
import { PLAIN, REPORT_FIELDS } from '../lines/in-place.ts';
import { holdsFurtherLine, parsePlatformLine } from '../lines/platform-line.ts';
import { parseRuntimeError } from '../lines/runtime-error.ts';
import { arnRegion } from '../records/arn.ts';
import { mayBeOneAttempt } from '../records/attempt.ts';
import type { Batch, ErrorDelivery, FilterDay } from '../records/batch.ts';
import type { RuntimeError } from '../records/fault-line.ts';
import type { IgnoredReason } from '../records/ignored.ts';
import type { ReportLine, Spans } from '../records/invocation-line.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { PlatformLine } from '../records/platform-line.ts';
import type { LogVolume, RawChunk } from '../records/raw-chunk.ts';
import type { ExtensionEvent, FaultEvent, InitEvent, PendingStart, RuntimeDone } from '../records/stream-events.ts';
import type { StreamHeader } from '../records/stream-header.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';
import type { UnreadableRecord } from './dead-letter-collector.ts';
import { DeadLetterCollector } from './dead-letter-collector.ts';
import { deadLetterDetail } from './dead-letter-reasons.ts';
import type { Reject } from './document-lines.ts';
import { DocumentLines } from './document-lines.ts';
import { identify, isLambdaStream } from './identity.ts';
import { IgnoredCounter } from './ignored-counter.ts';
import { InvocationTable } from './invocation-table.ts';
import { settledStarts } from './join-starts.ts';
import type { StreamState } from './open-stream.ts';
import { beginRequest, endRequest, fileReport, fileStart, newState, OpenStream } from './open-stream.ts';
import type { StoredTexts } from './stored-texts.ts';
import {
  extensionEvent,
  faultEvent,
  initEvent,
  lineFault,
  messageOf,
  responseTiming,
  statesStatus,
} from './stream-event.ts';

/** `END RequestId: `, a UUID and a line break. */
const LONGEST_END = 52;

export class BatchAssembler {
  readonly #streams: StreamHeader[] = [];
  readonly #invocations = new InvocationTable();
  readonly #starts: PendingStart[] = [];
  readonly #inits: InitEvent[] = [];
  readonly #faults: FaultEvent[] = [];
  readonly #extensions: ExtensionEvent[] = [];
  readonly #runtimeDone: RuntimeDone[] = [];
  readonly #errorDays: [stream: number, day: number][] = [];
  readonly #filterDays: FilterDay[] = [];
  readonly #raw: RawChunk[] = [];
  readonly #volumes: LogVolume[] = [];
  readonly #documents: DocumentLines;
  readonly #deadLetters: DeadLetterCollector;
  readonly #texts: StoredTexts;
  readonly #unknownKeys = new Map<string, number>();
  #events = 0;
  readonly #ignored = new IgnoredCounter();
  #controlMessages = 0;
  #converted = 0;

  constructor(documentOptions: DocumentOptions, texts: StoredTexts) {
    this.#texts = texts;
    this.#deadLetters = new DeadLetterCollector(texts);
    const reject: Reject = (reason, identity, event, found) => this.#reject(reason, identity, event, found);
    this.#documents = new DocumentLines(documentOptions, texts, this.#ignored, reject);
  }

  /**
   * Reads the events of one stream. Returns the stream's index, -1 if it has no platform line, and which events are platform
   * lines, so that the caller can store those. With `keepsAll`, a function's stream has an index without them too.
   */
  addStream(
    identity: StreamIdentity,
    events: readonly LogEvent[],
    errors: ErrorDelivery,
    keepsAll = false,
  ): { stream: number; platform: readonly boolean[] } {
    this.#events += events.length;
    const platform: boolean[] = new Array<boolean>(events.length).fill(false);
    const stream = new OpenStream(errors, () => this.#open(identity));
    let at = 0;
    for (const event of events) {
      stream.sees(event.timestampMs);
      platform[at] = this.#event(stream, identity, event);
      at += 1;
    }
    return { stream: this.#close(stream, identity, keepsAll), platform };
  }

  /** Like {@link addStream}, for events scanned in place. */
  addScanned(events: ScannedEvents, keepsAll = false): { stream: number; platform: readonly boolean[] } {
    const { n, identity, kinds } = events;
    this.#events += n;
    const platform: boolean[] = new Array<boolean>(n).fill(true);
    const stream = new OpenStream(events.errors, () => this.#open(identity));
    /** Index of the last START if only its END followed so far, else -1. */
    let newest = -1;
    const settle = (): void => {
      if (newest !== -1) this.#event(stream, identity, events.event(newest));
      newest = -1;
    };
    for (let at = 0; at < n; at += 1) {
      stream.sees(events.timestamp(at));
      const kind = kinds[at];
      if (kind === KIND.end) {
        this.#end(stream);
      } else if (kind === KIND.start) {
        settle();
        newest = at;
      } else if (kind === KIND.report && newest !== -1 && this.#pair(stream.state, events, newest, at)) {
        newest = -1;
      } else {
        settle();
        platform[at] = this.#event(stream, identity, events.event(at));
      }
    }
    settle();
    return { stream: this.#close(stream, identity, keepsAll), platform };
  }

  /** Adds a record from a file, outside any log stream. */
  addRecord(record: TelemetryRecord, place: Pick<StreamIdentity, 'account' | 'region'>, digest: string): void {
    this.#events += 1;
    this.#documents.put(record, place.account, place.region, '', null, digest);
  }

  addIgnored(reason: IgnoredReason, n: number): void {
    this.#events += n;
    this.#ignored.add(reason, n);
  }

  addRaw(chunk: RawChunk): void {
    this.#raw.push(chunk);
  }

  addVolume(volume: LogVolume): void {
    this.#volumes.push(volume);
  }

  addDeadLetter(record: UnreadableRecord): void {
    this.#deadLetters.add(record);
  }

  addControlMessage(): void {
    this.#controlMessages += 1;
  }

  addConvertedTimestamps(n: number): void {
    this.#converted += n;
  }

  /** Returns the batch. The assembler must not be used afterwards. */
  finish(attributes: string | null): Batch {
    return {
      attributes,
      streams: this.#streams,
      invocations: this.#invocations.finish(),
      starts: this.#starts,
      inits: this.#inits,
      faults: this.#faults,
      extensions: this.#extensions,
      runtimeDone: this.#runtimeDone,
      errorDays: this.#errorDays,
      filterDays: this.#filterDays,
      raw: this.#raw,
      volumes: this.#volumes,
      records: this.#documents.records,
      deadLetters: this.#deadLetters.finish(),
      unknownKeys: [...this.#unknownKeys],
      counts: {
        events: this.#events,
        ignored: this.#ignored.total(),
        ignoredBy: this.#ignored.counts(),
        controlMessages: this.#controlMessages,
        convertedTimestamps: this.#converted,
      },
    };
  }

  #open(identity: StreamIdentity): StreamState {
    this.#streams.push(identify(identity));
    return newState(this.#streams.length - 1, identity);
  }

  /** Reads one event. Returns whether it is a platform line. */
  #event(stream: OpenStream, identity: StreamIdentity, event: LogEvent): boolean {
    const { message } = event;
    const isEnd = message.startsWith('END RequestId: ');
    if (isEnd && message.length <= LONGEST_END) return this.#end(stream);
    const result = parsePlatformLine(message);
    if (result.ok && holdsFurtherLine(message)) {
      const parts = divideEvent(event);
      if (parts.length === 0) this.#reject('several-lines', identity, event);
      else this.#events += parts.length - 1;
      for (const part of parts) this.#event(stream, identity, { ...event, ...part });
      return true;
    }
    if (isEnd) return this.#end(stream);
    // A record states its status. Text states it in lines of the runtime, which arrive where other lines do.
    if (!result.ok || statesStatus(result.line, event.message)) stream.seesErrors(event.timestampMs);
    if (result.ok) this.#read(stream.state, event, result.line);
    else if (result.reason !== 'not-platform') this.#reject(result.reason, identity, event);
    else {
      const error = stream.opened !== null || isLambdaStream(identity) ? parseRuntimeError(event.message) : null;
      if (error === null) this.#events += this.#documents.read(identity, event, stream.opened?.openRequestId ?? null);
      else this.#runtimeError(stream.state, event, error);
      return error !== null;
    }
    return result.ok;
  }

  /** The handler or its init failed. Without a request id the error is the open invocation's; during init there is none. */
  #runtimeError(state: StreamState, { timestampMs: atMs, message }: LogEvent, given: RuntimeError): void {
    const error = this.#texts.error(message, given);
    this.#faults.push(faultEvent(state.index, atMs, { ...error, requestId: error.requestId ?? state.openRequestId }));
  }

  /** Skips END: a third of all lines, without information that REPORT lacks. */
  #end(stream: OpenStream): true {
    stream.open();
    this.#ignored.add('end');
    return true;
  }

  /** Adds a START and the REPORT after it, the usual case. Returns false if they belong to different attempts. */
  #pair(state: StreamState, events: ScannedEvents, start: number, report: number): boolean {
    const startMs = events.timestamp(start);
    const endMs = events.timestamp(report);
    const durationMs = events.numbers[report * REPORT_FIELDS + PLAIN.durationMs] ?? Number.NaN;
    if (!mayBeOneAttempt(startMs, endMs, durationMs) || !events.sameRequest(start, report)) return false;
    fileStart(state);
    state.openRequestId = null;
    this.#invocations.addPlain({
      stream: state.index,
      startMs,
      endMs,
      version: events.version(start),
      text: events.text,
      requestIdAt: events.requestIdAt(report),
      numbers: events.numbers,
      at: report * REPORT_FIELDS,
    });
    return true;
  }

  #reject(reason: string, identity: StreamIdentity, event: LogEvent, found?: string): void {
    const { logGroup, logStream } = identity;
    const detail = deadLetterDetail(reason, logStream, found);
    this.#deadLetters.add({ reason, detail, logGroup, payload: () => messageOf(identity, event) });
  }

  #rejectOf(state: StreamState, reason: string, event: LogEvent): void {
    const identity = this.#streams[state.index];
    if (identity !== undefined) this.#reject(reason, identity, event);
  }

  #read(state: StreamState, event: LogEvent, line: PlatformLine): void {
    const atMs = event.timestampMs;
    const stream = state.index;
    switch (line.kind) {
      case 'report':
        this.#report(state, event, line);
        return;
      case 'start':
        beginRequest(state, line.requestId);
        fileStart(state);
        state.newestStart = { line, startMs: atMs };
        this.#hintRegion(stream, line.functionArn);
        return;
      case 'fault':
        this.#faults.push(lineFault(stream, atMs, this.#texts.fault(event.message, line), state.openRequestId));
        return;
      case 'init-start':
      case 'restore-start':
        this.#hintRegion(stream, line.runtimeVersionArn);
        this.#inits.push(initEvent(stream, line.kind, atMs, line));
        return;
      case 'init-report':
        this.#inits.push(initEvent(stream, line.kind, atMs, line, line.initDurationMs));
        return;
      case 'restore-report':
        this.#inits.push(initEvent(stream, line.kind, atMs, line, line.restoreDurationMs));
        return;
      case 'init-runtime-done':
      case 'restore-runtime-done':
        this.#inits.push(initEvent(stream, line.kind, atMs, line));
        return;
      case 'extension':
      case 'telemetry-subscription':
      case 'logs-subscription':
        this.#extensions.push(extensionEvent(stream, atMs, line));
        return;
      case 'runtime-done': {
        const { requestId, durationMs } = line;
        if (requestId === null) this.#rejectOf(state, 'runtime-done-without-request-id', event);
        else if (durationMs !== null) this.#runtimeDone.push({ stream, requestId, atMs, runtimeMs: durationMs });
        else if (event.message.includes('"metrics"')) this.#rejectOf(state, 'runtime-done-without-duration', event);
        else this.#ignored.add('runtime-done-without-metrics');
        if (requestId !== null) this.#response(stream, requestId, atMs, line.spans, line.producedBytes);
        return;
      }
      case 'lambda-warning':
        if (line.error === null) this.#ignored.add('warning');
        else this.#runtimeError(state, event, line.error);
        return;
      case 'end':
      case 'logs-dropped':
      case 'other-platform':
        // The raw line is stored.
        this.#ignored.add(line.kind === 'other-platform' ? 'platform' : line.kind);
        return;
    }
  }

  #report(state: StreamState, event: LogEvent, line: ReportLine): void {
    for (const key of line.unknownKeys)
      if (this.#unknownKeys.size < 1000) this.#unknownKeys.set(key, (this.#unknownKeys.get(key) ?? 0) + 1);
    if (line.durationMs === null) {
      this.#rejectOf(state, 'report-without-duration', event);
      return;
    }
    const endMs = event.timestampMs;
    if (line.spans !== null) this.#response(state.index, line.requestId, endMs, line.spans, null);
    const row = this.#invocations.add(state.index, endMs, line, this.#streams[state.index]?.version ?? null);
    const newest = state.newestStart;
    const { durationMs } = line;
    if (newest?.line.requestId === line.requestId && mayBeOneAttempt(newest.startMs, endMs, durationMs)) {
      this.#invocations.join(row, newest);
      state.newestStart = null;
    } else fileReport(state, { requestId: line.requestId, row, endMs, durationMs });
    endRequest(state, line.requestId);
  }

  /** Stores when the response began and how long it took, if the line says. */
  #response(stream: number, requestId: string, atMs: number, spans: Spans | null, bytes: number | null): void {
    const header = this.#streams[stream];
    const response = header === undefined ? null : responseTiming(header, requestId, atMs, spans, bytes);
    if (header !== undefined && response !== null) this.#documents.add(response, header, atMs, () => '');
  }

  /** Takes a missing region from the first ARN of the stream. */
  #hintRegion(stream: number, arn: string | null): void {
    const header = this.#streams[stream];
    const region = arnRegion(arn);
    if (header === undefined || header.region !== '' || region === null) return;
    this.#streams[stream] = { ...header, region };
  }

  /** Returns the stream's index; -1 if it has no platform line, unless all lines of functions are kept. */
  #close(stream: OpenStream, identity: StreamIdentity, keepsAll: boolean): number {
    const { opened: state } = stream;
    if (state === null) return keepsAll && isLambdaStream(identity) ? this.#open(identity).index : -1;
    stream.addDays(state.index, this.#errorDays, this.#filterDays);
    for (const { line, startMs } of settledStarts(state, (row, start) => this.#invocations.join(row, start))) {
      const { requestId, version, tenantId: tenant } = line;
      this.#starts.push({ stream: state.index, requestId, startMs, version, tenant });
    }
    return state.index;
  }
}
