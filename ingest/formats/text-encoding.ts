/** Text files as people have them: UTF-8, or UTF-16 as PowerShell's redirection writes it, with or without a byte order mark. */

import { EXPECTED_TEXT, formatProblemOf } from './content-encoding.ts';
import { isGzip } from './inflate.ts';
import { limits } from './limits.ts';

const SAMPLE_BYTES = 4096;

/** The input is neither text nor JSON. */
export class NotTextError extends Error {
  override readonly name = 'NotTextError';
  /** Is it a format that is known, so that its sender can unpack it? */
  readonly isKnownFormat: boolean;

  constructor(message: string, isKnownFormat = true) {
    super(message);
    this.isKnownFormat = isKnownFormat;
  }
}

/**
 * {@link decodeText} for a stream: characters stay whole where chunks divide them.
 * @throws NotTextError for a compressed or binary format.
 */
export async function* decodedText(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let head: Buffer = Buffer.alloc(0);
  let decoder: TextDecoder | null = null;
  for await (const chunk of bytes) {
    if (decoder !== null) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < SAMPLE_BYTES) continue;
    decoder = decoderOf(head);
    yield decoder.decode(head, { stream: true });
  }
  decoder ??= decoderOf(head);
  yield decoder.decode(head.length < SAMPLE_BYTES ? head : undefined);
}

function decoderOf(head: Uint8Array): TextDecoder {
  const problem = formatProblemOf(head);
  if (problem !== null) throw new NotTextError(problem);
  if (isGzip(head))
    throw new NotTextError(`compressed with gzip more than ${limits.gzipLayers} times. ${EXPECTED_TEXT}`);
  const encoding = encodingOf(head);
  if (encoding === 'utf-8' && looksBinary(head))
    throw new NotTextError(`binary data, or text in an encoding other than UTF-8 and UTF-16. ${EXPECTED_TEXT}`, false);
  return new TextDecoder(encoding);
}

/** Fewer bytes do not tell what they are. */
const LEAST_BYTES = 32;
/** Share of characters that no text has. Logs may hold a few bytes of anything. */
const FOREIGN_SHARE = 0.05;

function looksBinary(head: Uint8Array): boolean {
  const sample = head.subarray(0, SAMPLE_BYTES);
  if (sample.length < LEAST_BYTES) return false;
  const text = new TextDecoder().decode(sample);
  const foreign = text.match(FOREIGN)?.length ?? 0;
  return foreign > text.length * FOREIGN_SHARE;
}

/** What bytes that are no UTF-8 become, and control characters except white space and escape sequences. */
const FOREIGN = /[\ufffd\u0000-\u0007\u000e-\u001a\u001c-\u001f]/g;

/** Decodes a whole file. A byte order mark is removed, CRLF becomes LF. Bytes that are no text become U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes).replaceAll('\r\n', '\n');
}

/** ASCII text in UTF-16 has a zero in every other byte; UTF-8 text has none at all. */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  let even = 0;
  let odd = 0;
  for (const [at, byte] of sample.entries()) {
    if (byte !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  const half = sample.length / 2;
  if (odd > half * 0.5 && even < half * 0.1) return 'utf-16le';
  if (even > half * 0.5 && odd < half * 0.1) return 'utf-16be';
  return 'utf-8';
}
