/** Imports of files as ClickHouse keeps them: their rows have the import in their key, so that an undo deletes them. */
import { functionOfArn } from '../../../../ingest/records/arn.ts';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { recordsIn } from '../../../../ingest/records/dead-letter.ts';
import { functionOfMetric } from '../../../../ingest/records/metric-function.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import { StoreError } from '../../ports.ts';
import { hashOf, idsOf } from '../hash-ids.ts';
import type { ClickHouseQueryClient } from '../query-client.ts';
import { NOW_MS } from '../query-client.ts';
import { encodeVersioned } from '../versioned-value.ts';
import type { Rows } from './fact-table.ts';
import { ofImport, tableOf } from './fact-table.ts';

/** `import_id` of rows that are computed from other rows. */
export const DERIVED_ID = 1;

/** `import_id` of rows that an import adds. */
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

/** Counts of a batch of an import. Every delivery counts. */
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
      loose: recordsWithoutFunction(batch),
    },
  ]);
}

/** Counts the records without a function: an undo keeps them. */
function recordsWithoutFunction(batch: Batch): number {
  const traces = tracesOfFunctions(batch);
  return batch.records.filter(({ record }) => {
    if (record.kind === 'metric-statistics') return functionOfMetric(record) === null;
    if (record.kind === 'embedded-metrics') return record.functionName === null;
    return record.kind === 'trace-segment' ? !traces.has(record.traceId) : WITHOUT_FUNCTION.has(record.kind);
  }).length;
}

const WITHOUT_FUNCTION: ReadonlySet<string> = new Set(['network-event', 'gateway-request', 'flow']);

/** Traces of which the batch has a segment of a function: other services' segments belong to it. */
function tracesOfFunctions(batch: Batch): ReadonlySet<string> {
  return new Set(
    batch.records.flatMap(({ record }) =>
      record.kind === 'trace-segment' && functionOfArn(record.resourceArn) !== null ? [record.traceId] : [],
    ),
  );
}

/** Marks rows of documents as added by an import, except trace segments without a function, which an undo keeps. */
export function documentsOfImport(batch: Batch, rows: Rows, importId: number | null): readonly Rows[] {
  if (importId === null || rows.table !== 'trace_segment') return [ofImport(rows, importId)];
  const traces = tracesOfFunctions(batch);
  const column = rows.columns.indexOf('trace_id');
  const isWithoutFunction = (row: Rows['rows'][number]): boolean => !traces.has(String(row[column]));
  const kept = rows.rows.filter(isWithoutFunction);
  const own = ofImport({ ...rows, rows: rows.rows.filter((row) => !isWithoutFunction(row)) }, importId);
  return [own, { ...rows, rows: kept }].filter((some) => some.rows.length > 0);
}
