/** Dead letters: newest first, with a preview of each payload. */

import type { Page, StoredDeadLetter } from '../../ports.ts';
import type { Databases } from '../../sqlite/databases.ts';
import { isTime, orNull, validPage } from '../../stored-rows.ts';
import { preview } from './result.ts';

export async function deadLetters(
  db: Databases,
  query: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<StoredDeadLetter>> {
  let select = db.telemetry.selectFrom('reject').selectAll().orderBy('id', 'desc');
  if (query.cursor !== undefined) {
    const before = Number(query.cursor);
    if (!/^\d{1,15}$/.test(query.cursor)) throw new RangeError('cursor: not a cursor of this server');
    select = select.where('id', '<', before);
  }
  const times = { received_ms: isTime, replayed_ms: orNull(isTime) };
  const rows = await validPage(
    query.limit + 1,
    (limit) => select.limit(limit).execute(),
    times,
    ({ id }) => `reject ${id}`,
  );
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

export async function deadLetterPayload(db: Databases, query: { readonly id: number }) {
  const row = await db.telemetry
    .selectFrom('reject')
    .select(['reason', 'payload'])
    .where('id', '=', query.id)
    .executeTakeFirst();
  return row ?? null;
}
