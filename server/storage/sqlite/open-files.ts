/**
 * Checks that the open files of a store are still the files at their paths. A file that was deleted, replaced or truncated
 * while it is open still accepts commits, and the next start would not find them.
 */
import type { BigIntStats } from 'node:fs';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { DetachedFileError } from './sqlite-errors.ts';
import { hasWalMagic, WAL_HEADER_BYTES } from './wal.ts';

/** Descriptors of this process, on systems that list them. */
const DESCRIPTORS = '/proc/self/fd';

interface Expected {
  readonly path: string;
  readonly dev: bigint;
  readonly ino: bigint;
  /** The file never becomes smaller than this, bytes. */
  leastBytes: bigint;
}

/** Result of `stat` for a path before a database was opened there; null if there was no file. */
export type PathIdentity = BigIntStats | null;

/** Call before opening a database, and pass the result to {@link DatabaseFiles}. */
export function identify(path: string): PathIdentity {
  return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}

/** The files of one open database in WAL mode: the database, its write-ahead log and its shared memory. */
export class DatabaseFiles {
  readonly #database: Expected;
  readonly #shared: Expected;
  readonly #wal: Expected;
  /** Descriptor of the write-ahead log. SQLite holds no locks on that file, so closing it releases none. */
  readonly #walDescriptor: number;
  readonly #walLimit: bigint;
  readonly #header = Buffer.alloc(WAL_HEADER_BYTES);

  /**
   * Call right after opening, when all three files exist. `walLimitBytes`: SQLite truncates the log to this size when it starts
   * it again (`journal_size_limit`).
   * @throws DetachedFileError if the file at the path is not the one that was opened.
   */
  constructor(path: string, before: PathIdentity, walLimitBytes: number) {
    this.#database = expected(path);
    if (before !== null && !isSame(before, this.#database)) throw detached(path, 'it was replaced while it was opened');
    this.#shared = expected(`${path}-shm`);
    this.#wal = expected(`${path}-wal`);
    for (const file of [this.#database, this.#wal]) assertOpen(file);
    this.#walLimit = BigInt(walLimitBytes);
    this.#walDescriptor = openSync(this.#wal.path, 'r');
  }

  /** @throws DetachedFileError that names the first file that is not as expected. Costs three calls of `stat` and one read. */
  assert(): void {
    const size = assertSame(this.#database);
    this.#database.leastBytes = size;
    const walBytes = assertSame(this.#wal);
    this.#wal.leastBytes = walBytes < this.#walLimit ? walBytes : this.#walLimit;
    if (walBytes > 0n) this.#assertHeader();
    assertSame(this.#shared);
  }

  /** Call before SQLite truncates the write-ahead log. */
  walTruncates(): void {
    this.#wal.leastBytes = 0n;
  }

  close(): void {
    closeSync(this.#walDescriptor);
  }

  /** A log that was truncated by another program and written to since has a hole at its start. */
  #assertHeader(): void {
    const read = readSync(this.#walDescriptor, this.#header, 0, WAL_HEADER_BYTES, 0);
    if (read < WAL_HEADER_BYTES || !hasWalMagic(this.#header))
      throw detached(this.#wal.path, 'it was truncated or overwritten by another program');
  }
}

/** A file that another process must not replace, such as a lock. */
export class SingleFile {
  readonly #file: Expected;

  constructor(path: string) {
    this.#file = expected(path);
  }

  /** @throws DetachedFileError if the file is not the one of before. */
  assert(): void {
    assertSame(this.#file);
  }
}

function expected(path: string): Expected {
  const stats = statAt(path);
  return { path, dev: stats.dev, ino: stats.ino, leastBytes: stats.size };
}

/** Returns the size of the file, bytes. */
function assertSame(file: Expected): bigint {
  const stats = statAt(file.path);
  if (!isSame(stats, file)) throw detached(file.path, 'it was replaced by another file');
  if (stats.size < file.leastBytes)
    throw detached(file.path, `it was truncated from ${file.leastBytes} to ${stats.size} bytes`);
  return stats.size;
}

function statAt(path: string): BigIntStats {
  let stats: BigIntStats | undefined;
  try {
    stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    throw detached(path, error instanceof Error ? error.message : String(error));
  }
  if (stats === undefined) throw detached(path, 'it was deleted');
  return stats;
}

const isSame = (a: Pick<Expected, 'dev' | 'ino'>, b: Pick<Expected, 'dev' | 'ino'>): boolean =>
  a.dev === b.dev && a.ino === b.ino;

/** Between opening and looking, another process may have replaced the file: one of our descriptors must refer to it. */
function assertOpen(file: Expected): void {
  let names: string[];
  try {
    names = readdirSync(DESCRIPTORS);
  } catch {
    return;
  }
  for (const name of names) {
    const stats = statSync(`${DESCRIPTORS}/${name}`, { bigint: true, throwIfNoEntry: false });
    if (stats !== undefined && isSame(stats, file)) return;
  }
  throw detached(file.path, 'it was replaced while it was opened');
}

function detached(path: string, what: string): DetachedFileError {
  return new DetachedFileError(path, `${basename(path)} is no longer the file that the server opened: ${what}`);
}
