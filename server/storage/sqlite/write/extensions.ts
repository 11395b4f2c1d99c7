/**
 * Table `extension`: what each environment's lines say about extensions, with the time of the first. Without a log stream a
 * line is stored only while no environment of the function has it.
 */
import type Database from 'better-sqlite3';
import { moreExact } from '../../../../ingest/records/attempt.ts';
import type { ExtensionEvent } from '../../../../ingest/records/stream-events.ts';
import type { DimensionCache } from './dimension-cache.ts';
import type { EnvironmentState } from './environments.ts';
import { hasStream } from './environments.ts';

export class Extensions {
  readonly #dimensions: DimensionCache;
  readonly #sql;

  constructor(db: Database.Database, dimensions: DimensionCache) {
    this.#dimensions = dimensions;
    this.#sql = prepare(db);
  }

  /** Stores a line. `isNew`: the line was not stored before. `isPlaced`: it adds a fact about its environment. */
  add(environment: EnvironmentState, event: ExtensionEvent): { readonly isNew: boolean; readonly isPlaced: boolean } {
    const { kind, name, state, detail, atMs } = event;
    const unknown = this.#dimensions.withoutStream(environment.functionId);
    if (!hasStream(environment) && this.#sql.isKnown.get(environment.functionId, kind, name, state) !== undefined)
      return { isNew: false, isPlaced: false };
    const beforeMs = (
      unknown !== null && hasStream(environment) ? this.#sql.drop.get(unknown.id, kind, name, state) : undefined
    ) as number | undefined;
    // A copy without its log stream may have the exact time.
    const exactMs = beforeMs === undefined ? atMs : moreExact(atMs, beforeMs);
    const isAdded = this.#sql.add.run(environment.id, kind, name, state, detail, exactMs).changes > 0;
    if (!isAdded) this.#sql.improve.run({ environmentId: environment.id, kind, name, state, detail, atMs });
    return { isNew: isAdded && beforeMs === undefined, isPlaced: isAdded && hasStream(environment) };
  }
}

const KEY = 'kind = ? AND name = ? AND state = ?';
const CUT = '(at_ms % 1000 = 0 AND CAST(@atMs AS INTEGER) / 1000 * 1000 = at_ms)';

function prepare(db: Database.Database) {
  return {
    add: db.prepare(
      'INSERT OR IGNORE INTO extension (environment_id, kind, name, state, detail, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    isKnown: db.prepare(
      `SELECT 1 FROM environment JOIN extension ON environment_id = environment.id
       WHERE function_id = ? AND environment.id > 0 AND ${KEY} LIMIT 1`,
    ),
    drop: db.prepare(`DELETE FROM extension WHERE environment_id = ? AND ${KEY} RETURNING at_ms`).pluck(),
    // The earliest line counts, with its exact time if any copy has it.
    improve: db.prepare(
      `UPDATE extension SET at_ms = @atMs, detail = @detail
       WHERE environment_id = @environmentId AND kind = @kind AND name = @name AND state = @state
         AND (${CUT} AND @atMs > at_ms OR @atMs < at_ms AND NOT (@atMs % 1000 = 0 AND at_ms / 1000 * 1000 = @atMs))`,
    ),
  };
}
