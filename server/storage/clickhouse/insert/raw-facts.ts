/** Rows of raw log lines, compressed as received. */
import { createHash } from 'node:crypto';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { StreamIds } from '../hash-ids.ts';
import type { FactTable } from './fact-table.ts';
import { IMPORT_COLUMN } from './fact-table.ts';
import { RowBinary } from './row-binary.ts';

const TABLE = 'raw_fact';
/** Bytes of a row without its lines. */
const BESIDE_BYTES = 80;
const NAMES = ['function_id', 'stream_id', 'first_ms', 'last_ms', 'events', 'digest', 'gzip', 'received_ms'];

/**
 * Returns one table, or none if raw lines are not stored. `ids`: ids of the batch's streams. `importId`: the import that adds
 * them, or null.
 */
export function rawFacts(
  { raw }: Batch,
  ids: readonly StreamIds[],
  receivedMs: number,
  importId: number | null,
): readonly FactTable[] {
  if (raw.length === 0) return [];
  const rows = new RowBinary(raw.reduce((sum, { gzip }) => sum + gzip.length + BESIDE_BYTES, 0));
  const hash = createHash('sha256').update(`${TABLE} ${importId ?? ''}`);
  for (const { stream, firstMs, lastMs, events, digest, gzip } of raw) {
    const key = ids[stream];
    if (key === undefined) throw new RangeError(`the batch has no stream ${stream}`);
    const text = Buffer.from(digest).toString('hex');
    rows.int64(key.functionId);
    rows.int64(key.streamId);
    rows.int64(firstMs);
    rows.int64(lastMs);
    rows.uint32(events);
    rows.text(text);
    rows.bytes(gzip);
    rows.int64(receivedMs);
    if (importId !== null) rows.int64(importId);
    // The digest identifies the lines.
    hash.update(`${key.functionId} ${key.streamId} ${firstMs} ${text}\n`);
  }
  return [
    {
      table: TABLE,
      columns: importId === null ? NAMES : [...NAMES, IMPORT_COLUMN],
      format: 'RowBinary',
      rows: raw.length,
      body: [rows.finish()],
      token: hash.digest('hex'),
    },
  ];
}
