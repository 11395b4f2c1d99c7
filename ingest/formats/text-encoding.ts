/** Text files as people have them: UTF-8, or UTF-16 as PowerShell's redirection writes it, with or without a byte order mark. */

import { binaryFormatOf } from './content-encoding.ts';

const SAMPLE_BYTES = 4096;

/** The input is neither text nor JSON. */
export class NotTextError extends Error {
  override readonly name = 'NotTextError';
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
  const format = binaryFormatOf(head);
  if (format !== null) throw new NotTextError(`${format} data. Expected text or JSON, plain or compressed with gzip`);
  return new TextDecoder(encodingOf(head));
}

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
