/** The text of a record in base64, usually compressed, as failed deliveries hold it. */
import { decodeBase64 } from './base64.ts';
import { inflate, inflateMessage, trailingMessage } from './inflate.ts';
import { limits } from './limits.ts';
import type { Unreadable } from './parsed-upload.ts';

export type EncodedRecord =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: Omit<Unreadable, 'text'> };

export function readEncodedRecord(data: string): EncodedRecord {
  const bytes = decodeBase64(data);
  if (bytes === null) return { ok: false, problem: { reason: 'record-not-base64' } };
  const inflated = inflate(bytes, limits.recordInflatedBytes);
  if (inflated.ok && inflated.unread !== undefined)
    return { ok: false, problem: { reason: 'gzip-trailing-bytes', detail: trailingMessage(inflated.unread.length) } };
  if (inflated.ok) return { ok: true, text: inflated.bytes.toString('utf8') };
  const detail = inflateMessage(inflated.reason, bytes.length, limits.recordInflatedBytes);
  return { ok: false, problem: { reason: inflated.reason, detail } };
}
