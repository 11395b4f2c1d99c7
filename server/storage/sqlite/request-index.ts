/** Finds rows by request id: the index built behind ingest, and the entries that wait to be merged into it. */
import { DAY_MS } from '../../../ingest/records/time.ts';
import { requestHash } from '../request-hash.ts';
import type { Databases } from './databases.ts';
import type { InvocationRow } from './schema.ts';
import { ENTRY_BYTES } from './write/request-index.ts';

interface Place {
  readonly hash: number;
  readonly functionId: number;
  readonly endMs: number;
  readonly environmentId: number;
}

interface Days {
  readonly first: number;
  readonly last: number;
}

const ALL_DAYS: Days = { first: 0, last: Number.MAX_SAFE_INTEGER };

/** All attempts of a stored request id, oldest first. */
export async function attemptsOf(db: Databases, requestId: Uint8Array | string): Promise<InvocationRow[]> {
  const id = typeof requestId === 'string' ? requestId : Buffer.from(requestId);
  const rows: InvocationRow[] = [];
  for (const place of placesOf(db, [requestHash(requestId)], ALL_DAYS).get(requestHash(requestId)) ?? []) {
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

/** The attempts of each of the rows' request ids within six hours or so of the row, as Lambda retries: status and end. */
export function attemptsOfRows(
  db: Databases,
  rows: readonly { readonly functionId: number; readonly requestId: Uint8Array | string; readonly endMs: number }[],
): readonly (readonly { readonly endMs: number; readonly status: number }[])[] {
  if (rows.length === 0) return [];
  const hashes = rows.map((row) => requestHash(row.requestId));
  const days = rows.map((row) => Math.floor(row.endMs / DAY_MS));
  const first = days.reduce((least, day) => Math.min(least, day));
  const last = days.reduce((most, day) => Math.max(most, day));
  const places = placesOf(db, hashes, { first: first - 1, last: last + 1 });
  const find = db.raw.prepare<[number, number, Uint8Array | string, number], { endMs: number; status: number }>(
    `SELECT end_ms AS endMs, status FROM invocation
     WHERE function_id = ? AND end_ms = ? AND request_id = ? AND environment_id = ?`,
  );
  return rows.map((row, at) =>
    (places.get(hashes[at] ?? 0) ?? [])
      .filter((place) => place.functionId === row.functionId)
      .flatMap((place) => find.get(place.functionId, place.endMs, row.requestId, place.environmentId) ?? [])
      .toSorted((a, b) => a.endMs - b.endMs),
  );
}

/**
 * Which attempt of its request id each row is, in the rows' order. Lambda retries an event for at most six hours: the
 * neighbouring days are looked at, not the whole history.
 */
export async function attemptNumbers(db: Databases, rows: readonly InvocationRow[]): Promise<readonly number[]> {
  const hashes = rows.map((row) => requestHash(row.request_id));
  const days = rows.map((row) => Math.floor(row.end_ms / DAY_MS));
  const places = placesOf(db, hashes, { first: Math.min(...days) - 1, last: Math.max(...days) + 1 });
  return Promise.all(
    rows.map(async (row, at) => {
      // A single place is the row itself: the usual case needs no further look.
      if ((places.get(hashes[at] ?? 0)?.length ?? 0) <= 1) return 1;
      const attempts = await attemptsOf(db, row.request_id);
      const own = (other: InvocationRow) => other.end_ms === row.end_ms && other.environment_id === row.environment_id;
      return 1 + Math.max(0, attempts.findIndex(own));
    }),
  );
}

function placesOf(db: Databases, hashes: readonly number[], within: Days): ReadonlyMap<number, readonly Place[]> {
  const places = new Map<number, Map<string, Place>>(hashes.map((hash) => [hash, new Map()]));
  for (const place of [...merged(db, [...places.keys()], within), ...pending(db, places)]) {
    places.get(place.hash)?.set(`${place.functionId} ${place.endMs} ${place.environmentId}`, place);
  }
  return new Map([...places].map(([hash, found]) => [hash, [...found.values()]]));
}

/** A few seeks a day that holds data: the index is clustered by day so that ingest writes it in runs. */
function merged(db: Databases, hashes: readonly number[], within: Days): Place[] {
  return db.raw
    .prepare(
      `WITH RECURSIVE days(day) AS (
         SELECT (SELECT min(day) FROM request_index WHERE day >= ?)
         UNION ALL
         SELECT (SELECT min(day) FROM request_index WHERE day > days.day) FROM days WHERE days.day < ?
       )
       SELECT hash, function_id AS functionId, end_ms AS endMs, environment_id AS environmentId
       FROM days CROSS JOIN request_index USING (day) WHERE hash IN (${hashes.map(() => '?').join(', ')})`,
    )
    .all(within.first, within.last, ...hashes) as Place[];
}

function pending(db: Databases, wanted: ReadonlyMap<number, unknown>): Place[] {
  const found: Place[] = [];
  const blobs = db.raw.prepare('SELECT entries FROM request_index_pending').pluck().iterate() as Iterable<Buffer>;
  for (const blob of blobs) {
    for (let at = 0; at + ENTRY_BYTES <= blob.length; at += ENTRY_BYTES) {
      const hash = blob.readUInt32LE(at);
      if (!wanted.has(hash)) continue;
      found.push({
        hash,
        functionId: blob.readUInt32LE(at + 4),
        environmentId: blob.readUInt32LE(at + 8),
        endMs: blob.readDoubleLE(at + 12),
      });
    }
  }
  return found;
}
