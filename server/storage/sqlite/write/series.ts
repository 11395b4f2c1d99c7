/** Table `series`: one row per version and memory size of a function. Rollups are stored per series. */
import type Database from 'better-sqlite3';

export class Series {
  readonly #ids = new Map<string, number>();
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      find: db
        .prepare(
          `SELECT id FROM series WHERE function_id = ? AND ifnull(version, '') = ifnull(?, '')
           AND ifnull(memory_mb, -1) = ifnull(?, -1) AND ifnull(architecture, '') = ''`,
        )
        .pluck(),
      parts: db.prepare('SELECT version, memory_mb AS memoryMb FROM series WHERE id = ?'),
      add: db.prepare('INSERT INTO series (function_id, version, memory_mb) VALUES (?, ?, ?)'),
    };
  }

  /** Finds or inserts the series. */
  idOf(functionId: number, version: string | null, memoryMb: number | null): number {
    const key = `${functionId}\n${version ?? ''}\n${memoryMb ?? -1}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      const found = this.#sql.find.get(functionId, version, memoryMb) as number | undefined;
      id = found ?? Number(this.#sql.add.run(functionId, version, memoryMb).lastInsertRowid);
      this.#ids.set(key, id);
    }
    return id;
  }

  /** Version and memory size of a stored series. */
  partsOf(id: number): { readonly version: string | null; readonly memoryMb: number | null } {
    return this.#sql.parts.get(id) as { readonly version: string | null; readonly memoryMb: number | null };
  }

  /** Clears the cache after a rollback. */
  reset(): void {
    this.#ids.clear();
  }
}
