/** Decides which subscription filters pass the errors that runtimes report: by the patterns in the inventory, otherwise as declared. */
import type Database from 'better-sqlite3';
import type { NamedFilter } from '../../../../ingest/records/batch.ts';
import { parseStored, subscriptionFilters } from '../../stored-json.ts';
import { LRUCache } from './lru.ts';

/** Functions whose filters are cached. */
const CAPACITY = 20_000;

export class SubscriptionFilters {
  readonly #newest;
  readonly #known = new LRUCache<number, Readonly<Record<string, boolean>>>(CAPACITY);

  constructor(db: Database.Database) {
    this.#newest = db
      .prepare<[number], string | null>(
        "SELECT facts -> '$.subscriptionFilters' FROM function_fact WHERE function_id = ? ORDER BY from_ms DESC LIMIT 1",
      )
      .pluck();
  }

  /** Returns whether one of the filters passes them. */
  passes(functionId: number, filters: readonly NamedFilter[]): boolean {
    const known = this.#filtersOf(functionId);
    return filters.some(([name, declared]) => (Object.hasOwn(known, name) ? known[name] : declared));
  }

  #filtersOf(functionId: number): Readonly<Record<string, boolean>> {
    const cached = this.#known.get(functionId);
    if (cached !== undefined) return cached;
    const text = this.#newest.get(functionId) ?? 'null';
    const filters = parseStored(subscriptionFilters, text, `function_fact of function ${functionId}`) ?? {};
    this.#known.set(functionId, filters);
    return filters;
  }

  /** Clears the cache: after new facts, a rollback, or a deletion. */
  reset(): void {
    this.#known.clear();
  }
}
