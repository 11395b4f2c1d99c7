/** Collects consecutive warm successes of one environment and series, which are stored with multi-row INSERTs. */
import type { ReadRow } from './column-reader.ts';
import type { EnvironmentState } from './environments.ts';
import { LAST_ROWS_AT_ONCE, ROWS_AT_ONCE } from './invocation-sql.ts';

interface RowStore {
  /** Stores rows, {@link ROWS_AT_ONCE} or {@link LAST_ROWS_AT_ONCE}, with one statement; false, with none stored, if one has a stored key. */
  together(environment: EnvironmentState, entries: readonly ReadRow[]): boolean;
  /** Stores one row. */
  single(environment: EnvironmentState, entry: ReadRow): void;
}

export class RowGroup {
  readonly #store: RowStore;
  #environment: EnvironmentState | null = null;
  #waiting: ReadRow[] = [];

  constructor(store: RowStore) {
    this.#store = store;
  }

  /** End of the newest row that waits, epoch ms; null if none does. */
  get lastEndMs(): number | null {
    return this.#waiting.at(-1)?.row.endMs ?? null;
  }

  /** Whether the row may be added to those that wait. */
  fits(environment: EnvironmentState, { row }: ReadRow): boolean {
    return this.#environment === environment && this.#waiting.at(-1)?.row.seriesId === row.seriesId;
  }

  /** Adds a row that {@link fits}, or the first one, and stores the group if it is complete. */
  add(environment: EnvironmentState, entry: ReadRow): void {
    this.#environment = environment;
    this.#waiting.push(entry);
    if (this.#waiting.length < ROWS_AT_ONCE) return;
    const entries = this.#waiting;
    this.#waiting = [];
    if (!this.#store.together(environment, entries)) for (const one of entries) this.#store.single(environment, one);
  }

  /** Stores the rows that wait. */
  flush(): void {
    const environment = this.#environment;
    if (this.#waiting.length === 0 || environment === null) return;
    const entries = this.#waiting;
    this.#waiting = [];
    let stored = 0;
    for (let end = LAST_ROWS_AT_ONCE; end <= entries.length; end += LAST_ROWS_AT_ONCE) {
      // The others are probably copies as well.
      if (!this.#store.together(environment, entries.slice(stored, end))) break;
      stored = end;
    }
    for (const one of entries.slice(stored)) this.#store.single(environment, one);
  }

  /** Forgets the rows that wait, after a rollback. */
  clear(): void {
    this.#waiting = [];
    this.#environment = null;
  }
}
