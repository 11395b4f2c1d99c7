/** Events of days whose events retention has deleted: counted, and recorded as dead letters with the reason. */
import type Database from 'better-sqlite3';
import type { BatchCounts } from '../../../../ingest/records/batch.ts';
import type { DeadLetter } from '../../../../ingest/records/dead-letter.ts';
import { DAY_MS, iso } from '../../../../ingest/records/time.ts';
import { expiredLetter, ignoredOutcome } from '../../expired-days.ts';

interface Origin {
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

export class ExpiredEvents {
  readonly #origin;
  /** Numbers of events, by function and day. */
  readonly #events = new Map<string, number>();
  readonly #records = new Map<string, number>();
  #n = 0;

  constructor(db: Database.Database) {
    this.#origin = db.prepare('SELECT name, account, region FROM function WHERE id = ?');
  }

  /** Number of events since {@link clear}. */
  get n(): number {
    return this.#n;
  }

  /** The part of a batch's outcome that is about them, and about events that were not stored for other reasons. */
  outcome(counts: BatchCounts): ReturnType<typeof ignoredOutcome> {
    return ignoredOutcome(counts, this.#n);
  }

  clear(): void {
    this.#n = 0;
    this.#events.clear();
    this.#records.clear();
  }

  /** Notes events of a function at a time, epoch ms. */
  add(functionId: number, atMs: number, events: number): void {
    this.#note(this.#events, `${functionId}/${Math.floor(atMs / DAY_MS)}`, events);
  }

  /** Notes one record of another kind, such as `flow`. */
  addRecord(kind: string): void {
    this.#note(this.#records, kind, 1);
  }

  /** One dead letter for each function and day. Those of later batches are counted in the same row. */
  letters(): readonly DeadLetter[] {
    const ofFunctions = [...this.#events].map(([key, n]) => {
      const [functionId, day] = key.split('/').map(Number);
      const origin = this.#origin.get(functionId) as Origin | undefined;
      const date = iso((day ?? 0) * DAY_MS).slice(0, 10);
      return expiredLetter({ ...origin, day: date }, n, `${origin?.name ?? 'a function'}, ${date}`);
    });
    const others = [...this.#records].map(([kind, n]) => expiredLetter({ kind }, n, `records of kind ${kind}`));
    return [...ofFunctions, ...others];
  }

  #note(counts: Map<string, number>, key: string, events: number): void {
    this.#n += events;
    counts.set(key, (counts.get(key) ?? 0) + events);
  }
}
