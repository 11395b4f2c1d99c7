/** Reads the lines of a chunk: a subscription document as received, or an array of events. */
import { gunzipSync } from 'node:zlib';
import { scanMessage } from '../../../ingest/formats/subscription-scan.ts';
import type { LogEvent } from '../../../ingest/records/log-event.ts';
import type { KeptLine } from './kept-line.ts';
import { NO_SEQUENCE, sequenceOf } from './kept-line.ts';

/** Largest text of a chunk. */
export const MOST_CHUNK_BYTES = 64 * 1_048_576;
/** Of a gzip: its last bytes state the size of its text. */
const TRAILER_BYTES = 4;
/** A gzip may state any size: room for more is made as it is needed. */
const [FEWEST_BYTES, MOST_STATED_BYTES] = [1024, 1_048_576];

/** Lines of the chunk, in its order. @throws Error if it cannot be decompressed, or is no JSON */
export function chunkLines(environmentId: number, gzip: Uint8Array): readonly KeptLine[] {
  return linesOfText(environmentId, chunkText(gzip));
}

/** The text of a chunk. @throws Error if it cannot be decompressed */
export function chunkText(gzip: Uint8Array): Buffer {
  return gunzipSync(gzip, { maxOutputLength: MOST_CHUNK_BYTES, chunkSize: statedBytes(gzip) });
}

/** The size that a gzip states of its text, within limits: one buffer of this size takes the place of many. RFC 1952, 2.3.1. */
function statedBytes(gzip: Uint8Array): number {
  const { length } = gzip;
  if (length < TRAILER_BYTES) return FEWEST_BYTES;
  const stated = new DataView(gzip.buffer, gzip.byteOffset).getUint32(length - TRAILER_BYTES, true);
  // zlib asks for more room than the text takes, to see that it has ended.
  return Math.min(Math.max(stated + 1, FEWEST_BYTES), MOST_STATED_BYTES);
}

/** Lines of the text of a chunk, in its order. @throws Error if it is no JSON */
export function linesOfText(environmentId: number, text: Buffer): readonly KeptLine[] {
  let [atMs, rank] = [Number.NaN, 0];
  const seen = new Map<string, number>();
  return textEvents(text).map(({ id, timestampMs, message }) => {
    const sequence = sequenceOf(id);
    if (sequence !== NO_SEQUENCE) return { environmentId, timestampMs, sequence, rank: 0, occurrence: 0, message };
    rank = timestampMs === atMs ? rank + 1 : 0;
    atMs = timestampMs;
    const key = `${timestampMs} ${message}`;
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    return { environmentId, timestampMs, sequence, rank, occurrence, message };
  });
}

/** Messages are well-formed: half of a surrogate pair cannot be stored as UTF-8, and would differ from its delivery. */
function textEvents(bytes: Buffer): readonly LogEvent[] {
  const scanned = scanMessage(bytes, { region: '', errorFilters: [] });
  if (scanned !== null) return scanned.all().map(wellFormed);
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  const list: unknown = Array.isArray(value) ? value : memberOf(value, 'logEvents');
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const timestampMs = Number(memberOf(entry, 'timestampMs') ?? memberOf(entry, 'timestamp'));
    const message = memberOf(entry, 'message');
    const id = memberOf(entry, 'id');
    if (typeof message !== 'string' || !Number.isSafeInteger(timestampMs)) return [];
    return [wellFormed({ id: typeof id === 'string' ? id : '', timestampMs, message })];
  });
}

function wellFormed(event: LogEvent): LogEvent {
  return event.message.isWellFormed() ? event : { ...event, message: event.message.toWellFormed() };
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
