/** Compresses log lines for storage and computes the digest that detects repeated deliveries. */
import { createHash } from 'node:crypto';
import { crc32, gzipSync } from 'node:zlib';
import type { ScannedEvents } from '../formats/subscription-scan.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { LogVolume, RawChunk } from '../records/raw-chunk.ts';

/** Measures a message and computes its digest. */
export function volumeOf(identity: StreamIdentity, events: readonly LogEvent[]): LogVolume {
  const { account, region, logGroup } = identity;
  const bytes = events.reduce((sum, event) => sum + Buffer.byteLength(event.message), 0);
  const atMs = events[0]?.timestampMs ?? 0;
  return { account, region, logGroup, atMs, events: events.length, bytes, digest: digestOf(events) };
}

/** Like {@link volumeOf}, for a message scanned in place. */
export function scannedVolume(events: ScannedEvents): LogVolume {
  const { n, identity } = events;
  const ends = digestOfEnds(n, events.id(0), events.id(n - 1));
  if (ends === null) return volumeOf(identity, events.all());
  const { account, region, logGroup } = identity;
  return { account, region, logGroup, atMs: events.timestamp(0), events: n, bytes: events.textBytes(), digest: ends };
}

/** Builds a chunk of `events`. `original` is the gzip they came in, if it contains nothing else. */
export function rawChunk(stream: number, events: readonly LogEvent[], original: Buffer | null): RawChunk {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { timestampMs } of events) {
    if (timestampMs < firstMs) firstMs = timestampMs;
    if (timestampMs > lastMs) lastMs = timestampMs;
  }
  const gzip = original ?? exact(compressed(Buffer.from(JSON.stringify(events))));
  return { stream, firstMs, lastMs, events: events.length, digest: digestOf(events), gzip };
}

/** Like {@link rawChunk}, for a message scanned in place; null if its events have no ids. */
export function scannedChunk(stream: number, events: ScannedEvents, original: Buffer): RawChunk | null {
  const { n } = events;
  const identity = digestOfEnds(n, events.id(0), events.id(n - 1));
  if (identity === null) return null;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < n; at += 1) {
    const ms = events.timestamp(at);
    if (ms < firstMs) firstMs = ms;
    if (ms > lastMs) lastMs = ms;
  }
  return { stream, firstMs, lastMs, events: n, digest: identity, gzip: original };
}

/** Texts below this size gain little from compression, whose preparation costs more than that of a thousand such texts. */
const STORED_BYTES = 400;
/** Header of a gzip member without name and time (RFC 1952). */
const GZIP_HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

function compressed(text: Buffer): Uint8Array {
  const { length } = text;
  if (length >= STORED_BYTES) return gzipSync(text, { level: 4 });
  // One block that is stored as it is (RFC 1951, 3.2.4): its length, and its complement.
  const block = [1, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff];
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(text), 0);
  trailer.writeUInt32LE(length, 4);
  return Buffer.concat([Uint8Array.from([...GZIP_HEADER, ...block]), text, trailer]);
}

/** Copies bytes into a buffer of exactly their size, because a view transfers its whole buffer to another thread. */
export function exact(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}

const HASHED_CHARS = 16_384;

/** Identifies events by the first and last id, or by all texts if they have no ids. */
function digestOf(events: readonly LogEvent[]): Uint8Array {
  const ends = digestOfEnds(events.length, events[0]?.id ?? '', events.at(-1)?.id ?? '');
  if (ends !== null) return ends;
  const hash = createHash('sha256').update(`${events.length}\n`);
  // Many short texts at once: each call costs more than the hash of a short text.
  let texts = '';
  for (const event of events) {
    texts += `${event.timestampMs}\n${event.message}\n`;
    if (texts.length < HASHED_CHARS) continue;
    hash.update(texts);
    texts = '';
  }
  hash.update(texts);
  return Uint8Array.from(hash.digest().subarray(0, 8));
}

function digestOfEnds(n: number, first: string, last: string): Uint8Array | null {
  if (first === '' || last === '') return null;
  const hash = createHash('sha256').update(`${n}\n`).update(`${first}\n${last}`);
  return Uint8Array.from(hash.digest().subarray(0, 8));
}
