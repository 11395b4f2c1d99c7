/** The beginning of what could not be read, for the eye. */
import { gunzipSync } from 'node:zlib';
import { isGzip } from '../../../../ingest/formats/inflate.ts';

const PREVIEW_BYTES = 400;
const PREVIEW_INFLATED_BYTES = 4 * 1_048_576;

/** A record that was kept as it came is inflated for the eye; bombs stay shut. */
function readable(payload: Uint8Array): Uint8Array {
  if (!isGzip(payload)) return payload;
  try {
    return gunzipSync(payload, { maxOutputLength: PREVIEW_INFLATED_BYTES });
  } catch {
    return payload;
  }
}

/** Text where it is text, hex where it is not. */
export function preview(payload: Uint8Array): string {
  const head = Buffer.from(readable(payload).subarray(0, PREVIEW_BYTES));
  const binary = head.some((byte) => byte < 9 || (byte > 13 && byte < 32));
  return binary ? head.subarray(0, 64).toString('hex') : head.toString('utf8');
}
