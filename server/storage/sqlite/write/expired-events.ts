/** Events of days whose events retention has deleted: counted, and noted in quarantine with the reason. */
import type Database from 'better-sqlite3';
import type { DeadLetter } from '../../../../ingest/records/dead-letter.ts';
import type { WriteOutcome } from '../../../../ingest/records/sink.ts';
import { DAY_MS, iso } from '../../../../ingest/records/time.ts';

interface Origin {
  readonly name: string;
  readonly account: string;
  readonly region: string;
}

/** Why such events are not stored, for senders. */
const EXPIRED_REASON =
  'Retention has deleted the other events of their day, so that repeats cannot be told apart; they are listed in quarantine';

const encoder = new TextEncoder();

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

  /** The part of a batch's outcome that is about them; `ignored` counts events that were not stored for other reasons. */
  outcome(ignored: number): Pick<WriteOutcome, 'ignored' | 'expired' | 'expiredReason'> {
    return {
      ignored: ignored + this.#n,
      ...(this.#n > 0 && { expired: this.#n, expiredReason: EXPIRED_REASON }),
    };
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

  /** One dead letter for each function and day. Those of later batches are counted in the same row of the quarantine. */
  letters(): readonly DeadLetter[] {
    const ofFunctions = [...this.#events].map(([key, n]) => {
      const [functionId, day] = key.split('/').map(Number);
      const origin = this.#origin.get(functionId) as Origin | undefined;
      const date = iso((day ?? 0) * DAY_MS).slice(0, 10);
      return letter({ ...origin, day: date }, n, `${origin?.name ?? 'a function'}, ${date}`);
    });
    const others = [...this.#records].map(([kind, n]) => letter({ kind }, n, `records of kind ${kind}`));
    return [...ofFunctions, ...others];
  }

  #note(counts: Map<string, number>, key: string, events: number): void {
    this.#n += events;
    counts.set(key, (counts.get(key) ?? 0) + events);
  }
}

function letter(origin: Readonly<Record<string, string>>, n: number, what: string): DeadLetter {
  return {
    reason: 'day-expired',
    detail: `${what}: retention has deleted the events of this day. Whether these were among them is not known, so they are not stored`,
    logGroup: null,
    payload: encoder.encode(JSON.stringify(origin)),
    n,
    isExample: true,
  };
}
