/** Table `error_day`: days on which an error that a runtime reports would have been received. */
import type Database from 'better-sqlite3';

/** Days whose rows are known to exist. */
const CAPACITY = 100_000;

export class ErrorDays {
  readonly #add;
  readonly #known = new Set<string>();

  constructor(db: Database.Database) {
    this.#add = db.prepare('INSERT OR IGNORE INTO error_day (function_id, day) VALUES (?, ?)');
  }

  /** Stores the day and the days beside it: filters change rarely, and a quiet function may print nothing for hours. */
  add(functionId: number, day: number): void {
    const name = `${functionId}/${day}`;
    if (this.#known.has(name)) return;
    for (const near of [day - 1, day, day + 1]) this.#add.run(functionId, near);
    if (this.#known.size >= CAPACITY) this.#known.clear();
    this.#known.add(name);
  }

  /** Clears the cache after a rollback, and when rows may have been deleted. */
  reset(): void {
    this.#known.clear();
  }
}
