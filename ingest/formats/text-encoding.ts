/** Text files as people have them: UTF-8, or UTF-16 as PowerShell's redirection writes it, with or without a byte order mark. */

const SAMPLE_BYTES = 4096;

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
