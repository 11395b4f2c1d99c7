/** Records of a batch that are read from documents: lines of groups that hold them, embedded metrics of applications, and files. */
import { EMBEDDED_MARK } from '../documents/embedded-metrics.ts';
import type { DocumentOptions } from '../documents/read-document.ts';
import { readDocumentMessage } from '../documents/read-document.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { TelemetryEntry } from '../records/telemetry-entry.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';
import { EmbeddedLines } from './embedded-lines.ts';
import type { IgnoredCounter } from './ignored-counter.ts';
import { recordDigest } from './record-digest.ts';
import type { StoredTexts } from './stored-texts.ts';

/** Takes an event that cannot be read. `found`: what was found and allowed, where the reason alone does not say it. */
export type Reject = (reason: string, identity: StreamIdentity, event: LogEvent, found?: string) => void;

export class DocumentLines {
  readonly records: TelemetryEntry[] = [];
  readonly #options: DocumentOptions;
  readonly #texts: StoredTexts;
  readonly #ignored: IgnoredCounter;
  readonly #reject: Reject;
  readonly #embedded: EmbeddedLines;

  constructor(options: DocumentOptions, texts: StoredTexts, ignored: IgnoredCounter, reject: Reject) {
    this.#options = options;
    this.#texts = texts;
    this.#ignored = ignored;
    this.#reject = reject;
    this.#embedded = new EmbeddedLines(texts);
  }

  /**
   * Reads an event that is not a platform line: a document, or an application's line, which may have metrics. `openRequestId`: of the
   * invocation that the stream is in. Returns the number of parts that were counted beside the event.
   */
  read(identity: StreamIdentity, event: LogEvent, openRequestId: string | null): number {
    const result = readDocumentMessage(identity.logGroup, event.message, this.#options);
    // Documents may have the form of embedded metrics, as those of Lambda Insights do.
    const isLine = result.ok
      ? result.records[0]?.kind === 'durable-line'
      : result.reason === 'not-a-document' || result.reason === 'not-ours';
    const parts =
      isLine && event.message.includes(EMBEDDED_MARK) ? this.#metrics(identity, event, openRequestId) : null;
    if (result.ok) {
      for (const record of result.records) this.add(record, identity, event.timestampMs, () => event.message);
      if (result.left !== undefined) this.#reject('trace-document-shortened', identity, event, result.left);
      return parts ?? 0;
    }
    // The line is the first of its parts.
    if (parts !== null) return parts - 1;
    if (result.reason === 'not-a-document') this.#ignored.add('application');
    else if (result.reason === 'not-ours') this.#ignored.add(result.why);
    else this.#reject(result.reason, identity, event);
    return 0;
  }

  /** Returns the number of parts of a line that were counted: its metrics, and each that was left out. Null if it has none. */
  #metrics(identity: StreamIdentity, event: LogEvent, openRequestId: string | null): number | null {
    const line = this.#embedded.read(identity, event, openRequestId);
    if (line === null) return null;
    if (line.record !== null) this.add(line.record, identity, event.timestampMs, () => '');
    let parts = line.record === null ? 0 : 1;
    for (const [reason, n] of line.leftOut) {
      this.#ignored.add(reason, n);
      parts += n;
    }
    return parts;
  }

  /** `place`: where the record comes from. `text`: the document that it was read from, made where it is needed. */
  add(
    record: TelemetryRecord,
    { account, region, logGroup }: Pick<StreamIdentity, 'account' | 'region' | 'logGroup'>,
    atMs: number | null,
    text: () => string,
  ): void {
    this.put(record, account, region, logGroup, atMs, recordDigest(record, text));
  }

  /** The same with its digest; a record of a file has no log group. */
  put(
    record: TelemetryRecord,
    account: string,
    region: string,
    logGroup: string,
    atMs: number | null,
    digest: string,
  ): void {
    const stored = this.#texts.record(record);
    if (stored === null) this.#ignored.add('metric-redacted');
    else this.records.push({ record: stored, account, region, logGroup, atMs, digest });
  }
}
