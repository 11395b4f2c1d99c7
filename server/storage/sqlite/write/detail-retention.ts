/**
 * Table `kept_day` (detail_day): tracks, per scope and day, whether raw events still exist and when the last one was
 * received.
 */

import type Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import { DETAIL_DAY } from '../../enums.ts';

/**
 * Scope of a tracked day: a function or its metrics, a log group's volume or gateway requests; or all traces, network events
 * or flows.
 */
export type DetailScope = 'function' | 'log-group' | 'gateway' | 'traces' | 'network' | 'flow' | 'metrics';

/** Resolution of the time of receipt, so that frequent commits do not rewrite the row. */
const NOTED_TO_MS = HOUR_MS;
/** Maximum number of cached days. */
const CAPACITY = 50_000;

interface Day {
  readonly kind: DetailScope;
  readonly scope: number;
  readonly day: number;
  /** Raw events of this day were deleted; duplicates can no longer be detected. */
  readonly expired: boolean;
  notedMs: number;
  isNew: boolean;
}

export class DetailRetentionIndex {
  readonly #detailDays = new Map<string, Day>();
  readonly #noted = new Set<Day>();
  readonly #sql;
  #last: Day | null = null;
  #nowMs = 0;

  constructor(db: Database.Database) {
    this.#sql = {
      find: db.prepare(
        'SELECT received_ms AS receivedMs, dropped FROM kept_day WHERE kind = ? AND scope = ? AND day = ?',
      ),
      note: db.prepare(
        `INSERT INTO kept_day (kind, scope, day, received_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET received_ms = excluded.received_ms`,
      ),
    };
  }

  /** Sets the time of receipt of the events that follow, epoch ms. */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /**
   * Returns false if the day's raw events were already deleted: the event may be one of them. Otherwise notes the day as
   * received now.
   */
  takes(kind: DetailScope, scope: number, atMs: number): boolean {
    const day = Math.floor(atMs / DAY_MS);
    const last = this.#last;
    const found =
      last !== null && last.day === day && last.scope === scope && last.kind === kind
        ? last
        : this.#find(kind, scope, day);
    this.#last = found;
    if (found.expired) return false;
    if (found.isNew || this.#nowMs - found.notedMs >= NOTED_TO_MS) this.#noted.add(found);
    return true;
  }

  /** Writes changed days. Part of the commit. */
  flush(): void {
    for (const day of this.#noted) {
      this.#sql.note.run(day.kind, day.scope, day.day, this.#nowMs);
      day.notedMs = this.#nowMs;
      day.isNew = false;
    }
    this.#noted.clear();
    if (this.#detailDays.size > CAPACITY) this.reset();
  }

  /** Clears the cache after a rollback, or after retention deleted days. */
  reset(): void {
    this.#detailDays.clear();
    this.#noted.clear();
    this.#last = null;
  }

  #find(kind: DetailScope, scope: number, day: number): Day {
    const key = `${kind}/${scope}/${day}`;
    const known = this.#detailDays.get(key);
    if (known !== undefined) return known;
    const row = this.#sql.find.get(kind, scope, day) as { receivedMs: number; dropped: number } | undefined;
    const found: Day = {
      kind,
      scope,
      day,
      expired: row !== undefined && row.dropped !== DETAIL_DAY.kept,
      notedMs: row?.receivedMs ?? 0,
      isNew: row === undefined,
    };
    this.#detailDays.set(key, found);
    return found;
  }
}
