/** Quarantine: newest first, with the beginning of what could not be read. */
import { gunzipSync } from 'node:zlib';
import { isGzip } from '../../../../ingest/envelope/inflate.ts';
import type { Page, StoredReject } from '../../store.ts';
import type { Databases } from './databases.ts';

const PREVIEW_BYTES = 400;
const PREVIEW_INFLATED_BYTES = 4 * 1_048_576;

export async function rejects(
  db: Databases,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<StoredReject>> {
  let select = db.telemetry
    .selectFrom('reject')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (query.cursor !== undefined) {
    const before = Number(query.cursor);
    if (!Number.isSafeInteger(before)) throw new RangeError('cursor: not a cursor of this server');
    select = select.where('id', '<', before);
  }
  const rows = await select.execute();
  const page = rows.slice(0, query.limit);
  return {
    items: page.map((row) => ({
      id: row.id,
      receivedMs: row.received_ms,
      sourceKind: row.source_kind,
      sourceName: row.source_name,
      reason: row.reason,
      detail: row.detail,
      logGroup: row.log_group,
      seen: row.seen,
      sizeBytes: row.size,
      preview: preview(row.payload),
      replayedMs: row.replayed_ms,
    })),
    nextCursor: rows.length > query.limit ? String(page.at(-1)?.id) : null,
  };
}

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
function preview(payload: Uint8Array): string {
  const head = Buffer.from(readable(payload).subarray(0, PREVIEW_BYTES));
  const binary = head.some((byte) => byte < 9 || (byte > 13 && byte < 32));
  return binary ? head.subarray(0, 64).toString('hex') : head.toString('utf8');
}

export async function rejectPayload(db: Databases, query: { readonly id: number }) {
  const row = await db.telemetry
    .selectFrom('reject')
    .select(['reason', 'payload'])
    .where('id', '=', query.id)
    .executeTakeFirst();
  return row ?? null;
}
