/** Table `log_message`: digests of messages whose bytes `log_volume` already counts. */
import type Database from 'better-sqlite3';

export class LogMessages {
  readonly #add;

  constructor(db: Database.Database) {
    this.#add = db.prepare('INSERT OR IGNORE INTO log_message (hour_ms, log_group_id, digest) VALUES (?, ?, ?)');
  }

  /** Returns whether the message is new. */
  add(hourMs: number, groupId: number, digest: Uint8Array): boolean {
    return this.#add.run(hourMs, groupId, digest).changes > 0;
  }
}
