/** Finds invocations by request id: in the merged index, and in entries that are not merged yet. */
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { LONGEST_RUN_MS } from '../../../ingest/records/attempt.ts';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { requestHash } from '../request-hash.ts';
import type { Databases } from './databases.ts';
import type { Param } from './read-connection.ts';
import { jsonList, telemetryStatement } from './read-connection.ts';
import type { InvocationRow, TelemetryTables } from './schema.ts';
import { ENTRY_BYTES } from './write/request-index.ts';

/** Key of an invocation whose request id has this hash. */
interface IndexEntry {
  readonly hash: number;
  readonly functionId: number;
  readonly endMs: number;
  readonly environmentId: number;
}

/** Days since 1970, both included. */
interface Days {
  readonly first: number;
  readonly last: number;
}

const ALL_DAYS: Days = { first: 0, last: Number.MAX_SAFE_INTEGER };
interface Key {
  functionId: number;
  endMs: number;
  requestId: Uint8Array | string;
  environmentId: number;
}

/** One invocation by its primary key. */
export const INVOCATION_BY_KEY = telemetryStatement((db, param: Param<Key>) =>
  db
    .selectFrom('invocation')
    .selectAll()
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '=', param('endMs'))
    .where('request_id', '=', param('requestId'))
    .where('environment_id', '=', param('environmentId')),
);

/** End and status of one invocation by its primary key. */
const ATTEMPT_BY_KEY = telemetryStatement((db, param: Param<Key>) =>
  db
    .selectFrom('invocation')
    .select(['end_ms as endMs', 'status'])
    .where('function_id', '=', param('functionId'))
    .where('end_ms', '=', param('endMs'))
    .where('request_id', '=', param('requestId'))
    .where('environment_id', '=', param('environmentId')),
);

/**
 * Steps from day to day that holds data, and seeks the hashes in each. The index is clustered by day so that ingest
 * writes it in runs.
 */
const MERGED = (db: Kysely<TelemetryTables>, param: Param<{ first: number; last: number; hashes: string }>) =>
  db
    .withRecursive('days(day)', (query) =>
      query
        .selectNoFrom((eb) =>
          eb
            .selectFrom('request_index')
            .select((index) => index.fn.min('day').as('day'))
            .where('day', '>=', param('first'))
            .as('day'),
        )
        .unionAll(
          query
            .selectFrom('days')
            .select((eb) =>
              eb
                .selectFrom('request_index')
                .select((index) => index.fn.min('request_index.day').as('day'))
                .whereRef('request_index.day', '>', 'days.day')
                .as('day'),
            )
            .where('days.day', '<', param('last')),
        ),
    )
    .selectFrom('days')
    .crossJoin('request_index')
    .whereRef('request_index.day', '=', 'days.day')
    .where('hash', 'in', jsonList(param('hashes')));

const MERGED_ENTRIES = telemetryStatement((db, param: Param<{ first: number; last: number; hashes: string }>) =>
  MERGED(db, param).select(['hash', 'function_id as functionId', 'end_ms as endMs', 'environment_id as environmentId']),
).asTuples('hash', 'functionId', 'endMs', 'environmentId');

/** The hashes of {@link MERGED_ENTRIES} as one JSON array, which the driver takes a third of the time for. */
const MERGED_HASHES = telemetryStatement((db, param: Param<{ first: number; last: number; hashes: string }>) =>
  MERGED(db, param).select(sql<string>`json_group_array(hash)`.as('hashes')),
).asValues();

const PENDING_ENTRIES = telemetryStatement((db) => db.selectFrom('request_index_pending').select('entries')).asValues();

/** All attempts of a stored request id, oldest first. */
export function attemptsOf(db: Databases, requestId: Uint8Array | string): InvocationRow[] {
  const hash = requestHash(requestId);
  const entries = entriesOf(db, [{ hashes: [hash], days: ALL_DAYS }]).get(hash) ?? [];
  return entries
    .flatMap((entry) => INVOCATION_BY_KEY.get(db.telemetry, { ...entry, requestId }) ?? [])
    .toSorted((a, b) => a.end_ms - b.end_ms);
}

/**
 * The attempts of each row's request id: end, ms, and status, oldest first. Only days that a retry of theirs can end in are
 * searched.
 */
export function attemptsOfRows(
  db: Databases,
  rows: readonly { readonly functionId: number; readonly requestId: Uint8Array | string; readonly endMs: number }[],
): readonly (readonly { readonly endMs: number; readonly status: number }[])[] {
  if (rows.length === 0) return [];
  const hashes = rows.map((row) => requestHash(row.requestId));
  const entries = entriesOf(db, searchesFor(rows.map(({ endMs }, at) => ({ endMs, hash: hashes[at] ?? 0 }))));
  return rows.map((row, at) =>
    (entries.get(hashes[at] ?? 0) ?? [])
      .filter((entry) => entry.functionId === row.functionId)
      .flatMap((entry) => ATTEMPT_BY_KEY.get(db.telemetry, { ...entry, requestId: row.requestId }) ?? [])
      .toSorted((a, b) => a.endMs - b.endMs),
  );
}

