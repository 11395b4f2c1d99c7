/** `Content-Encoding` of requests (RFC 9110, 8.4), decoded up to a size limit. */
import * as zlib from 'node:zlib';
import { integer } from '../text/quantities.ts';
import { gunzip, inflate, inflateMessage, isGzip, limitOf, TrailingBytesError, trailingMessage } from './inflate.ts';
import type { BodyLimit } from './limits.ts';

export type ContentCoding = 'gzip' | 'deflate' | 'br' | 'zstd';

export type DecodedContent =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly message: string; readonly limit: BodyLimit | null };

interface DecompressOptions {
  readonly maxOutputLength: number;
}

type Decompress = (bytes: Buffer, options: DecompressOptions) => Buffer;

/** zlib decodes Zstandard since Node 22.15; older versions refuse it. */
const zstd = (zlib as { readonly zstdDecompressSync?: Decompress }).zstdDecompressSync;

const DECOMPRESS: Readonly<Partial<Record<ContentCoding, Decompress>>> = {
  gzip: (bytes, { maxOutputLength }) => gunzip(bytes, maxOutputLength),
  deflate: inflateEither,
  br: zlib.brotliDecompressSync,
  ...(zstd === undefined ? {} : { zstd }),
};

const ALIASES: ReadonlyMap<string, ContentCoding> = new Map([['x-gzip', 'gzip']]);

/** A sender may compress twice; more codings are useless and multiply the cost of a decompression bomb. */
const MAX_CODINGS = 2;

/** The codings that this process can decode, as a value of `Accept-Encoding`. */
export const ACCEPTED_CODINGS = Object.keys(DECOMPRESS).join(', ');

/** The codings in the order in which they were applied, without `identity`; or what is not accepted. */
export function readContentEncoding(
  header: string | undefined,
):
  | { readonly ok: true; readonly codings: readonly ContentCoding[] }
  | { readonly ok: false; readonly message: string } {
  const names = (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  const codings = names.map((name) => ALIASES.get(name) ?? name);
  const unknown = codings.find((name) => !Object.hasOwn(DECOMPRESS, name));
  if (unknown !== undefined) {
    const got = unknown.slice(0, 64);
    return { ok: false, message: `Content-Encoding: expected ${ACCEPTED_CODINGS} or none, got ${got}` };
  }
  if (codings.length > MAX_CODINGS) {
    return { ok: false, message: `Content-Encoding: expected at most ${MAX_CODINGS} codings, got ${codings.length}` };
  }
  return { ok: true, codings: codings as ContentCoding[] };
}

/** Removes the codings, the last one first. `maxBytes` limits the size after each. */
export function decodeContent(body: Buffer, codings: readonly ContentCoding[], maxBytes: number): DecodedContent {
  let bytes = body;
  for (const coding of codings.toReversed()) {
    const decompress = DECOMPRESS[coding];
    if (decompress === undefined) {
      return { ok: false, message: `Content-Encoding: ${coding} is not supported`, limit: null };
    }
    try {
      bytes = decompress(bytes, { maxOutputLength: maxBytes });
    } catch (error) {
      const [isTooLarge, reason] = problemOf(error, bytes.length, maxBytes);
      const message = `Content-Encoding is ${coding} but the body cannot be decoded: ${reason}`;
      return { ok: false, message, limit: isTooLarge ? 'body-inflates-too-far' : null };
    }
  }
  // Some pipelines compress twice and announce it once.
  if (codings.length > 0 && isGzip(bytes)) {
    const inner = inflate(bytes, maxBytes);
    if (!inner.ok) {
      const message = `body: ${inflateMessage(inner.reason, bytes.length, maxBytes)}`;
      return { ok: false, message, limit: limitOf(inner.reason) };
    }
    if (inner.unread !== undefined)
      return { ok: false, message: `body: ${trailingMessage(inner.unread.length)}`, limit: null };
    bytes = inner.bytes;
  }
  return { ok: true, bytes };
}

/** `deflate` is zlib's format; some senders omit its two bytes of header. */
function inflateEither(bytes: Buffer, options: DecompressOptions): Buffer {
  const [first = 0, second = 0] = bytes;
  const hasHeader = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return hasHeader ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
}

function problemOf(error: unknown, bytes: number, maxBytes: number): readonly [isTooLarge: boolean, reason: string] {
  const { code } = error as NodeJS.ErrnoException;
  const given = `its ${integer(bytes)} bytes`;
  if (error instanceof TrailingBytesError) return [false, error.message];
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return [true, `${given} inflate to more than ${integer(maxBytes)}, the most for them`];
  return [false, code === 'Z_BUF_ERROR' ? `${given} end too early` : `${given} are damaged`];
}

/** Formats that are neither text nor gzip, by their first bytes. */
const SIGNATURES: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  // Without entries, and in several parts.
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['zip', [0x50, 0x4b, 0x07, 0x08]],
  ['7-Zip', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['LZ4', [0x04, 0x22, 0x4d, 0x18]],
  ['Snappy', [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]],
];

export const EXPECTED_TEXT = 'Expected text or JSON, plain or compressed with gzip';

/** Why bytes of a known format are not read, and what to do; null for text, gzip and what is not known. No archive is unpacked. */
export function formatProblemOf(bytes: Uint8Array): string | null {
  if (isTar(bytes)) return 'a tar archive. Extract it and import the folder';
  const format = binaryFormatOf(bytes);
  return format === null ? null : `${format} data. ${EXPECTED_TEXT}`;
}

const TAR_HEADER_BYTES = 512;
const TAR_CHECKSUM = { from: 148, to: 156 } as const;

/**
 * The header of an archive's first file has a checksum in octal: the sum of its bytes, with blanks for the checksum. Archives
 * before POSIX have no other mark. Source: pax(1), "ustar Interchange Format".
 */
function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < TAR_HEADER_BYTES || bytes[0] === 0) return false;
  const { from, to } = TAR_CHECKSUM;
  const stated = /^[ 0]*([0-7]{1,6})[ \0]/.exec(Buffer.from(bytes.subarray(from, to)).toString('latin1'))?.[1];
  if (stated === undefined) return false;
  const sum = (part: Uint8Array): number => part.reduce((total, byte) => total + byte, 0);
  const counted = sum(bytes.subarray(0, TAR_HEADER_BYTES)) - sum(bytes.subarray(from, to)) + (to - from) * 0x20;
  return counted === Number.parseInt(stated, 8);
}

/** The name of the compressed or binary format that the bytes start with; null for gzip, text and everything else. */
export function binaryFormatOf(bytes: Uint8Array): string | null {
  // Three letters do not distinguish bzip2 from text: a digit and the magic of a block or an empty file must follow.
  const [, , , level = 0, magic = 0] = bytes;
  const isBzip2 = level >= 0x31 && level <= 0x39 && [0x31, 0x17].includes(magic);
  const found = SIGNATURES.find(([, signature]) => signature.every((byte, at) => bytes[at] === byte))?.[0] ?? null;
  if (found === null && isZlib(bytes)) return 'zlib (deflate)';
  return found === 'bzip2' && !isBzip2 ? null : found;
}

/** zlib's header may be text, so the start must inflate, too. Its first byte is an x, unless the window is a small one. */
function isZlib(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x78) return false;
  try {
    const head = bytes.subarray(0, ZLIB_SAMPLE_BYTES);
    return zlib.inflateSync(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH }).length > 0;
  } catch {
    return false;
  }
}

/** Inflates to 4 MB at most: deflate packs at most a thousandfold. */
const ZLIB_SAMPLE_BYTES = 4096;
