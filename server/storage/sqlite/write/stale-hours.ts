/** Table `dirty_slot` (stale_hour): hours of functions to attribute again, stored with the rows that made them stale. */

import type Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';

/** Longest period that one change marks. No environment idles longer; a line with a wrong time must not mark a century. */
const LONGEST_SPAN_MS = 31 * 24 * HOUR_MS;

interface Mark {
  readonly functionId: number;
  readonly hourMs: number;
  changes: number;
}

/** Marks an hour as stale, unless its raw events were deleted: then its attribution stays as it is. */
export class StaleHourTable {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = db.prepare(
      `INSERT INTO dirty_slot (function_id, slot_ms, changes, since_ms)
       SELECT ?, ?, ?, ? WHERE NOT EXISTS (
         SELECT 1 FROM kept_day WHERE kind = 'function' AND scope = ? AND day = ? AND dropped <> 0)
       ON CONFLICT DO UPDATE SET changes = changes + excluded.changes`,
    );
  }

  set(functionId: number, hourMs: number, changes: number, sinceMs: number): void {
    this.#sql.run(functionId, hourMs, changes, sinceMs, functionId, Math.floor(hourMs / DAY_MS));
  }
}

export class StaleHours {
  readonly #marks = new Map<string, Mark>();
  readonly #stored: StaleHourTable;
  #last: Mark | null = null;

  constructor(db: Database.Database) {
    this.#stored = new StaleHourTable(db);
  }

  /**
   * Marks the hours that a new or changed invocation affects: the hour it starts in, and every hour from the end of the
   * previous invocation to its own end, in which its environment was idle or busy. Times in epoch ms.
   */
  run(functionId: number, startMs: number, endMs: number, previousEndMs: number | null): void {
    const last = this.#last;
    // Most invocations start and end in the hour of the previous one.
    if (
      last !== null &&
      last.functionId === functionId &&
      startMs >= last.hourMs &&
      endMs < last.hourMs + HOUR_MS &&
      (previousEndMs === null || previousEndMs >= last.hourMs)
    ) {
      last.changes += 1;
      return;
    }
    const hourMs = hourOf(startMs);
    this.#mark(functionId, hourMs, 1);
    if (endMs >= hourMs + HOUR_MS) this.span(functionId, hourMs + HOUR_MS, endMs);
    if (previousEndMs !== null && previousEndMs < hourMs) this.span(functionId, previousEndMs, hourMs - 1);
  }

  /** Marks every hour between two times, epoch ms. */
  span(functionId: number, fromMs: number, toMs: number): void {
    const sinceMs = Math.max(fromMs, toMs - LONGEST_SPAN_MS);
    for (let hourMs = hourOf(sinceMs); hourMs <= toMs; hourMs += HOUR_MS) this.#mark(functionId, hourMs, 1);
  }

  /** Writes the marks. Part of the commit. */
  flush(nowMs: number): void {
    for (const { functionId, hourMs, changes } of this.#marks.values()) {
      this.#stored.set(functionId, hourMs, changes, nowMs);
    }
    this.reset();
  }

  reset(): void {
    this.#marks.clear();
    this.#last = null;
  }

  #mark(functionId: number, hourMs: number, changes: number): void {
    const key = `${functionId}/${hourMs}`;
    const mark = this.#marks.get(key) ?? { functionId, hourMs, changes: 0 };
    this.#marks.set(key, mark);
    mark.changes += changes;
    this.#last = mark;
  }
}

function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}
