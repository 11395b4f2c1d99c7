/** Finds rows by request id: the index built behind ingest, and the entries that wait to be merged into it. */

import { requestHash } from '../../request-hash.ts';
import { ENTRY_BYTES } from '../writer/request-index.ts';
import type { Databases } from './databases.ts';
import type { InvocationTable } from './tables.ts';

/** All attempts of a stored request id, oldest first. */
export async function attemptsOf(db: Databases, requestId: Uint8Array | string): Promise<InvocationTable[]> {
  const hash = requestHash(requestId);
  const id = typeof requestId === 'string' ? requestId : Buffer.from(requestId);
  const places = new Map<string, { functionId: number; endMs: number; environmentId: number }>();
  for (const place of [...merged(db, hash), ...pending(db, hash)]) {
    places.set(`${place.functionId} ${place.endMs} ${place.environmentId}`, place);
  }
  const rows: InvocationTable[] = [];
  for (const place of places.values()) {
    const row = await db.telemetry
      .selectFrom('invocation')
      .selectAll()
      .where('function_id', '=', place.functionId)
      .where('end_ms', '=', place.endMs)
      .where('request_id', '=', id)
      .where('environment_id', '=', place.environmentId)
      .executeTakeFirst();
    if (row !== undefined) rows.push(row);
  }
  return rows.toSorted((a, b) => a.end_ms - b.end_ms);
}

interface Place {
  readonly functionId: number;
  readonly endMs: number;
  readonly environmentId: number;
}

/** One seek a day that holds data: the index is clustered by day so that ingest writes it in runs. */
function merged(db: Databases, hash: number): Place[] {
  return db.raw
    .prepare(
      `WITH RECURSIVE days(day) AS (
         SELECT (SELECT min(day) FROM request_index)
         UNION ALL
         SELECT (SELECT min(day) FROM request_index WHERE day > days.day) FROM days WHERE days.day IS NOT NULL
       )
       SELECT function_id AS functionId, end_ms AS endMs, environment_id AS environmentId
       FROM days JOIN request_index USING (day) WHERE hash = ?`,
    )
    .all(hash) as Place[];
}

function pending(db: Databases, hash: number): Place[] {
  const found: Place[] = [];
  for (const blob of db.raw
    .prepare('SELECT entries FROM request_index_pending')
    .pluck()
    .iterate() as Iterable<Buffer>) {
    for (let at = 0; at + ENTRY_BYTES <= blob.length; at += ENTRY_BYTES) {
      if (blob.readUInt32LE(at) !== hash) continue;
      found.push({
        functionId: blob.readUInt32LE(at + 4),
        environmentId: blob.readUInt32LE(at + 8),
        endMs: blob.readDoubleLE(at + 12),
      });
    }
  }
  return found;
}
