/** Reads the invocations of a day as ingest batches. */

import type Database from 'better-sqlite3';
import { InvocationTable } from '../../../../ingest/batch/invocation-table.ts';
import { requestIdText, traceText } from '../../../../ingest/batch/request-id.ts';
import { STATUSES } from '../../../../ingest/records/invocation-columns.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import type { Checksum, MovedDay, MovedFunction, Piece } from '../../transfer/history.ts';
import { CHECKSUM_MODULUS, checksumOf } from '../../transfer/history.ts';
import type { InvocationRow as StoredRow } from '../schema.ts';
import type { Streams } from './batch.ts';
import { msOf, pieceOf, StreamNumbers } from './batch.ts';

/** Rows per batch. */
const ROWS = 20_000;

type Row = StoredRow & {
  readonly version: string | null;
  readonly memoryMb: number | null;
  readonly errorType: string | null;
  readonly tenant: string | null;
};

type Part = Piece & { readonly checksum: Checksum };

/** Reads page by page in key order, so that no read transaction stays open during writes. */
export function* invocationsOf(
  db: Database.Database,
  { id }: MovedFunction,
  { dayMs, receivedMs }: MovedDay,
  streams: Streams,
): Generator<Part> {
  const page = db.prepare<[number, number, number, StoredRow['request_id'] | number, number, number], Row>(
    `SELECT i.*, s.version, s.memory_mb AS memoryMb, e.text AS errorType, t.text AS tenant FROM invocation AS i
     JOIN series AS s ON s.id = i.series_id LEFT JOIN label AS e ON e.id = error_type_id LEFT JOIN label AS t ON t.id = tenant_id
     WHERE i.function_id = ? AND i.end_ms < ? AND (i.end_ms, i.request_id, i.environment_id) > (?, ?, ?)
     ORDER BY i.end_ms, i.request_id, i.environment_id LIMIT ?`,
  );
  // Numbers sort before texts.
  let after: readonly [number, StoredRow['request_id'] | number, number] = [dayMs, -1, -1];
  for (;;) {
    const rows = page.all(id, dayMs + DAY_MS, ...after, ROWS);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = [last.end_ms, last.request_id, last.environment_id];
    yield* partsOf(rows, receivedMs, streams);
    if (rows.length < ROWS) return;
  }
}

/** Groups rows by attributes, since all streams of a batch share them. */
function* partsOf(rows: readonly Row[], receivedMs: number, streams: Streams): Generator<Part> {
  const groups = new Map<string | null, { table: InvocationTable; numbers: StreamNumbers; n: number; sum: number }>();
  for (const row of rows) {
    const stream = streams.get(row.environment_id);
    if (stream === undefined) throw new Error(`environment ${row.environment_id} is missing`);
    const group = groups.get(stream.attributes) ?? {
      table: new InvocationTable(),
      numbers: new StreamNumbers(),
      n: 0,
      sum: 0,
    };
    groups.set(stream.attributes, group);
    const requestId = requestIdText(row.request_id);
    group.table.put(knownOf(row, requestId, group.numbers.of(row.environment_id, stream)));
    group.n += 1;
    group.sum = (group.sum + checksumOf(checkedOf(row, requestId))) % CHECKSUM_MODULUS;
  }
  for (const [attributes, { table, numbers, n, sum }] of groups) {
    const piece = pieceOf({ streams: numbers.streams, invocations: table.finish(), attributes }, receivedMs);
    yield { ...piece, checksum: { n, sum } };
  }
}

function knownOf(row: Row, requestId: string, stream: number) {
  return {
    stream,
    requestId,
    endMs: row.end_ms,
    startMs: row.run_ms === null ? null : row.end_ms - row.run_ms,
    durationMs: msOf(row.duration_us),
    billedMs: row.billed_ms,
    memoryMb: row.memoryMb,
    maxMemoryMb: row.max_memory_mb,
    initMs: msOf(row.init_us),
    restoreMs: msOf(row.restore_us),
    billedRestoreMs: row.billed_restore_ms,
    status: STATUSES[row.status] ?? 'error',
    errorType: row.errorType,
    sampled: row.sampled === null ? null : row.sampled === 1,
    traceId: row.trace_id === null || typeof row.trace_id === 'string' ? row.trace_id : traceText(row.trace_id),
    segmentId: row.segment_id,
    tenant: row.tenant,
    version: row.version,
  };
}

function checkedOf(row: Row, requestId: string) {
  return {
    requestId,
    endMs: row.end_ms,
    durationUs: row.duration_us,
    billedMs: row.billed_ms,
    memoryMb: row.memoryMb,
    maxMemoryMb: row.max_memory_mb,
    initUs: row.init_us,
  };
}
