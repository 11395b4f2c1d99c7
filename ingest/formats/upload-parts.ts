/** The text of an upload in parts, so that an upload of any size takes little more memory than one of its parts. */

import { integer } from '../text/quantities.ts';
import type { ContentCoding } from './content-encoding.ts';
import { decodeContent } from './content-encoding.ts';
import { filePartsOf } from './file-parts.ts';
import { InflatesTooFarError } from './gzip-stream.ts';
import { isGzip } from './inflate.ts';
import type { BodyLimit } from './limits.ts';
import { limits } from './limits.ts';
import { readOtelUpload } from './otel-upload.ts';
import { UndividedError } from './part-splitter.ts';
import type { RawLogsSource, ReadLogs } from './raw-logs.ts';
import { readRawLogs, readRawText, withTrailing } from './raw-logs.ts';
import { NotTextError } from './text-encoding.ts';

/** An upload that is rejected as a whole. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  /** The limit that it went beyond; null if it cannot be read. */
  readonly limit: BodyLimit | null;

  constructor(message: string, limit: BodyLimit | null) {
    super(message);
    this.limit = limit;
  }
}

type Allowance = Pick<typeof limits, 'requestInflatedBytes' | 'inflatedPerByte'> & {
  readonly uploadInflatedBytes: number;
};

/** Inflated bytes that an upload of this size may have. */
export function inflatedAllowance(bytes: number, allowance: Allowance = limits): number {
  const { requestInflatedBytes, uploadInflatedBytes, inflatedPerByte } = allowance;
  return Math.min(requestInflatedBytes, uploadInflatedBytes + inflatedPerByte * bytes);
}

/**
 * Reads an upload: a small one at once, a large one part by part. @throws UploadError naming what is wrong with the body.
 */
export async function* readUpload(
  sent: Buffer,
  codings: readonly ContentCoding[],
  source: RawLogsSource,
  allowance: Allowance = limits,
): AsyncGenerator<ReadLogs> {
  const allowed = inflatedAllowance(sent.length, allowance);
  const [coding, ...others] = codings;
  const isPlainGzip = coding === 'gzip' && others.length === 0;
  if (codings.length > 0) {
    const content = decodeContent(sent, codings, isPlainGzip ? limits.uploadPartBytes : allowed);
    if (content.ok && content.bytes.length <= limits.uploadPartBytes) {
      yield whole(content.bytes, source);
      return;
    }
    if (!content.ok && !(isPlainGzip && content.limit !== null)) throw new UploadError(content.message, content.limit);
    yield* parts(content.ok ? content.bytes : sent, allowed, source);
    return;
  }
  if (sent.length <= limits.uploadPartBytes && !isGzip(sent)) yield whole(sent, source);
  else yield* parts(sent, allowed, source);
}

function whole(bytes: Buffer, source: RawLogsSource): ReadLogs {
  const logs = readRawLogs(bytes, source);
  if (!logs.ok) throw new UploadError(logs.message, logs.limit);
  return logs;
}

async function* parts(bytes: Buffer, allowed: number, source: RawLogsSource): AsyncGenerator<ReadLogs> {
  let isFirst = true;
  let unread = 0;
  const note = (sentence: string, trailing = 0): void => {
    unread += trailing;
    if (trailing === 0) rejectDamaged(sentence);
  };
  try {
    for await (const text of filePartsOf(slices(bytes), note, UNDIVIDED_CHARS + bytes.length, allowed)) {
      isFirst = false;
      yield typeof text === 'string' ? readRawText(text.replaceAll('\r\n', '\n'), source) : binaryPart(text);
    }
    if (unread > 0) yield withTrailing(readRawText('', source), unread);
  } catch (error) {
    // Keep a body that cannot be unpacked: a sender that repeats it would block everything after it.
    if (error instanceof NotTextError && !error.isKnownFormat && isFirst) {
      yield { ok: true, streams: [], unreadable: [], records: [], ignored: [], binary: bytes };
      return;
    }
    if (error instanceof NotTextError) throw new UploadError(`body: ${error.message}`, null);
    if (error instanceof InflatesTooFarError) {
      const message = `body: ${error.message}, which is the limit for the ${integer(bytes.length)} that were sent`;
      throw new UploadError(message, 'body-inflates-too-far');
    }
    if (error instanceof UndividedError) throw new UploadError(`body: ${error.message}`, 'document-too-large');
    throw error;
  }
}

/** Bytes of a metric stream; others are kept as they came. */
function binaryPart(bytes: Buffer): ReadLogs {
  return readOtelUpload(bytes) ?? { ok: true, streams: [], unreadable: [], records: [], ignored: [], binary: bytes };
}

/** Rejects a damaged upload, because its sender has the complete file. */
function rejectDamaged(note: string): void {
  if (note.startsWith('gzip '))
    throw new UploadError(`body: ${note.replace(/\. What came before it was read$/, '')}`, null);
}

const SLICE_BYTES = 65_536;
/** A document that cannot be divided, beside the bytes that were sent. */
const UNDIVIDED_CHARS = 16_000_000;

async function* slices(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES);
}
