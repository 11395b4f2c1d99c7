/** Compresses log lines for storage and computes the digest that detects repeated deliveries. */
import type { Hash } from 'node:crypto';
import { createHash, hash } from 'node:crypto';
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

/**
 * Builds a chunk of `events`. `original` is the gzip they came in, if it contains nothing else. `known`: their digest, if it was
 * computed already.
 */
export function rawChunk(
  stream: number,
  events: readonly LogEvent[],
  original: Buffer | null,
  known: Uint8Array | null = null,
): RawChunk {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { timestampMs } of events) {
    if (timestampMs < firstMs) firstMs = timestampMs;
    if (timestampMs > lastMs) lastMs = timestampMs;
  }
  const gzip = original ?? compressed(Buffer.from(JSON.stringify(events)));
  return { stream, firstMs, lastMs, events: events.length, digest: known ?? digestOf(events), gzip };
}

/** Like {@link rawChunk}, for a message scanned in place. `digest`: that of {@link scannedVolume}, which is computed once. */
export function scannedChunk(stream: number, events: ScannedEvents, original: Buffer, digest: Uint8Array): RawChunk {
  const { n } = events;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < n; at += 1) {
    const ms = events.timestamp(at);
    if (ms < firstMs) firstMs = ms;
    if (ms > lastMs) lastMs = ms;
  }
  return { stream, firstMs, lastMs, events: n, digest, gzip: original };
}

/** Texts below this size gain little from compression, whose preparation costs more than that of a thousand such texts. */
const STORED_BYTES = 400;
/** Header of a gzip member without name and time (RFC 1952). */
const GZIP_HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
const TRAILER_BYTES = 8;

function compressed(text: Buffer): Uint8Array {
  const { length } = text;
  if (length >= STORED_BYTES) return exact(gzipSync(text, { level: 4 }));
  // One block that is stored as it is (RFC 1951, 3.2.4): its length, and its complement.
  const block = [1, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff];
  const at = GZIP_HEADER.length + block.length;
  const bytes = new Uint8Array(at + length + TRAILER_BYTES);
  bytes.set(GZIP_HEADER);
  bytes.set(block, GZIP_HEADER.length);
  bytes.set(text, at);
  const trailer = new DataView(bytes.buffer, at + length);
  trailer.setUint32(0, crc32(text), true);
  trailer.setUint32(4, length, true);
  return bytes;
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
  // Many short texts at once: each call costs more than the hash of a short text.
  let texts = `${events.length}\n`;
  let long: Hash | null = null;
  for (const event of events) {
    texts += `${event.timestampMs}\n${event.message}\n`;
    if (texts.length < HASHED_CHARS) continue;
    long ??= createHash('sha256');
    long.update(texts);
    texts = '';
  }
  return long === null ? digestOfText(texts) : Uint8Array.from(long.update(texts).digest().subarray(0, DIGEST_BYTES));
}

function digestOfEnds(n: number, first: string, last: string): Uint8Array | null {
  return first === '' || last === '' ? null : digestOfText(`${n}\n${first}\n${last}`);
}

const DIGEST_BYTES = 8;

/** Of a short text, without the object that `createHash` makes, in a third of the time. */
function digestOfText(text: string): Uint8Array {
  const all = hash('sha256', text, 'binary');
  const bytes = new Uint8Array(DIGEST_BYTES);
  for (let at = 0; at < DIGEST_BYTES; at += 1) bytes[at] = all.charCodeAt(at);
  return bytes;
}
