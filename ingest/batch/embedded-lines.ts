/** Takes embedded metrics out of the lines of one request. The lines stay lines of applications. */
import { createHash } from 'node:crypto';
import { readEmbeddedMetrics } from '../documents/embedded-metrics.ts';
import type { IgnoredCounts } from '../records/ignored.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { EmbeddedMetrics } from '../records/metric.ts';
import { identify } from './identity.ts';
import type { StoredTexts } from './stored-texts.ts';

export interface EmbeddedLine {
  /** Null if no metric of the line could be read. */
  readonly record: EmbeddedMetrics | null;
  readonly leftOut: IgnoredCounts;
}

const IDENTITY_CHARS = 32;

export class EmbeddedLines {
  readonly #texts: StoredTexts;
  /** How often each line came in this request. */
  readonly #known = new Map<string, number>();

  constructor(texts: StoredTexts) {
    this.#texts = texts;
  }

  /** Null if the line has no embedded metrics. `openRequestId`: of the invocation that the stream is in. */
  read(stream: StreamIdentity, event: LogEvent, openRequestId: string | null): EmbeddedLine | null {
    const found = readEmbeddedMetrics(this.#texts.line(event.message));
    if (found === null) return null;
    const { atMs, metrics, leftOut } = found;
    if (metrics.length === 0) return { record: null, leftOut };
    const { functionName, nameInferred } = identify(stream);
    const record: EmbeddedMetrics = {
      kind: 'embedded-metrics',
      functionName: nameInferred ? null : functionName,
      requestId: found.requestId ?? openRequestId,
      atMs,
      identity: this.#identity(stream, event),
      metrics,
    };
    return { record, leftOut };
  }

  /**
   * The same in every feed, of which not all state ids of events. Equal lines of one millisecond are numbered, so that the second counts
   * as well.
   */
  #identity({ logGroup, logStream }: StreamIdentity, { timestampMs, message }: LogEvent): string {
    const line = digest(`${logGroup}\n${logStream}\n${timestampMs}\n${message}`);
    const n = this.#known.get(line) ?? 0;
    this.#known.set(line, n + 1);
    return n === 0 ? line : digest(`${line}\n${n}`);
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, IDENTITY_CHARS);
}
