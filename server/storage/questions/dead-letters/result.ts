/** Previews of dead letters. */
import { gunzipSync } from 'node:zlib';
import { isGzip } from '../../../../ingest/formats/inflate.ts';

const PREVIEW_BYTES = 400;
const PREVIEW_INFLATED_BYTES = 4 * 1_048_576;

/** Decompresses a gzip payload of up to 4 MiB; returns others unchanged, decompression bombs too. */
function readable(payload: Uint8Array): Uint8Array {
  if (!isGzip(payload)) return payload;
  try {
    return gunzipSync(payload, { maxOutputLength: PREVIEW_INFLATED_BYTES });
  } catch {
    return payload;
  }
}

/** Returns the first 400 bytes as text, or 64 bytes as hex if the payload is binary. */
export function preview(payload: Uint8Array): string {
  const head = Buffer.from(readable(payload).subarray(0, PREVIEW_BYTES));
  const binary = head.some((byte) => byte < 9 || (byte > 13 && byte < 32));
  return binary ? head.subarray(0, 64).toString('hex') : head.toString('utf8');
}
