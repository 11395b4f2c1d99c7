/** Raw lines are kept for a while only: deleted oldest first, a little at a time, so that no request waits for it. */
import type Database from 'better-sqlite3';

/** Chunks deleted in one go. */
const SLICE = 200;

export class RawRetention {
  readonly #sql;

  constructor(db: Database.Database) {
    this.#sql = {
      oldest: db.prepare('SELECT id, received_ms AS receivedMs FROM raw_chunk ORDER BY id LIMIT ?'),
      drop: db.prepare('DELETE FROM raw_chunk WHERE id <= ?'),
    };
  }

  /** Deletes up to a slice of what was received before `beforeMs`; false when there was nothing to delete. */
  dropSlice(beforeMs: number): boolean {
    const oldest = this.#sql.oldest.all(SLICE) as { id: number; receivedMs: number }[];
    const last = oldest.findLast((chunk) => chunk.receivedMs < beforeMs);
    if (last === undefined) return false;
    this.#sql.drop.run(last.id);
    return true;
  }
}
