/** Table `error_day`: days on which an error that a runtime reports would have been received. */
import type Database from 'better-sqlite3';
import type { Batch } from '../../../../ingest/records/batch.ts';
import { SubscriptionFilters } from './subscription-filters.ts';

/** Days whose rows are known to exist. */
const CAPACITY = 100_000;

export class ErrorDays {
  readonly #insert;
  readonly #filters: SubscriptionFilters;
  readonly #known = new Set<string>();

  constructor(db: Database.Database) {
    this.#insert = db.prepare('INSERT OR IGNORE INTO error_day (function_id, day) VALUES (?, ?)');
    this.#filters = new SubscriptionFilters(db);
  }

  /** Stores the days of a batch: those that are certain, and those on which its filters pass such errors. */
  store({ errorDays, filterDays }: Batch, functionIdOf: (stream: number) => number): void {
    for (const [stream, day] of errorDays) this.#add(functionIdOf(stream), day);
    for (const [stream, day, filters] of filterDays) {
      const functionId = functionIdOf(stream);
      if (!this.#known.has(`${functionId}/${day}`) && this.#filters.passes(functionId, filters))
        this.#add(functionId, day);
    }
  }

  /** Reads the patterns of filters again: new facts were stored. */
  forgetFilters(): void {
    this.#filters.reset();
  }

  /** Stores the day and the days beside it: filters change rarely, and a quiet function may print nothing for hours. */
  #add(functionId: number, day: number): void {
    const name = `${functionId}/${day}`;
    if (this.#known.has(name)) return;
    for (const near of [day - 1, day, day + 1]) this.#insert.run(functionId, near);
    if (this.#known.size >= CAPACITY) this.#known.clear();
    this.#known.add(name);
  }

  /** Clears the cache after a rollback, and when rows may have been deleted. */
  reset(): void {
    this.#known.clear();
    this.#filters.reset();
  }
}
