/** Table `init_event`: lines about inits and restores. One that comes with its log stream and without is stored once. */
import type Database from 'better-sqlite3';
import { exactBounds, secondOf } from '../../../../ingest/records/attempt.ts';
import type { InitEvent } from '../../../../ingest/records/stream-events.ts';
import { micros } from './column-reader.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream } from './environments.ts';

export class InitEvents {
  readonly #dimensions: DimensionCache;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache) {
    this.#dimensions = dimensions;
    this.#sql = prepare(db);
  }

  /** Stores a line. `isNew`: it was not stored before. `isPlaced`: it adds a fact about its environment. */
  add(environment: EnvironmentState, init: InitEvent): { readonly isNew: boolean; readonly isPlaced: boolean } {
    const us = micros(init.durationMs ?? Number.NaN);
    if (!hasStream(environment)) return { isNew: this.#addWithoutStream(environment, init, us), isPlaced: false };
    const isPlaced = this.#insert(environment, init, us);
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    if (!isPlaced || unknown === null) return { isNew: isPlaced, isPlaced };
    return { isNew: !this.#drop(unknown, init, us), isPlaced };
  }

  #addWithoutStream(unknown: EnvironmentState, init: InitEvent, us: number | null): boolean {
    const [fromMs, toMs] = exactBounds(init.atMs);
    if (this.#sql.known.get(unknown.functionId, fromMs, toMs, fromMs, toMs, init.kind, us) !== undefined) return false;
    if (this.#sql.within.get(unknown.id, fromMs, toMs, init.kind, us) !== undefined) return false;
    const wasCut = this.#drop(unknown, init, us);
    return this.#insert(unknown, init, us) && !wasCut;
  }

  /** Deletes the same line without a log stream, or with its time cut to the second. Returns whether there was one. */
  #drop({ id }: EnvironmentState, { atMs, kind }: InitEvent, us: number | null): boolean {
    return this.#sql.drop.run(id, atMs, secondOf(atMs), kind, us).changes > 0;
  }

  #insert({ id }: EnvironmentState, init: InitEvent, us: number | null): boolean {
    const { atMs, kind, phase, status, errorType, initializationType } = init;
    return this.#sql.add.run(id, atMs, kind, us, phase, status, errorType, initializationType).changes > 0;
  }
}

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      `INSERT OR IGNORE INTO init_event (environment_id, at_ms, kind, duration_us, phase, status, error_type,
       initialization_type) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    within: db.prepare(
      `SELECT 1 FROM init_event WHERE environment_id = ? AND at_ms BETWEEN ? AND ? AND kind = ? AND duration_us IS ?`,
    ),
    drop: db.prepare(
      'DELETE FROM init_event WHERE environment_id = ? AND at_ms IN (?, ?) AND kind = ? AND duration_us IS ?',
    ),
    known: db.prepare(
      `SELECT 1 FROM environment JOIN init_event ON init_event.environment_id = environment.id
       WHERE function_id = ? AND environment.id > 0 AND last_seen_ms >= ? AND first_seen_ms <= ?
       AND at_ms BETWEEN ? AND ? AND kind = ? AND duration_us IS ? LIMIT 1`,
    ),
  };
}
