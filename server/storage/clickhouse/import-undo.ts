/**
 * Takes an import out again (docs/decisions/0021). Its rows have the import in their key and are deleted; what was computed of its functions is
 * deleted too and computed again from what is left. Every step may be repeated, so an interrupted undo is repeated from its beginning.
 */
import { randomUUID } from 'node:crypto';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { UndoOutcome } from '../ports.ts';
import { UNDO_MS } from '../ports.ts';
import { LEVELS } from '../rollup/bucket.ts';
import type { BucketKey } from './classify/rollups.ts';
import { writeBuckets } from './classify/rollups.ts';
import type { ClickHouseOptions } from './connection.ts';
import { hashOf, UNKNOWN_STREAM_ID } from './hash-ids.ts';
import { IMPORTED } from './insert/fact-table.ts';
import { DERIVED_ID, importIdOf, writeImportState } from './insert/imported.ts';
import { mergedFacts } from './insert/invocation-rows.ts';
import type { ClickHouseQueryClient } from './query-client.ts';
import { deleteRows } from './relocation/delete-rows.ts';

export interface UndoOptions {
  readonly cluster: Pick<ClickHouseOptions, 'cluster'>;
  readonly nowMs: number;
  /** Retention may have deleted events before this time, epoch ms. */
  readonly detailSinceMs: number;
  /** Classifies everything that is pending. */
  readonly classify: () => Promise<unknown>;
}

/** Steps of an undo: list, delete rows, delete what was computed, queue, classify, rollups. */
export const UNDO_STEPS = 6;
const [{ table: FINEST, widthMs: FINEST_MS }] = LEVELS;
/** Ids of environments per statement. */
const IDS_AT_ONCE = 50_000;

/** Undoes an import, or continues its undo. @throws StoreError if the user may not alter tables */
export async function undoImport(
  client: ClickHouseQueryClient,
  id: string,
  { cluster, nowMs, detailSinceMs, classify }: UndoOptions,
): Promise<UndoOutcome> {
  const importId = importIdOf(id);
  const found = await client.one<{ lastMs: number; state: string }>(
    `SELECT max(t.last_ms) AS lastMs, (SELECT any(state) FROM import_state FINAL WHERE import_id = {importId:UInt64}) AS state
     FROM import_total AS t WHERE import_id = {importId:UInt64} GROUP BY import_id`,
    { importId },
  );
  if (found === undefined) return 'unknown';
  if (found.state === 'undone') return 'undone-before';
  if (found.state !== 'undoing') {
    if (found.lastMs + UNDO_MS < nowMs) return 'too-old';
    await list(client, importId, detailSinceMs);
  }
  const step = (done: number): Promise<void> =>
    writeImportState(client, importId, { state: 'undoing', done, atMs: nowMs });
  await step(1);
  await dropRows(client, cluster, importId);
  await step(2);
  const functions = await functionsOf(client, importId);
  await dropComputed(client, cluster, importId, functions, detailSinceMs);
  await step(3);
  await queue(client, importId, functions);
  await step(4);
  await classify();
  await step(5);
  await writeBuckets(client, await bucketsOf(client, importId, 'bucket'), detailSinceMs);
  await writeBuckets(client, await bucketsOf(client, importId, 'explained'), 0);
  await deleteRows(client, cluster, 'import_scope', `import_id = ${importId}`);
  await writeImportState(client, importId, { state: 'undone', done: UNDO_STEPS, atMs: nowMs });
  return 'undone';
}

/** Ids of imports whose undo was interrupted. @throws StoreError */
export async function interruptedUndos(client: ClickHouseQueryClient): Promise<readonly string[]> {
  const rows = await client.all<{ id: string }>(
    `SELECT DISTINCT id FROM import_total
     WHERE import_id IN (SELECT import_id FROM import_state FINAL WHERE state = 'undoing')`,
  );
  return rows.map(({ id }) => id);
}

async function functionsOf(client: ClickHouseQueryClient, importId: number): Promise<readonly number[]> {
  const rows = await client.all<{ id: number }>(
    'SELECT DISTINCT function_id AS id FROM import_function WHERE import_id = {importId:UInt64}',
    { importId },
  );
  return rows.map(({ id }) => id);
}

/**
 * Lists what has to be computed again, before anything is deleted. Of five minutes whose events retention has deleted, the rollups are kept
 * as they are, unless the stored events explain all of their count.
 */
async function list(client: ClickHouseQueryClient, importId: number, detailSinceMs: number): Promise<void> {
  const mine = `import_id = ${importId}`;
  const all = `function_id IN (SELECT function_id FROM import_function WHERE ${mine})`;
  const before = Math.floor(detailSinceMs);
  const bucket = `intDiv(end_ms, ${FINEST_MS}) * ${FINEST_MS}`;
  const scope = (kind: string, query: string): Promise<void> =>
    client.run(
      `INSERT INTO import_scope (import_id, kind, function_id, item) SELECT ${importId}, '${kind}', function_id, item FROM (${query})
       SETTINGS insert_deduplicate = 0`,
    );
  await scope(
    'stream',
    `SELECT DISTINCT function_id, toInt64(stream_id) AS item FROM stream_fact WHERE ${all}
    AND (${mine} OR function_id IN (SELECT function_id FROM stream_fact WHERE ${mine} AND stream_id = ${UNKNOWN_STREAM_ID}))`,
  );
  const buckets = `SELECT DISTINCT function_id, ${bucket} AS item FROM invocation_fact WHERE ${mine} OR import_id = ${DERIVED_ID} AND ${all}`;
  await scope('bucket', buckets);
  await scope(
    'explained',
    `SELECT function_id, item FROM (SELECT function_id, ${bucket} AS item, count() AS facts
       FROM ${mergedFacts(`${all} AND end_ms < ${before}`)} GROUP BY function_id, item) AS found
     JOIN (SELECT function_id, cell.bucket AS item, sum(cell.n) AS stored FROM ${FINEST} AS cell FINAL
       WHERE ${all} AND cell.bucket < ${before} GROUP BY function_id, item) AS cells USING (function_id, item)
     WHERE stored <= facts AND (function_id, item) IN (${buckets})`,
  );
}

