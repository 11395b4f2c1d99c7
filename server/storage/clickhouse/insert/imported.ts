/** Imports of files as ClickHouse keeps them: their rows have the import in their key, so that an undo deletes them. */
import type { Batch } from '../../../../ingest/records/batch.ts';
import { recordsIn } from '../../../../ingest/records/dead-letter.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import { StoreError } from '../../ports.ts';
import { hashOf, idsOf } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { NOW_MS } from '../query-client.ts';
import { encodeVersioned } from '../versioned-value.ts';
import type { Rows } from './fact-table.ts';
import { tableOf } from './fact-table.ts';

/** `import_id` of rows that are computed from other rows. */
export const DERIVED_ID = 1;

/** `import_id` of what an import brings. */
export function importIdOf(id: string): number {
  return hashOf('import', id);
}

/**
 * Notes which functions an import adds to, before any of it is stored. @throws StoreError `unavailable` while the import is being
 * undone
 */
export async function beginImport(
  client: ClickHouseQueryClient,
  id: string,
  batch: Batch,
  { name }: BatchSource,
  nowMs: number,
): Promise<void> {
  const importId = importIdOf(id);
  const found = await client.one<{ state: string }>(
    'SELECT state FROM import_state FINAL WHERE import_id = {importId:UInt64}',
    { importId },
  );
  if (found?.state === 'undoing') throw new StoreError('unavailable', `Import ${id} is being undone`);
  const functions = new Map(batch.streams.map((stream) => [idsOf(stream).functionId, stream.functionName]));
  await client.insert(
    'import_function',
    [...functions].map(([functionId, functionName]) => ({
      import_id: importId,
      function_id: functionId,
      name: functionName,
    })),
  );
  await client.insert('import_total', [
    { import_id: importId, id, name: encodeVersioned(nowMs, name), started_ms: nowMs, last_ms: nowMs },
  ]);
  if (found?.state !== 'stored') await writeImportState(client, importId, { state: 'stored', done: 0, atMs: nowMs });
}

/** Stores the state of an import; the newest wins. */
export async function writeImportState(
  client: ClickHouseQueryClient,
  importId: number,
  {
    state,
    done,
    atMs,
  }: { readonly state: 'stored' | 'undoing' | 'undone'; readonly done: number; readonly atMs: number },
): Promise<void> {
  const now = await client.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`);
  await client.insert('import_state', [{ import_id: importId, state, done, at_ms: atMs, written: now?.ms ?? 0 }]);
}

/** What a batch of an import brought. Every delivery counts. */
export function importCounts(id: string, batch: Batch, accepted: number, nowMs: number): Rows {
  return tableOf('import_total', [
    {
      import_id: importIdOf(id),
      id,
      started_ms: nowMs,
      last_ms: nowMs,
      accepted,
      ignored: batch.counts.ignored,
      rejected: recordsIn(batch.deadLetters),
      loose: batch.records.filter(({ record }) => LOOSE.has(record.kind)).length,
    },
  ]);
}

/** Records without a function, and segments of traces: an undo keeps them. */
const LOOSE: ReadonlySet<string> = new Set(['trace-segment', 'network-event', 'gateway-request', 'flow']);
