/** Inflates gzip up to a size limit: one Firehose record can hold 1 GiB of zeros. */
import { gunzipSync } from 'node:zlib';
import { integer, plural } from '../text/quantities.ts';
import type { BodyLimit } from './limits.ts';
import { limits } from './limits.ts';
import { readShortMember } from './short-gzip.ts';

export type InflateProblem = 'gzip-too-large' | 'gzip-truncated' | 'gzip-corrupt' | 'gzip-nested-too-deep';

export type Inflated =
  | {
      readonly ok: true;
      readonly bytes: Buffer;
      /** What follows the last member and its zero padding; absent where nothing does. */
      readonly unread?: Buffer;
    }
  | { readonly ok: false; readonly reason: InflateProblem };

/** What was not read of gzip data, for its sender. */
export function trailingMessage(bytes: number): string {
  return `${plural(bytes, 'byte')} after the gzip data not read: only further gzip data, or zero bytes, may follow it.`;
}

/** The limit that a body went beyond; null if it is damaged. */
export function limitOf(problem: InflateProblem): BodyLimit | null {
  if (problem === 'gzip-too-large') return 'body-inflates-too-far';
  return problem === 'gzip-nested-too-deep' ? problem : null;
}

/** What the problem is with a gzip body of `bytes` that may inflate to `maxBytes`, for its sender. */
export function inflateMessage(problem: InflateProblem, bytes: number, maxBytes: number): string {
  switch (problem) {
    case 'gzip-too-large':
      return `${integer(bytes)} bytes of gzip inflate to more than ${integer(maxBytes)}, the most for them.`;
    case 'gzip-truncated':
      return `The gzip stream of ${integer(bytes)} bytes ends too early.`;
    case 'gzip-corrupt':
      return `The gzip stream of ${integer(bytes)} bytes is damaged.`;
    case 'gzip-nested-too-deep':
      return `Compressed with gzip at least ${limits.gzipLayers + 1} times; at most ${limits.gzipLayers} layers are read.`;
  }
}

/** Whether bytes start with the gzip magic number. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** zlib's own size of an output buffer, bytes; for shorter bodies a multiple of theirs. DEFLATE expands 1,032-fold at most, to 258 of them. */
const LEAST_BUFFER_BYTES = 16_384;
const LEAST_EXPANSION = 4;
/** Largest output buffer made for a size that the sender announces, bytes. */
const MOST_BUFFER_BYTES = 4 * 1_048_576;
/** Logs compress tenfold to fiftyfold. The last bytes of a truncated body announce any size. */
const USUAL_EXPANSION = 64;
/** zlib asks for one more buffer when the last one is exactly full. */
const SPARE_BYTES = 64;

/**
 * Size of the output buffers for a gzip body, bytes. Its last four bytes announce the inflated size (RFC 1952, 2.3.1), and
 * one buffer of that size costs half of many small ones that are joined. The announcement is a hint only: a forged one
 * gets no more than the compressed bytes usually fill, the limit or 4 MiB, and a body that is larger gets more buffers.
 */
export function gunzipBufferBytes(bytes: Buffer, maxBytes: number): number {
  const announced = bytes.length < 18 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  const most = Math.min(MOST_BUFFER_BYTES, maxBytes, bytes.length * USUAL_EXPANSION);
  const least = Math.min(LEAST_BUFFER_BYTES, LEAST_EXPANSION * bytes.length);
  return Math.max(least, Math.min(announced, most) + SPARE_BYTES);
}

/** Bytes after the last member of a body, and what padded it. */
export class TrailingBytesError extends Error {
  override readonly name = 'TrailingBytesError';
}

/**
 * Inflates one gzip layer that nothing but zeros follows. Throws what zlib throws, `ERR_BUFFER_TOO_LARGE` beyond `maxBytes`, and an
 * error where other bytes follow.
 */
export function gunzip(bytes: Buffer, maxBytes: number): Buffer {
  const { bytes: inflated, unread } = gunzipMembers(bytes, maxBytes);
  if (unread !== undefined) throw new TrailingBytesError(trailingMessage(unread.length));
  return inflated;
}

/** Inflates the members of one layer. zlib ends at a zero after a member, whatever follows it. */
function gunzipMembers(bytes: Buffer, maxBytes: number): { readonly bytes: Buffer; readonly unread?: Buffer } {
  const limit = Error.stackTraceLimit;
  // An error of zlib writes its stack, which nobody reads, in ten times as long as a short body takes to inflate.
  Error.stackTraceLimit = 0;
  try {
    const options = { info: true, maxOutputLength: maxBytes, chunkSize: gunzipBufferBytes(bytes, maxBytes) } as const;
    const { buffer, engine } = gunzipSync(bytes, options) as unknown as InflateInfo;
    return { bytes: buffer, ...afterZeros(bytes, engine.bytesWritten) };
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** With the option `info`, which the types do not know. */
interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** What follows the zeros at `from`: tapes and block devices pad with them. */
function afterZeros(bytes: Buffer, from: number): { readonly unread?: Buffer } {
  let at = from;
  while (bytes[at] === 0) at += 1;
  return at === bytes.length ? {} : { unread: bytes.subarray(at) };
}

/** Inflates up to two layers, since some pipelines compress twice. Returns other bytes unchanged. */
export function inflate(bytes: Buffer, maxBytes: number): Inflated {
  let current = bytes;
  let unread: Buffer | undefined;
  for (let layer = 0; layer < limits.gzipLayers && isGzip(current); layer += 1) {
    const short = current.length <= SHORT_BYTES ? inflateShortMembers(current, maxBytes) : null;
    if (short !== null) {
      if (!short.ok) return short;
      current = short.bytes;
      unread = short.unread ?? unread;
      continue;
    }
    try {
      const members = gunzipMembers(current, Math.max(1, maxBytes));
      current = members.bytes;
      unread = members.unread ?? unread;
    } catch (error) {
      return { ok: false, reason: explain(error) };
    }
  }
  if (isGzip(current)) return { ok: false, reason: 'gzip-nested-too-deep' };
  return unread === undefined ? { ok: true, bytes: current } : { ok: true, bytes: current, unread };
}

/** Bodies up to this size are read without zlib where possible. */
const SHORT_BYTES = 1024;

/** Inflates members of a short gzip body; null if one of them needs zlib. */
function inflateShortMembers(bytes: Buffer, maxBytes: number): Inflated | null {
  const parts: Buffer[] = [];
  let length = 0;
  // Like zlib, ends at zeros: they pad.
  let at = 0;
  while (at < bytes.length && bytes[at] !== 0) {
    const member = readShortMember(bytes, at);
    if (member?.ok !== true) return member;
    length += member.bytes.length;
    if (length > maxBytes) return { ok: false, reason: 'gzip-too-large' };
    parts.push(member.bytes);
    at = member.end;
  }
  const [first] = parts;
  const inflated = parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
  return { ok: true, bytes: inflated, ...afterZeros(bytes, at) };
}

function explain(error: unknown): InflateProblem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'gzip-too-large';
  if (code === 'Z_BUF_ERROR') return 'gzip-truncated';
  return 'gzip-corrupt';
}
