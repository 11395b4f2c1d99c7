/**
 * Column `function.proactive_gap_ms`: how long before START an init must have ended to count as proactive. Attribution
 * estimates it per function (analytics/cold-starts/proactive-threshold.ts); NULL until then.
 */
import type Database from 'better-sqlite3';
import { MIN_PROACTIVE_THRESHOLD_MS } from '../../../analytics/cold-starts/classify.ts';

export class ProactiveThresholds {
  readonly #cached = new Map<number, number>();
  /** New thresholds that are not stored yet; a rollback keeps them. */
  readonly #moving = new Map<number, number>();
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      find: db.prepare('SELECT proactive_gap_ms FROM function WHERE id = ?').pluck(),
      save: db.prepare('UPDATE function SET proactive_gap_ms = ? WHERE id = ?'),
      between: db
        .prepare(
          `SELECT environment.id FROM environment JOIN invocation ON invocation.function_id = environment.function_id
             AND invocation.end_ms = environment.first_end_ms AND invocation.environment_id = environment.id
           WHERE environment.function_id = ? AND init_start_ms IS NOT NULL
           AND end_ms - ifnull(run_ms, duration_us / 1000.0) - init_start_ms - invocation.init_us / 1000.0 BETWEEN ? - 1 AND ? + 1`,
        )
        .pluck(),
    };
  }

  /** The function's threshold, ms. */
  of(functionId: number): number {
    let thresholdMs = this.#moving.get(functionId) ?? this.#cached.get(functionId);
    if (thresholdMs === undefined) {
      thresholdMs = (this.#sql.find.get(functionId) as number | null | undefined) ?? MIN_PROACTIVE_THRESHOLD_MS;
      this.#cached.set(functionId, thresholdMs);
    }
    return thresholdMs;
  }

  /**
   * Classifies by a new threshold from now on. Returns the ids of environments whose first init ended between the old
   * threshold and the new one before START: only those can change. Flush environments before, and end with {@link save}
   * or {@link abandon}.
   */
  move(functionId: number, thresholdMs: number): readonly number[] {
    const before = this.of(functionId);
    this.#moving.set(functionId, thresholdMs);
    const [lowMs, highMs] = [Math.min(before, thresholdMs), Math.max(before, thresholdMs)];
    return this.#sql.between.all(functionId, lowMs, highMs) as readonly number[];
  }

  /** Stores the new threshold. */
  save(functionId: number, thresholdMs: number): void {
    this.#sql.save.run(thresholdMs, functionId);
    this.#cached.set(functionId, thresholdMs);
    this.#moving.delete(functionId);
  }

  /** Returns to the stored threshold. */
  abandon(functionId: number): void {
    this.#moving.delete(functionId);
  }

  /** Clears the cache after a rollback. */
  reset(): void {
    this.#cached.clear();
  }
}
