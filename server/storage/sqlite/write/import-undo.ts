/**
 * Undoes an import: restores the rows that each of its functions had before the first import, then stores again everything that
 * was delivered since, except the import itself (docs/decisions/0021).
 */
import type Database from 'better-sqlite3';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { BatchSource } from '../../../../ingest/records/sink.ts';
import type { UndoOutcome } from '../../ports.ts';
import { parseStored, pieceSource } from '../../stored-json.ts';
import type { BatchWriter } from './batch-writer.ts';
import { FunctionRows, unpacked } from './function-rows.ts';
import type { ImportJournal } from './import-journal.ts';

/** Imports whose undo was interrupted. */
export function interruptedUndos(db: Database.Database): readonly string[] {
  return db.prepare("SELECT id FROM import WHERE state = 'undoing'").pluck().all() as string[];
}

/**
 * Each step is a transaction. An interrupted undo is repeated from its beginning: a function is restored in one step, and
 * pieces may be stored any number of times.
 */
export function* undoSteps(
  db: Database.Database,
  writer: BatchWriter,
  journal: ImportJournal,
  importId: string,
  nowMs: number,
): Generator<void, UndoOutcome> {
  const sql = prepare(db);
  const state = sql.state.get(importId) as string | undefined;
  if (state === undefined) return 'unknown';
  if (state === 'undone') return 'undone-before';
  if (state === 'kept') return 'too-old';
  const functions = sql.functions.all(importId) as number[];
  sql.begin.run({ importId });
  yield;
  const rows = new FunctionRows(db);
  const transaction = (work: () => void): void => inTransaction(db, writer, work);
  for (const functionId of functions) {
    const groups = rows.groupsOf(functionId);
    transaction(() => rows.restore(functionId));
    writer.reset();
    yield;
    let last = 0;
    for (;;) {
      const piece = sql.piece.get(functionId, last, importId) as PieceRow | undefined;
      if (piece === undefined) break;
      last = piece.id;
      transaction(() => {
        const source = parseStored(pieceSource, piece.source, `import_piece ${piece.id}: source`) ?? UNKNOWN_SOURCE;
        // Earlier versions stored batches without days of filters.
        const stored = unpacked(piece.batch) as Omit<Batch, 'filterDays'> & Partial<Batch>;
        const batch = { ...stored, filterDays: stored.filterDays ?? [] };
        writer.store(batch, source, piece.receivedMs);
        writer.flush(nowMs);
        sql.progress.run(importId);
      });
      // Live subscribers received them when they arrived.
      writer.feed.take();
      yield;
    }
    transaction(() => rows.dropIfEmpty(functionId, groups));
    writer.reset();
  }
  transaction(() => {
    sql.dropRejects.run(importId);
    sql.dropPieces.run(importId);
    journal.release(importId);
    sql.end.run(nowMs, importId);
  });
  writer.reset();
  return 'undone';
}

/** For a piece whose source cannot be read: its events are stored all the same. */
const UNKNOWN_SOURCE: BatchSource = { kind: 'replay', name: 'unknown' };

interface PieceRow {
  readonly id: number;
  readonly receivedMs: number;
  readonly source: string;
  readonly batch: Uint8Array;
}

function inTransaction(db: Database.Database, writer: BatchWriter, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    writer.reset();
    throw error;
  }
}

function prepare(db: Database.Database) {
  return {
    state: db.prepare('SELECT state FROM import WHERE id = ?').pluck(),
    functions: db.prepare('SELECT function_id FROM import_function WHERE import_id = ? ORDER BY function_id').pluck(),
    begin: db.prepare(
      `UPDATE import SET state = 'undoing', done = 0, total = (
         SELECT count(*) FROM import_piece WHERE import_id IS NOT @importId
           AND function_id IN (SELECT function_id FROM import_function WHERE import_id = @importId))
       WHERE id = @importId`,
    ),
    piece: db.prepare(
      `SELECT id, received_ms AS receivedMs, source, batch FROM import_piece
       WHERE function_id = ? AND id > ? AND import_id IS NOT ? ORDER BY id LIMIT 1`,
    ),
    progress: db.prepare('UPDATE import SET done = done + 1 WHERE id = ?'),
    dropRejects: db.prepare(
      'DELETE FROM reject WHERE seen = 1 AND digest IN (SELECT digest FROM import_reject WHERE import_id = ?)',
    ),
    dropPieces: db.prepare('DELETE FROM import_piece WHERE import_id = ?'),
    end: db.prepare("UPDATE import SET state = 'undone', undone_ms = ? WHERE id = ?"),
  };
}
