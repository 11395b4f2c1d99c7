/** Compresses log lines for storage and computes the digest that detects repeated deliveries. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
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
  const gzip = original ?? exact(gzipSync(JSON.stringify(events), { level: 4 }));
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

/** Copies bytes into a buffer of exactly their size, because a view transfers its whole buffer to another thread. */
export function exact(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}

/** Identifies events by the first and last id, or by all texts if they have no ids. */
function digestOf(events: readonly LogEvent[]): Uint8Array {
  const ends = digestOfEnds(events.length, events[0]?.id ?? '', events.at(-1)?.id ?? '');
  if (ends !== null) return ends;
  const hash = createHash('sha256').update(`${events.length}\n`);
  for (const event of events) hash.update(`${event.timestampMs}\n${event.message}\n`);
  return Uint8Array.from(hash.digest().subarray(0, 8));
}

function digestOfEnds(n: number, first: string, last: string): Uint8Array | null {
  if (first === '' || last === '') return null;
  const hash = createHash('sha256').update(`${n}\n`).update(`${first}\n${last}`);
  return Uint8Array.from(hash.digest().subarray(0, 8));
}
