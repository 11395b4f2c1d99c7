/** Reads inits, faults, extensions and raw lines, environment by environment. */

import type Database from 'better-sqlite3';
import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { RawChunk } from '../../../../ingest/records/raw-chunk.ts';
import type {
  ExtensionEvent,
  FaultEvent,
  InitEvent,
  PendingStart,
  RuntimeDone,
} from '../../../../ingest/records/stream-events.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import type { Piece } from '../../transfer/history.ts';
import type { Streams } from './batch.ts';
import { msOf, pieceOf, StreamNumbers } from './batch.ts';

/** Environments per batch. */
const ENVIRONMENTS = 500;

type Stream = Streams extends ReadonlyMap<number, infer S> ? S : never;

export function* eventsOf(db: Database.Database, streams: Streams, receivedMs: number): Generator<Piece> {
  const sql = prepare(db);
  for (const [attributes, all] of byAttributes(streams)) {
    for (let at = 0; at < all.length; at += ENVIRONMENTS) {
      const some = all.slice(at, at + ENVIRONMENTS);
      yield pieceOf(factsOf(sql, some, attributes), receivedMs);
      yield* linesOf(sql, some, attributes);
    }
  }
}

type Numbered = readonly (readonly [id: number, stream: Stream])[];

function byAttributes(streams: Streams): ReadonlyMap<string | null, Numbered> {
  const found = new Map<string | null, (readonly [number, Stream])[]>();
  for (const [id, stream] of streams) {
    const mine = found.get(stream.attributes) ?? [];
    found.set(stream.attributes, mine);
    mine.push([id, stream]);
  }
  return found;
}

function factsOf(sql: ReturnType<typeof prepare>, some: Numbered, attributes: string | null): Partial<Batch> {
  const numbers = new StreamNumbers();
  const inits: InitEvent[] = [];
  const faults: FaultEvent[] = [];
  const extensions: ExtensionEvent[] = [];
  const starts: PendingStart[] = [];
  const runtimeDone: RuntimeDone[] = [];
  for (const [id, header] of some) {
    const stream = numbers.of(id, header);
    inits.push(...initsOf(sql, id, stream));
    for (const { requestId, ...fault } of sql.faults.all(id))
      faults.push({ ...fault, stream, requestId: requestId === '' ? null : requestId });
    for (const extension of sql.extensions.all(id)) extensions.push({ ...extension, stream });
    for (const start of sql.starts.all(id)) starts.push({ ...start, stream });
    for (const { requestId, runtimeUs, atMs } of sql.runtimeDone.all(id))
      runtimeDone.push({ stream, atMs, requestId: requestIdText(requestId), runtimeMs: msOf(runtimeUs) });
  }
  return { streams: numbers.streams, inits, faults, extensions, starts, runtimeDone, attributes };
}

/** Adds the runtime version, stored with the environment, to the line that reported it: the start of the init. */
function initsOf(sql: ReturnType<typeof prepare>, id: number, stream: number): readonly InitEvent[] {
  const rows = sql.inits.all(id);
  const runtime = sql.runtime.get(id);
  const versionRow = rows.find(({ kind }) => kind === 'init-start' || kind === 'restore-start') ?? rows[0];
  return rows.map(({ durationUs, ...row }) => ({
    ...row,
    stream,
    durationMs: msOf(durationUs),
    runtimeVersion: row.kind === versionRow?.kind && row.atMs === versionRow.atMs ? (runtime?.version ?? null) : null,
    runtimeVersionArn: row.kind === versionRow?.kind && row.atMs === versionRow.atMs ? (runtime?.arn ?? null) : null,
  }));
}

/** Groups chunks by day of receipt, since their age counts from it. */
function* linesOf(sql: ReturnType<typeof prepare>, some: Numbered, attributes: string | null): Generator<Piece> {
  const days = new Map<number, { numbers: StreamNumbers; raw: RawChunk[]; receivedMs: number }>();
  for (const [id, header] of some) {
    for (const { receivedMs, ...chunk } of sql.chunks.all(id)) {
      const day = Math.floor(receivedMs / DAY_MS);
      const mine = days.get(day) ?? { numbers: new StreamNumbers(), raw: [], receivedMs };
      days.set(day, mine);
      mine.receivedMs = Math.max(mine.receivedMs, receivedMs);
      mine.raw.push({ ...chunk, stream: mine.numbers.of(id, header) });
    }
  }
  for (const { numbers, raw, receivedMs } of days.values())
    yield pieceOf({ streams: numbers.streams, raw, attributes }, receivedMs);
}

function prepare(db: Database.Database) {
  return {
    inits: db.prepare<[number], Omit<InitEvent, 'stream' | 'durationMs'> & { readonly durationUs: number | null }>(
      `SELECT kind, at_ms AS atMs, duration_us AS durationUs, phase, status, error_type AS errorType,
         initialization_type AS initializationType FROM init_event WHERE environment_id = ? ORDER BY at_ms, kind`,
    ),
    runtime: db.prepare<[number], { version: string | null; arn: string | null }>(
      'SELECT runtime_version AS version, runtime_version_arn AS arn FROM environment WHERE id = ?',
    ),
    faults: db.prepare<[number], Omit<FaultEvent, 'stream' | 'requestId'> & { readonly requestId: string }>(
      `SELECT kind, at_ms AS atMs, request_id AS requestId, error_type AS errorType, message, stack FROM fault
       WHERE environment_id = ?`,
    ),
    extensions: db.prepare<[number], Omit<ExtensionEvent, 'stream'>>(
      'SELECT kind, name, state, detail, at_ms AS atMs FROM extension WHERE environment_id = ?',
    ),
    starts: db.prepare<[number], Omit<PendingStart, 'stream'>>(
      `SELECT request_id AS requestId, start_ms AS startMs, version, tenant FROM pending_start
       WHERE environment_id = ?`,
    ),
    runtimeDone: db.prepare<
      [number],
      { readonly requestId: Uint8Array | string; readonly atMs: number; readonly runtimeUs: number }
    >(
      'SELECT request_id AS requestId, at_ms AS atMs, runtime_us AS runtimeUs FROM runtime_done WHERE environment_id = ?',
    ),
    chunks: db.prepare<[number], Omit<RawChunk, 'stream'> & { readonly receivedMs: number }>(
      `SELECT received_ms AS receivedMs, first_ms AS firstMs, last_ms AS lastMs, events, digest, gzip FROM raw_chunk
       WHERE environment_id = ?`,
    ),
  };
}
