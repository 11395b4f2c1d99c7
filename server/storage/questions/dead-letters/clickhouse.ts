/** Records that could not be read, newest first. */
import type { QueryContext } from '../../clickhouse/query-context.ts';
import type { Page } from '../shared-types.ts';
import { preview } from './result.ts';
import type { StoredDeadLetter } from './types.ts';

/** Dead letters: newest first, with a preview of each payload. */
export async function deadLetters(
  context: QueryContext,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<StoredDeadLetter>> {
  const before = query.cursor === undefined ? null : readCursor(query.cursor);
  const rows = await context.client.all<
    Omit<StoredDeadLetter, 'preview' | 'replayedMs'> & { payload: string; replayed: number }
  >(
    `SELECT * FROM (
       SELECT reject_id AS id, max(r.received_ms) AS receivedMs, argMin(r.source_kind, r.received_ms) AS sourceKind,
         argMin(r.source_name, r.received_ms) AS sourceName, reason,
         max(r.detail) AS detail, max(r.log_group) AS logGroup, sum(r.seen) AS seen, size AS sizeBytes,
         max(r.payload) AS payload, max(r.replayed_ms) AS replayed
       FROM reject AS r GROUP BY reject_id, reason, size
     ) ${before === null ? '' : 'WHERE (receivedMs, id) < ({beforeMs:Int64}, {beforeId:UInt64})'}
     ORDER BY receivedMs DESC, id DESC LIMIT {limit:UInt32}`,
    { ...before, limit: query.limit + 1 },
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(({ payload, replayed, ...row }) => ({
      ...row,
      preview: preview(Buffer.from(payload, 'base64')),
      // Received again after its replay: it must be replayed again.
      replayedMs: replayed === 0 || replayed < row.receivedMs ? null : replayed,
    })),
    nextCursor: rows.length > query.limit && last !== undefined ? `${last.receivedMs}-${last.id}` : null,
  };
}

/** Decodes where the previous page ended. An id identifies one payload and reason, from any source. */
function readCursor(text: string): { readonly beforeMs: number; readonly beforeId: number } {
  const match = /^(\d{1,15})-(\d{1,16})$/.exec(text);
  if (match === null) throw new RangeError('cursor: not a cursor of this server');
  return { beforeMs: Number(match[1]), beforeId: Number(match[2]) };
}

export async function deadLetterPayload(
  context: QueryContext,
  query: { readonly id: number },
): Promise<{ readonly reason: string; readonly payload: Uint8Array } | null> {
  const row = await context.client.one<{ reason: string; payload: string }>(
    'SELECT reason, max(r.payload) AS payload FROM reject AS r WHERE reject_id = {id:UInt64} GROUP BY reason LIMIT 1',
    query,
  );
  return row === undefined ? null : { reason: row.reason, payload: Buffer.from(row.payload, 'base64') };
}