async function bucketsOf(
  client: ClickHouseQueryClient,
  importId: number,
  kind: 'bucket' | 'explained',
): Promise<readonly BucketKey[]> {
  const rows = await client.all<{ functionId: number; item: number }>(
    'SELECT DISTINCT function_id AS functionId, item FROM import_scope WHERE import_id = {importId:UInt64} AND kind = {kind:String}',
    { importId, kind },
  );
  return rows.map(({ functionId, item }) => [functionId, item]);
}

async function dropRows(
  client: ClickHouseQueryClient,
  cluster: UndoOptions['cluster'],
  importId: number,
): Promise<void> {
  const where = `import_id = ${importId}`;
  const counts = [...IMPORTED].map((table) => `SELECT '${table}' AS name, count() AS n FROM ${table} WHERE ${where}`);
  const tables = await client.all<{ name: string }>(`SELECT name FROM (${counts.join(' UNION ALL ')}) WHERE n > 0`);
  await Promise.all(tables.map(({ name }) => deleteRows(client, cluster, name, where)));
}

async function dropComputed(
  client: ClickHouseQueryClient,
  cluster: UndoOptions['cluster'],
  importId: number,
  functions: readonly number[],
  detailSinceMs: number,
): Promise<void> {
  if (functions.length === 0) return;
  const all = `function_id IN (${functions.join(',')})`;
  const streams = await client.all<{ id: number }>(
    "SELECT DISTINCT item AS id FROM import_scope WHERE import_id = {importId:UInt64} AND kind = 'stream'",
    { importId },
  );
  await deleteRows(client, cluster, 'invocation_fact', `import_id = ${DERIVED_ID} AND ${all}`);
  for (let at = 0; at < streams.length; at += IDS_AT_ONCE) {
    const some = streams.slice(at, at + IDS_AT_ONCE).map(({ id }) => id);
    await deleteRows(client, cluster, 'environment', `${all} AND environment_id IN (${some.join(',')})`);
  }
  await deleteRows(client, cluster, 'error_hour', `${all} AND slot_ms >= ${Math.floor(detailSinceMs)}`);
  await deleteRows(client, cluster, 'lambda_function', `import_id = ${DERIVED_ID} AND ${all}`);
  // The function stays listed while the rest of it is classified again.
  await client.run(
    `INSERT INTO lambda_function (function_id, account, region, name, named, first_seen_ms, last_seen_ms, latest, import_id)
     SELECT function_id, account, region, function_name, 0, first_seen_ms, last_seen_ms,
       if(last_end_ms IS NULL, '', concat(leftPad(toString(assumeNotNull(last_end_ms)), 13, '0'), '[',
         toString(ifNull(memory_mb, 0)), ',', toJSONString(ifNull(version, '')), ']')), toUInt64(${DERIVED_ID})
     FROM environment FINAL WHERE ${all} AND environment_id != ${UNKNOWN_STREAM_ID} SETTINGS insert_deduplicate = 0`,
  );
}

/** Queues the environments that are left, and the hours in which the import had invocations. */
async function queue(client: ClickHouseQueryClient, importId: number, functions: readonly number[]): Promise<void> {
  const left = await client.all<{ functionId: number; streamId: number; fromMs: number; toMs: number }>(
    `SELECT function_id AS functionId, stream_id AS streamId, min(f.first_ms) AS fromMs, max(f.last_ms) AS toMs FROM stream_fact AS f
     WHERE function_id IN {functions:Array(UInt64)} GROUP BY function_id, stream_id`,
    { functions },
  );
  const buckets = await bucketsOf(client, importId, 'bucket');
  const hours = new Map(
    buckets.map(([functionId, ms]) => {
      const hourMs = Math.floor(ms / HOUR_MS) * HOUR_MS;
      return [`${functionId}/${hourMs}`, { functionId, hourMs }];
    }),
  );
  const mark = (): number => hashOf('undo', randomUUID());
  await client.insert('pending', [
    ...left.map(({ functionId, streamId, fromMs, toMs }) => ({
      queue: 'environment',
      function_id: functionId,
      item: streamId,
      mark: mark(),
      from_ms: fromMs,
      to_ms: toMs,
      n: 1,
    })),
    ...[...hours.values()].map(({ functionId, hourMs }) => ({
      queue: 'slot',
      function_id: functionId,
      item: hourMs,
      mark: mark(),
      from_ms: hourMs,
      to_ms: hourMs + HOUR_MS,
      n: 1,
    })),
  ]);
}
