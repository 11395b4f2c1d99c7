/** Reads short gzip members (RFC 1952) as zlib does, for a fraction of the time that it takes to start. */
import { crc32 } from 'node:zlib';
import { inflateShort } from './short-deflate.ts';

export type ShortMember =
  | { readonly ok: true; readonly bytes: Buffer; readonly end: number }
  | { readonly ok: false; readonly reason: 'gzip-truncated' | 'gzip-corrupt' };

const TRUNCATED = { ok: false, reason: 'gzip-truncated' } as const;
const CORRUPT = { ok: false, reason: 'gzip-corrupt' } as const;

const MAGIC = [0x1f, 0x8b, 8];
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** Reads the member at `from`; null if it is longer than is read here. */
export function readShortMember(bytes: Buffer, from: number): ShortMember | null {
  const data = endOfHeader(bytes, from);
  if (typeof data !== 'number') return data;
  const inflated = inflateShort(bytes, data);
  if (inflated === null) return null;
  if (!inflated.ok) return inflated.problem === 'truncated' ? TRUNCATED : CORRUPT;
  const trailer = data + inflated.consumed;
  if (trailer + TRAILER_BYTES > bytes.length) return TRUNCATED;
  const isWhole =
    bytes.readUInt32LE(trailer) === crc32(inflated.bytes) && bytes.readUInt32LE(trailer + 4) === inflated.bytes.length;
  return isWhole ? { ok: true, bytes: inflated.bytes, end: trailer + TRAILER_BYTES } : CORRUPT;
}

/** Offset of the compressed data, or what is wrong with the header. */
function endOfHeader(bytes: Buffer, from: number): number | Extract<ShortMember, { ok: false }> {
  for (const [at, byte] of MAGIC.entries()) {
    if (from + at >= bytes.length) return TRUNCATED;
    if (bytes[from + at] !== byte) return CORRUPT;
  }
  const flags = bytes[from + MAGIC.length];
  if (flags === undefined) return TRUNCATED;
  if ((flags & FLAG.reserved) !== 0) return CORRUPT;
  let at = from + HEADER_BYTES;
  if ((flags & FLAG.extra) !== 0) {
    if (at + 2 > bytes.length) return TRUNCATED;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end === -1) return TRUNCATED;
    at = end + 1;
  }
  if ((flags & FLAG.headerCrc) !== 0) {
    if (at + 2 > bytes.length) return TRUNCATED;
    if (bytes.readUInt16LE(at) !== (crc32(bytes.subarray(from, at)) & 0xffff)) return CORRUPT;
    at += 2;
  }
  return at > bytes.length ? TRUNCATED : at;
}
