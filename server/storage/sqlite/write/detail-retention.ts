/** Of which days single events are kept, and since when no more of them came. */

import type Database from 'better-sqlite3';
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';

/** What days are counted for: a function, a log group's volume, its gateway requests; traces, network events and flows as a whole. */
export type KeptKind = 'function' | 'log-group' | 'gateway' | 'traces' | 'network' | 'flow';

/** Receipt is noted to the hour: a commit a second does not write it each time. */
const NOTED_TO_MS = HOUR_MS;
/** Days in mind at most. */
const CAPACITY = 50_000;

interface Day {
  readonly kind: KeptKind;
  readonly scope: number;
  readonly day: number;
  /** What more of it would be added to no longer tells what it holds. */
  readonly dropped: boolean;
  notedMs: number;
  isNew: boolean;
}

export class KeptDays {
  readonly #days = new Map<string, Day>();
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

  /** Everything that is taken from here on came now. */
  begin(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /**
   * Whether an event of that time can be stored: false where the events of its day are gone, and whether it is one of them
   * cannot be told. A day that takes it is as fresh as now.
   */
  takes(kind: KeptKind, scope: number, atMs: number): boolean {
    const day = Math.floor(atMs / DAY_MS);
    const last = this.#last;
    const found =
      last !== null && last.day === day && last.scope === scope && last.kind === kind
        ? last
        : this.#find(kind, scope, day);
    this.#last = found;
    if (found.dropped) return false;
    if (found.isNew || this.#nowMs - found.notedMs >= NOTED_TO_MS) this.#noted.add(found);
    return true;
  }

  /** Part of the commit. */
  flush(): void {
    for (const day of this.#noted) {
      this.#sql.note.run(day.kind, day.scope, day.day, this.#nowMs);
      day.notedMs = this.#nowMs;
      day.isNew = false;
    }
    this.#noted.clear();
    if (this.#days.size > CAPACITY) this.reset();
  }

  /** After a rollback, or when days were dropped. */
  reset(): void {
    this.#days.clear();
    this.#noted.clear();
    this.#last = null;
  }

  #find(kind: KeptKind, scope: number, day: number): Day {
    const key = `${kind}/${scope}/${day}`;
    const known = this.#days.get(key);
    if (known !== undefined) return known;
    const row = this.#sql.find.get(kind, scope, day) as { receivedMs: number; dropped: number } | undefined;
    const found: Day = {
      kind,
      scope,
      day,
      dropped: row?.dropped === 1,
      notedMs: row?.receivedMs ?? 0,
      isNew: row === undefined,
    };
    this.#days.set(key, found);
    return found;
  }
}
