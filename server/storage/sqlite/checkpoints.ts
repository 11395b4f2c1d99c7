/** Moves the write-ahead log of one database into it, and keeps the sums of its pages. Runs in the writer's thread. */
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { withoutWaiting } from './connection.ts';
import { PageSums } from './page-sums.ts';
import { readWal } from './wal-file.ts';

/** The log is moved when it has grown by this, bytes. */
const DUE_BYTES = 33_554_432;

export class Checkpoints {
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #sums: PageSums;
  #dueBytes = DUE_BYTES;

  /** `db` must not checkpoint by itself (`wal_autocheckpoint = 0`). */
  constructor(db: Database.Database, path: string) {
    this.#db = db;
    this.#path = path;
    this.#sums = PageSums.open(path);
  }

  /** True if the log is long enough to be moved. */
  isDue(): boolean {
    return this.#walBytes() >= this.#dueBytes;
  }

  /** Moves what readers no longer need, without waiting for them. */
  run(mode: 'PASSIVE' | 'TRUNCATE'): void {
    // Durable before a page changes: until the log is started again, its pages are read from it, not from the database.
    const sums = new Map<number, number>();
    readWal(`${this.#path}-wal`, sums);
    if (sums.size > 0) this.#sums.store(sums);
    const [result] = withoutWaiting(this.#db, () => this.#db.pragma(`wal_checkpoint(${mode})`)) as Result[];
    const isComplete = result !== undefined && result.busy === 0 && result.log === result.checkpointed;
    this.#dueBytes = isComplete ? DUE_BYTES : this.#walBytes() + DUE_BYTES;
  }

  close(): void {
    this.#sums.close();
  }

  /** Stores sums of pages that had none. A page that was written since has one. */
  add({ first, sums }: AddedSums): void {
    const known = this.#sums.get(first, sums.length);
    this.#sums.set(
      first,
      known.map((sum, at) => (sum === 0 ? (sums[at] ?? 0) : sum)),
    );
  }

  #walBytes(): number {
    return statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** Sums of consecutive pages. */
export interface AddedSums {
  readonly first: number;
  readonly sums: readonly number[];
}

interface Result {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}
