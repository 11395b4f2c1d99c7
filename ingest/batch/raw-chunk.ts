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
  const atMs = events[0]?.timestampMs ?? 0;
  const ends = digestOfEnds(events.length, events[0]?.id ?? '', events.at(-1)?.id ?? '');
  const { bytes, digest } =
    ends === null
      ? digestOfTexts(events)
      : { bytes: events.reduce((sum, event) => sum + Buffer.byteLength(event.message), 0), digest: ends };
  return { account, region, logGroup, atMs, events: events.length, bytes, digest };
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
  const gzip = original ?? compressed(JSON.stringify(events));
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

/** A short member is put together here: each array that it would take costs more than its bytes. */
const SHORT_MEMBER = new Uint8Array(GZIP_HEADER.length + 5 + 3 * STORED_BYTES + TRAILER_BYTES);
const SHORT_MEMBER_BUFFER = Buffer.from(SHORT_MEMBER.buffer);
/** Behind the header, and a block that is stored as it is and the last (RFC 1951, 3.2.3). */
const STORED_AT = GZIP_HEADER.length + 5;
SHORT_MEMBER.set([...GZIP_HEADER, 1]);

function compressed(json: string): Uint8Array {
  if (json.length < STORED_BYTES) {
    const length = SHORT_MEMBER_BUFFER.write(json, STORED_AT);
    if (length < STORED_BYTES) return storedMember(length);
  }
  return exact(gzipSync(json, { level: 4 }));
}

/** The block that was written: its length, and its complement (RFC 1951, 3.2.4). */
function storedMember(length: number): Uint8Array {
  const member = SHORT_MEMBER_BUFFER;
  member.writeUInt16LE(length, STORED_AT - 4);
  member.writeUInt16LE(~length & 0xffff, STORED_AT - 2);
  const end = STORED_AT + length;
  member.writeUInt32LE(crc32(member.subarray(STORED_AT, end)), end);
  member.writeUInt32LE(length, end + 4);
  return copied(SHORT_MEMBER.subarray(0, end + TRAILER_BYTES));
}

/** Short members stand one after the other in buffers of this size. Of a buffer for each, freeing takes longer than all else of a stream. */
const SHARED_BYTES = 65_536;
let shared = new Uint8Array(0);
let sharedTo = 0;

/** Packing a batch copies of each member its own bytes. */
function copied(member: Uint8Array): Uint8Array {
  if (sharedTo + member.length > shared.length) {
    shared = new Uint8Array(SHARED_BYTES);
    sharedTo = 0;
  }
  const copy = shared.subarray(sharedTo, sharedTo + member.length);
  copy.set(member);
  sharedTo += member.length;
  return copy;
}

/** Copies bytes into a buffer of exactly their size, because a view transfers its whole buffer to another thread. */
export function exact(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}

const HASHED_CHARS = 16_384;

/** Identifies events by the first and last id, or by all texts if they have no ids. */
function digestOf(events: readonly LogEvent[]): Uint8Array {
  const ends = digestOfEnds(events.length, events[0]?.id ?? '', events.at(-1)?.id ?? '');
  return ends ?? digestOfTexts(events).digest;
}

/** The digest of times and messages, and the bytes of the messages. */
function digestOfTexts(events: readonly LogEvent[]): { readonly bytes: number; readonly digest: Uint8Array } {
  const [only] = events;
  // A body may have a log stream for each event.
  if (only !== undefined && events.length === 1)
    return {
      bytes: Buffer.byteLength(only.message),
      digest: digestOfText(`1\n${only.timestampMs}\n${only.message}\n`),
    };
  // Many short texts at once: each call costs more than the hash of a short text, and adding one to another makes a rope.
  let texts = [String(events.length)];
  let chars = 0;
  let long: Hash | null = null;
  /** What is hashed beside the messages: times, and a newline behind each text. */
  let others = String(events.length).length + 1;
  let hashed = 0;
  let lastMs = Number.NaN;
  let time = '';
  for (const { timestampMs, message } of events) {
    if (timestampMs !== lastMs) time = String(timestampMs);
    lastMs = timestampMs;
    texts.push(time, message);
    chars += time.length + message.length + 2;
    others += time.length + 2;
    if (chars < HASHED_CHARS) continue;
    long ??= createHash('sha256');
    const encoded = Buffer.from(`${texts.join('\n')}\n`);
    hashed += encoded.length;
    long.update(encoded);
    texts = [];
    chars = 0;
  }
  const rest = texts.length === 0 ? '' : `${texts.join('\n')}\n`;
  const bytes = hashed + Buffer.byteLength(rest) - others;
  if (long === null) return { bytes, digest: digestOfText(rest) };
  return { bytes, digest: Uint8Array.from(long.update(rest).digest().subarray(0, DIGEST_BYTES)) };
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
