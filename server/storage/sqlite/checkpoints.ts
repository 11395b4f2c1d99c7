/** Moves the write-ahead log of one database into it, and keeps the sums of its pages. Runs in the writer's thread. */
import type Database from 'better-sqlite3';
import { withoutWaiting } from './connection.ts';
import { PageSums } from './page-sums.ts';
import { WAL_FRAME_HEADER_BYTES } from './wal.ts';
import { WalFile } from './wal-file.ts';

/** The log is moved when it has grown by this, bytes. */
const DUE_BYTES = 33_554_432;
/** On a disk where less must be free, by this part of it: moving the log takes up to its length in the database. */
const FREE_DIVISOR = 4;

export class Checkpoints {
  readonly #db: Database.Database;
  readonly #sums: PageSums;
  readonly #log: WalFile;
  readonly #length: Database.Statement<[], Result>;
  readonly #dueFrames: number;
  #nextFrames: number;

  /** `db` must not checkpoint by itself (`wal_autocheckpoint = 0`). `minFreeBytes`: free space below which ingest pauses. */
  constructor(db: Database.Database, path: string, minFreeBytes = Number.POSITIVE_INFINITY) {
    this.#db = db;
    this.#sums = PageSums.open(path);
    this.#log = new WalFile(`${path}-wal`, { withSums: true, pastDamage: false });
    this.#length = db.prepare('PRAGMA wal_checkpoint(NOOP)');
    const dueBytes = Math.min(DUE_BYTES, minFreeBytes / FREE_DIVISOR);
    const pageBytes = Number(db.pragma('page_size', { simple: true }));
    this.#dueFrames = Math.ceil(dueBytes / (WAL_FRAME_HEADER_BYTES + pageBytes));
    this.#nextFrames = this.#dueFrames;
  }

  /** True if the log is long enough to be moved. The size of its file does not show this: it stays the same when the log restarts. */
  isDue(): boolean {
    const state = this.#length.get();
    return state !== undefined && state.log >= this.#nextFrames && !isMoved(state);
  }

  /** Moves a log that has grown long. Where that fails, because the disk is full or failing, it is retried after the next commit. */
  moveIfDue(): void {
    try {
      if (this.isDue()) this.run('PASSIVE');
    } catch {
      // Retried.
    }
  }

  /** Moves the frames that no reader needs, without waiting for readers. Returns whether those were all. */
  run(mode: 'PASSIVE' | 'TRUNCATE'): boolean {
    // Durable before a page changes: until the log is started again, its pages are read from it, not from the database.
    const sums = new Map<number, number>();
    this.#log.read(sums);
    try {
      if (sums.size > 0) this.#sums.store(sums);
    } catch (error) {
      this.#log.forget();
      throw error;
    }
    const [result] = withoutWaiting(this.#db, () => this.#db.pragma(`wal_checkpoint(${mode})`)) as Result[];
    const isComplete = result !== undefined && isMoved(result);
    this.#nextFrames = isComplete ? this.#dueFrames : (result?.log ?? 0) + this.#dueFrames;
    return isComplete;
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
}

/** Sums of consecutive pages. */
export interface AddedSums {
  readonly first: number;
  readonly sums: readonly number[];
}

/** Result of `PRAGMA wal_checkpoint`, in frames. Source: https://www.sqlite.org/pragma.html#pragma_wal_checkpoint */
interface Result {
  /** 1 if a checkpoint could not be completed. */
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

const isMoved = ({ busy, log, checkpointed }: Result): boolean => busy === 0 && log === checkpointed;
