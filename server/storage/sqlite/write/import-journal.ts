/**
 * Tables `import*`: what an undo of an import needs (docs/decisions/0021). A function is journalled from its first import on:
 * its existing rows are copied, and every later delivery about it is kept as received.
 */
import type Database from 'better-sqlite3';
import type { Batch } from '../../../../ingest/records/batch.ts';
import type { BatchSource, WriteOutcome } from '../../../../ingest/records/sink.ts';
import { UNDO_MS } from '../../ports.ts';
import { batchOf, isNamed, namesIn } from './batch-part.ts';
import { FunctionRows, packed } from './function-rows.ts';
import { letterDigest } from './ingest-stats.ts';

export class ImportJournal {
  readonly #db: Database.Database;
  readonly #rows: FunctionRows;
  readonly #sql;
  /** Functions by name of which an import can be undone; null before they are read. */
  #followed: Map<string, Set<number>> | null = null;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#rows = new FunctionRows(db);
    this.#sql = prepare(db);
  }

  /** Returns whether a batch of this source has to pass {@link before} and {@link after}. False on the usual path. */
  concerns(batch: Batch, { importId }: BatchSource): boolean {
    if (importId !== undefined) return true;
    const followed = this.#read();
    return followed.size > 0 && namesIn(batch).some((name) => followed.has(name));
  }

  /**
   * Copies functions that an import is about to add to for the first time. Call before the batch is written, after everything
   * applied earlier was written. @throws Error while the import is being undone
   */
  before(batch: Batch, { importId, name }: BatchSource, nowMs: number): void {
    if (importId === undefined) return;
    if (this.#sql.state.get(importId) === 'undoing') throw new Error(`Import ${importId} is being undone`);
    this.#sql.begin.run(importId, name, nowMs, nowMs);
    for (const one of namesIn(batch)) for (const id of this.#idsOf(one)) this.#follow(importId, one, id, true);
  }

  /** Keeps the parts of the batch about journalled functions. Call after the batch is written, in its transaction. */
  after(batch: Batch, source: BatchSource, outcome: WriteOutcome, nowMs: number): void {
    const { importId = null, ...way } = source;
    for (const name of namesIn(batch)) {
      const ids = this.#idsOf(name);
      // A function that the import created has no earlier rows.
      if (importId !== null) for (const id of ids) this.#follow(importId, name, id, false);
      const followed = this.#read().get(name);
      const part = batchOf(batch, name);
      for (const id of ids)
        if (followed?.has(id) === true) this.#sql.piece.run(id, importId, nowMs, JSON.stringify(way), packed(part));
    }
    if (importId === null) return;
    const loose = batch.records.filter((entry) => !isNamed(entry)).length;
    const { accepted, duplicates, ignored, rejected } = outcome;
    this.#sql.count.run(accepted, duplicates, ignored, rejected, loose, importId);
    for (const letter of batch.deadLetters) {
      const digest = letterDigest(letter);
      // A record that was stored before does not belong to the import.
      this.#sql.reject.run(importId, digest, digest, letter.n);
    }
  }

  /** Drops the journal of imports that are older than {@link UNDO_MS}. */
  expire(nowMs: number): void {
    const old = this.#sql.old.all(nowMs - UNDO_MS) as string[];
    if (old.length === 0) return;
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const id of old) {
        this.#sql.keep.run(id);
        this.release(id);
      }
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    } finally {
      this.reset();
    }
  }

  /** Stops journalling the import's functions, unless another import can still be undone. What it added stays. */
  release(importId: string): void {
    const functions = this.#sql.functions.all(importId) as number[];
    this.#sql.unlink.run(importId);
    this.#sql.forgetRejects.run(importId);
    this.#sql.adopt.run(importId);
    for (const id of functions) {
      if (this.#sql.isFollowed.get(id) !== undefined) continue;
      this.#sql.dropPieces.run(id);
      this.#sql.dropBase.run(id);
    }
    this.reset();
  }

  /** Reads again which functions are journalled: after a rollback, a deletion, or an undo. */
  reset(): void {
    this.#followed = null;
  }

  #follow(importId: string, name: string, functionId: number, copies: boolean): void {
    const followed = this.#read();
    const ids = followed.get(name) ?? new Set();
    if (!ids.has(functionId)) {
      followed.set(name, ids);
      ids.add(functionId);
      if (copies) this.#rows.copy(functionId);
    }
    this.#sql.link.run(importId, functionId);
  }

  #read(): Map<string, Set<number>> {
    if (this.#followed !== null) return this.#followed;
    const found = new Map<string, Set<number>>();
    for (const { id, name } of this.#sql.followed.all() as { id: number; name: string }[]) {
      const ids = found.get(name) ?? new Set();
      found.set(name, ids);
      ids.add(id);
    }
    this.#followed = found;
    return found;
  }

  /** Functions of this name in any account: which of them a line without an account is of is decided when it is written. */
  #idsOf(name: string): readonly number[] {
    return this.#sql.ids.all(name) as number[];
  }
}

function prepare(db: Database.Database) {
  return {
    ids: db.prepare('SELECT id FROM function WHERE name = ?').pluck(),
    followed: db.prepare(
      'SELECT DISTINCT function_id AS id, name FROM import_function JOIN function ON function.id = function_id',
    ),
    state: db.prepare('SELECT state FROM import WHERE id = ?').pluck(),
    begin: db.prepare(
      `INSERT INTO import (id, name, started_ms, last_ms, state) VALUES (?, ?, ?, ?, 'stored')
       ON CONFLICT DO UPDATE SET name = excluded.name, last_ms = excluded.last_ms, state = 'stored', undone_ms = NULL`,
    ),
    link: db.prepare('INSERT OR IGNORE INTO import_function (import_id, function_id) VALUES (?, ?)'),
    piece: db.prepare(
      'INSERT INTO import_piece (function_id, import_id, received_ms, source, batch) VALUES (?, ?, ?, ?, ?)',
    ),
    count: db.prepare(
      `UPDATE import SET accepted = accepted + ?, duplicates = duplicates + ?, ignored = ignored + ?,
       rejected = rejected + ?, loose = loose + ? WHERE id = ?`,
    ),
    reject: db.prepare(
      `INSERT OR IGNORE INTO import_reject (import_id, digest)
       SELECT ?, ? WHERE (SELECT seen FROM reject WHERE digest = ?) <= ?`,
    ),
    old: db.prepare("SELECT id FROM import WHERE state = 'stored' AND last_ms < ?").pluck(),
    keep: db.prepare("UPDATE import SET state = 'kept' WHERE id = ?"),
    functions: db.prepare('SELECT function_id FROM import_function WHERE import_id = ?').pluck(),
    unlink: db.prepare('DELETE FROM import_function WHERE import_id = ?'),
    forgetRejects: db.prepare('DELETE FROM import_reject WHERE import_id = ?'),
    adopt: db.prepare('UPDATE import_piece SET import_id = NULL WHERE import_id = ?'),
    isFollowed: db.prepare('SELECT 1 FROM import_function WHERE function_id = ? LIMIT 1'),
    dropPieces: db.prepare('DELETE FROM import_piece WHERE function_id = ?'),
    dropBase: db.prepare('DELETE FROM import_base WHERE function_id = ?'),
  };
}
