/** Which hours of which functions must be derived again: noted row by row, stored with the rows that made them so. */

import type Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';

/** No environment idles for so long; a line with a wrong time may say so, and must not cost a century of hours. */
const LONGEST_SPAN_MS = 31 * 24 * HOUR_MS;

interface Mark {
  readonly functionId: number;
  readonly slotMs: number;
  changes: number;
}

/** Marks an hour as to be derived again. Hours whose events are gone stay as they were derived. */
export class SlotMark {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = db.prepare(
      `INSERT INTO dirty_slot (function_id, slot_ms, changes, since_ms)
       SELECT ?, ?, ?, ? WHERE NOT EXISTS (
         SELECT 1 FROM kept_day WHERE kind = 'function' AND scope = ? AND day = ? AND dropped = 1)
       ON CONFLICT DO UPDATE SET changes = changes + excluded.changes`,
    );
  }

  set(functionId: number, slotMs: number, changes: number, sinceMs: number): void {
    this.#sql.run(functionId, slotMs, changes, sinceMs, functionId, Math.floor(slotMs / DAY_MS));
  }
}

export class DirtySlots {
  readonly #marks = new Map<string, Mark>();
  readonly #stored: SlotMark;
  #last: Mark | null = null;

  constructor(db: Database.Database) {
    this.#stored = new SlotMark(db);
  }

  /**
   * A run came or changed: it counts in the hour it begins in. Whether its environment was idle, at work or gone is news for
   * every hour from the end of the run before to its own end.
   */
  run(functionId: number, startMs: number, endMs: number, previousEndMs: number | null): void {
    const last = this.#last;
    // Nearly every run begins and ends in the hour of the one before it.
    if (
      last !== null &&
      last.functionId === functionId &&
      startMs >= last.slotMs &&
      endMs < last.slotMs + HOUR_MS &&
      (previousEndMs === null || previousEndMs >= last.slotMs)
    ) {
      last.changes += 1;
      return;
    }
    const slotMs = slotOf(startMs);
    this.#mark(functionId, slotMs, 1);
    if (endMs >= slotMs + HOUR_MS) this.span(functionId, slotMs + HOUR_MS, endMs);
    if (previousEndMs !== null && previousEndMs < slotMs) this.span(functionId, previousEndMs, slotMs - 1);
  }

  /** Something else than a run changed what is known of the function between two times. */
  span(functionId: number, fromMs: number, toMs: number): void {
    const sinceMs = Math.max(fromMs, toMs - LONGEST_SPAN_MS);
    for (let slotMs = slotOf(sinceMs); slotMs <= toMs; slotMs += HOUR_MS) this.#mark(functionId, slotMs, 1);
  }

  /** Writes the marks. Part of the commit. */
  flush(nowMs: number): void {
    for (const { functionId, slotMs, changes } of this.#marks.values()) {
      this.#stored.set(functionId, slotMs, changes, nowMs);
    }
    this.reset();
  }

  reset(): void {
    this.#marks.clear();
    this.#last = null;
  }

  #mark(functionId: number, slotMs: number, changes: number): void {
    const key = `${functionId}/${slotMs}`;
    const mark = this.#marks.get(key) ?? { functionId, slotMs, changes: 0 };
    this.#marks.set(key, mark);
    mark.changes += changes;
    this.#last = mark;
  }
}

function slotOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}