/**
 * The number of each row's attempt among those of its request id in the same function, from 1. Searches the days that a
 * retry of theirs can end in.
 */
export function attemptNumbers(db: Databases, rows: readonly InvocationRow[]): readonly number[] {
  if (rows.length === 0) return [];
  const hashes = rows.map((row) => requestHash(row.request_id));
  const searches = searchesFor(rows.map(({ end_ms: endMs }, at) => ({ endMs, hash: hashes[at] ?? 0 })));
  const repeated = repeatedHashes(db, searches);
  return rows.map((row, at) => {
    // Usually the only entry is the row itself.
    if (!repeated.has(hashes[at] ?? 0)) return 1;
    const attempts = attemptsOf(db, row.request_id).filter((other) => other.function_id === row.function_id);
    const own = (other: InvocationRow) => other.end_ms === row.end_ms && other.environment_id === row.environment_id;
    return 1 + Math.max(0, attempts.findIndex(own));
  });
}

/** Lambda keeps an event for at most six hours, and its last attempt runs no longer than any. */
const RETRIED_MS = 6 * HOUR_MS + LONGEST_RUN_MS;

/** Hashes, and the days that are searched for them. */
interface Search {
  readonly hashes: readonly number[];
  readonly days: Days;
}

/** Each row's hash in the days around it alone: every hash in every day of a page would cost as many seeks as both together. */
function searchesFor(rows: readonly { readonly hash: number; readonly endMs: number }[]): readonly Search[] {
  const searches = new Map<string, { hashes: number[]; days: Days }>();
  for (const { hash, endMs } of rows) {
    const first = Math.floor((endMs - RETRIED_MS) / DAY_MS);
    const last = Math.floor((endMs + RETRIED_MS) / DAY_MS);
    const key = `${first} ${last}`;
    const search = searches.get(key) ?? { hashes: [], days: { first, last } };
    searches.set(key, search);
    search.hashes.push(hash);
  }
  return [...searches.values()];
}

/** Entries by hash. An entry can be pending and merged at once; it is returned once. */
function entriesOf(db: Databases, searches: readonly Search[]): ReadonlyMap<number, readonly IndexEntry[]> {
  const byHash = new Map<number, IndexEntry[]>();
  for (const { hashes } of searches) for (const hash of hashes) byHash.set(hash, []);
  for (const { hashes, days } of searches) {
    for (const [hash, functionId, endMs, environmentId] of MERGED_ENTRIES.all(db.telemetry, {
      ...days,
      hashes: JSON.stringify(hashes),
    }))
      byHash.get(hash)?.push({ hash, functionId, endMs, environmentId });
  }
  for (const entry of pendingEntries(db, byHash)) byHash.get(entry.hash)?.push(entry);
  for (const [hash, entries] of byHash) if (entries.length > 1) byHash.set(hash, eachOnce(entries));
  return byHash;
}

/** Hashes with more than one entry; an entry that is pending and merged at once counts twice. */
function repeatedHashes(db: Databases, searches: readonly Search[]): ReadonlySet<number> {
  const seen = new Map<number, boolean>();
  const repeated = new Set<number>();
  for (const { hashes } of searches) for (const hash of hashes) seen.set(hash, false);
  const count = (hash: number) => {
    if (seen.get(hash) === true) repeated.add(hash);
    else seen.set(hash, true);
  };
  for (const { hashes, days } of searches) {
    const found: unknown = JSON.parse(
      MERGED_HASHES.get(db.telemetry, { ...days, hashes: JSON.stringify(hashes) }) ?? '[]',
    );
    if (Array.isArray(found)) found.forEach(count);
  }
  for (const entry of pendingEntries(db, seen)) count(entry.hash);
  return repeated;
}

function eachOnce(entries: readonly IndexEntry[]): IndexEntry[] {
  const byKey = entries.map((entry) => [`${entry.functionId} ${entry.endMs} ${entry.environmentId}`, entry] as const);
  return [...new Map(byKey).values()];
}

/** Places for marks: with as many wanted hashes as a question has, hardly any other entry has a marked place. */
const MARKS = 2 ** 16;

/** Entries with wanted hashes. While ingest runs, hundreds of thousands are pending, so that most are told apart by one look. */
function pendingEntries(db: Databases, wanted: ReadonlyMap<number, unknown>): IndexEntry[] {
  const found: IndexEntry[] = [];
  const marks = new Uint8Array(MARKS);
  for (const hash of wanted.keys()) marks[hash % MARKS] = 1;
  for (const { buffer, byteOffset, byteLength } of PENDING_ENTRIES.iterate(db.telemetry)) {
    const entries = new DataView(buffer, byteOffset, byteLength);
    for (let at = 0; at + ENTRY_BYTES <= byteLength; at += ENTRY_BYTES) {
      const hash = entries.getUint32(at, true);
      if (marks[hash % MARKS] === 0 || !wanted.has(hash)) continue;
      found.push({
        hash,
        functionId: entries.getUint32(at + 4, true),
        environmentId: entries.getInt32(at + 8, true),
        endMs: entries.getFloat64(at + 12, true),
      });
    }
  }
  return found;
}
