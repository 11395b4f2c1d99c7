/** Table `label`: texts that many rows share (error types, tenants), stored once. */
import type Database from 'better-sqlite3';

const MAX_CHARACTERS = 512;
const MAX_CACHED = 100_000;

export class Labels {
  readonly #ids = new Map<string, number>();
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      find: db.prepare('SELECT id FROM label WHERE text = ?').pluck(),
      add: db.prepare('INSERT INTO label (text) VALUES (?)'),
    };
  }

  /** Finds or inserts a text, cut to 512 characters. Null for null. */
  idOf(text: string | null): number | null {
    if (text === null) return null;
    const short = text.slice(0, MAX_CHARACTERS);
    let id = this.#ids.get(short);
    if (id === undefined) {
      const found = this.#sql.find.get(short) as number | undefined;
      id = found ?? Number(this.#sql.add.run(short).lastInsertRowid);
      if (this.#ids.size < MAX_CACHED) this.#ids.set(short, id);
    }
    return id;
  }

  /** Clears the cache after a rollback. */
  reset(): void {
    this.#ids.clear();
  }
}
