/** Reads the lines of a chunk: a subscription document as received, or an array of events. */
import { gunzipSync } from 'node:zlib';
import { scanMessage } from '../../../ingest/formats/subscription-scan.ts';
import type { LogEvent } from '../../../ingest/records/log-event.ts';
import type { KeptLine } from './kept-line.ts';
import { NO_SEQUENCE, sequenceOf } from './kept-line.ts';

/** Largest text of a chunk. */
export const MOST_CHUNK_BYTES = 64 * 1_048_576;

/** Lines of the chunk, in its order. @throws Error if it cannot be decompressed, or is no JSON */
export function chunkLines(environmentId: number, gzip: Uint8Array): readonly KeptLine[] {
  let [atMs, rank] = [Number.NaN, 0];
  const seen = new Map<string, number>();
  return chunkEvents(gzip).map(({ id, timestampMs, message }) => {
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
function chunkEvents(gzip: Uint8Array): readonly LogEvent[] {
  const bytes = gunzipSync(gzip, { maxOutputLength: MOST_CHUNK_BYTES });
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
