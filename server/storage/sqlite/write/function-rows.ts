/**
 * All rows of one function, whatever their table: copied, deleted and put back as they were. Tables are found by their
 * columns, so that a new table is never forgotten.
 */
import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type Database from 'better-sqlite3';
import { ownDays, ownTraceSegments, tablesOf } from './key-columns.ts';

/** Rows per copied piece. */
const ROWS = 5000;
/** Fast, and repetitive rows still shrink to a fifth. */
const LEVEL = { level: 1 } as const;
/** Entries of the request index are candidates: each is looked up in the table it points to. */
const LEFT = new Set(['function', 'log_group', 'request_index', 'import_function', 'import_base', 'import_piece']);

/** Tables that are computed from the rows of other tables. */
const DERIVED = new Set([
  ...['series', 'kept_day', 'error_day', 'dirty_slot', 'derived_slot', 'idle_window', 'cold_start', 'change'],
  ...['rollup_5m', 'rollup_1h', 'rollup_1d', 'error_group', 'error_hour'],
]);

type Row = Readonly<Record<string, unknown>>;

interface Target {
  readonly table: string;
  readonly where: string;
}

export class FunctionRows {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Copies the rows into `import_base`. Part of a transaction. */
  copy(functionId: number): void {
    const add = this.#db.prepare('INSERT INTO import_base (function_id, name, entries) VALUES (?, ?, ?)');
    const own = [
      { table: 'function', where: `id = ${functionId}` },
      { table: 'log_group', where: `id IN (${ownGroups(functionId)})` },
    ];
    for (const { table, where } of [...own, ...this.#targets(functionId)]) {
      const rows = this.#db.prepare(`SELECT * FROM ${table} WHERE ${where}`).safeIntegers();
      let held: unknown[] = [];
      // The driver refuses every write while rows are read, unless told otherwise; SQLite allows those to another table.
      this.#db.unsafeMode(true);
      try {
        for (const row of rows.iterate()) {
          held.push(row);
          if (held.length < ROWS) continue;
          add.run(functionId, table, packed(held));
          held = [];
        }
      } finally {
        this.#db.unsafeMode(false);
      }
      if (held.length > 0) add.run(functionId, table, packed(held));
    }
  }

  /** Deletes the rows, and puts back those that were copied. The function's own row stays. Part of a transaction. */
  restore(functionId: number): void {
    const groups = this.groupsOf(functionId);
    // A table that others find their rows by is deleted from last.
    for (const { table, where } of this.#targets(functionId)) this.#db.exec(`DELETE FROM ${table} WHERE ${where}`);
    this.#db.prepare(RESET_FUNCTION).run(functionId);
    const pieces = this.#db
      .prepare<[number], { name: string; entries: Uint8Array }>(
        'SELECT name, entries FROM import_base WHERE function_id = ? ORDER BY id',
      )
      .all(functionId);
    // Accounts and regions may be known from the import alone.
    if (pieces.length === 0) this.#db.prepare(forgetScope('function')).run(functionId);
    const forgetGroup = this.#db.prepare(forgetScope('log_group'));
    for (const group of groups) forgetGroup.run(group);
    for (const { name, entries } of pieces) this.#insert(name, unpacked(entries) as readonly Row[]);
  }

  /** Log groups that only this function writes to. */
  groupsOf(functionId: number): readonly number[] {
    return this.#db.prepare(ownGroups(functionId)).pluck().all() as number[];
  }

  /** Deletes log groups in which nothing is stored, and the function's own row if nothing is stored of it. */
  dropIfEmpty(functionId: number, groups: readonly number[]): void {
    const stored = this.#targets(functionId).filter(({ table }) => !DERIVED.has(table));
    const holds = stored.some(
      ({ table, where }) => this.#db.prepare(`SELECT 1 FROM ${table} WHERE ${where} LIMIT 1`).get() !== undefined,
    );
    if (!holds) {
      for (const { table, where } of this.#targets(functionId)) this.#db.exec(`DELETE FROM ${table} WHERE ${where}`);
      this.#db.prepare('DELETE FROM function WHERE id = ?').run(functionId);
    }
    const dropGroup = this.#db.prepare(
      `DELETE FROM log_group WHERE id = @group AND NOT EXISTS (SELECT 1 FROM environment WHERE log_group_id = @group)
       AND NOT EXISTS (SELECT 1 FROM log_volume WHERE log_group_id = @group)
       AND NOT EXISTS (SELECT 1 FROM gateway_request WHERE log_group_id = @group)`,
    );
    for (const group of groups) dropGroup.run({ group });
  }

  #insert(table: string, rows: readonly Row[]): void {
    const columns = Object.keys(rows[0] ?? {});
    const insert = this.#db.prepare(
      `INSERT OR REPLACE INTO ${table} (${columns.map((name) => `"${name}"`).join(', ')})
       VALUES (${columns.map(() => '?').join(', ')})`,
    );
    for (const row of rows) insert.run(columns.map((name) => row[name]));
  }

  #targets(functionId: number): readonly Target[] {
    const environments = `SELECT id FROM environment WHERE function_id = ${functionId}`;
    const groups = ownGroups(functionId);
    const found = tablesOf(this.#db)
      .filter(({ table }) => !LEFT.has(table) && table !== 'environment')
      .flatMap(({ table, columns }): Target[] => {
        if (columns.has('function_id')) return [{ table, where: `function_id = ${functionId}` }];
        if (columns.has('environment_id')) return [{ table, where: `environment_id IN (${environments})` }];
        return columns.has('log_group_id') ? [{ table, where: `log_group_id IN (${groups})` }] : [];
      });
    return [
      // Segments of other services belong to a trace whose only function this is.
      { table: 'trace_segment', where: ownTraceSegments(String(functionId)) },
      { table: 'kept_day', where: ownDays(String(functionId), groups) },
      ...found,
      { table: 'environment', where: `function_id = ${functionId}` },
    ];
  }
}

/** A group that other functions log to as well is left alone. */
function ownGroups(functionId: number): string {
  return `SELECT log_group_id FROM environment WHERE function_id = ${functionId}
    EXCEPT SELECT log_group_id FROM environment WHERE function_id <> ${functionId}`;
}

/** The values of a function that was never seen. */
const RESET_FUNCTION = `UPDATE function SET first_seen_ms = ${Date.UTC(2100, 0, 1)}, last_seen_ms = 0, latest_ms = 0,
  memory_mb = NULL, version = NULL, runtime_ms = 0, runtime_version = NULL, architecture = NULL, runtime = NULL, vpc = NULL,
  package_type = NULL, proactive_gap_ms = NULL, moved = 0 WHERE id = ?`;

function forgetScope(table: 'function' | 'log_group'): string {
  return `UPDATE OR IGNORE ${table} SET account = '', region = '' WHERE id = ?`;
}

/** The value, compressed. */
export function packed(value: unknown): Buffer {
  return deflateRawSync(serialize(value), LEVEL);
}

/** Reverses {@link packed}. */
export function unpacked(bytes: Uint8Array): unknown {
  return deserialize(inflateRawSync(bytes));
}
