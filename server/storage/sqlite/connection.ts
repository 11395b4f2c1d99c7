/** Opens SQLite files: one durable writer, and readers that cannot write. */
import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';

/** First version with the fix of the WAL-reset corruption bug. */
const MIN_SQLITE = [3, 51, 3] as const;

/** Page cache of the writer, MiB. */
export const SERVER_CACHE_MB = 40;
export const LOW_MEMORY_CACHE_MB = 16;
/** How long the writer waits for a lock that another connection holds, ms. */
const BUSY_MS = 10_000;

/** SQLite truncates a write-ahead log to this size when it starts it again. */
export const WAL_LIMIT_BYTES = 67_108_864;

export class UnsafeStorageError extends Error {
  override readonly name = 'UnsafeStorageError';
}

/**
 * Opens the writer's connection. Sets `synchronous=FULL` and reads it back, because better-sqlite3 defaults to NORMAL in
 * WAL mode, where a power cut loses acknowledged rows.
 * @throws UnsafeStorageError when the file system or the library cannot guarantee that a commit is on disk.
 */
export function openWriter(path: string, cacheMb = SERVER_CACHE_MB): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS });
  // SQLite creates the -wal and -shm files with the same mode.
  chmodSync(path, 0o600);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${cacheMb * 1024}`);
  db.pragma('wal_autocheckpoint = 16384');
  db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  assertDurable(db, path);
  return db;
}

/** Size of the free pages in the file. */
export function reusableBytes(db: Database.Database): number {
  const [pages, bytes] = ['freelist_count', 'page_size'].map((name) => Number(db.pragma(name, { simple: true })));
  return (pages ?? 0) * (bytes ?? 0);
}

/** Runs a checkpoint that does not wait for readers. */
export function withoutWaiting<T>(db: Database.Database, run: () => T): T {
  db.pragma('busy_timeout = 0');
  try {
    return run();
  } finally {
    db.pragma(`busy_timeout = ${BUSY_MS}`);
  }
}

/**
 * Page cache of a reader, MiB. The first gigabyte of a file is memory-mapped and shared by all readers; the rest is in the
 * system's page cache, so a larger cache per thread would only duplicate it.
 */
const READER_CACHE_MB = 4;
const MAPPED_BYTES = 1_073_741_824;

/** Opens a connection that cannot write, for queries. */
export function openReader(path: string, mappedBytes = MAPPED_BYTES): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  db.pragma('query_only = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma(`cache_size = -${READER_CACHE_MB * 1024}`);
  db.pragma(`mmap_size = ${mappedBytes}`);
  return db;
}

/** Gives cached pages of an idle connection back. */
export function releaseCache(db: Database.Database): void {
  db.pragma('shrink_memory');
}

/** Does the same for a reader, and ends its mapping of the file, whose pages count as memory of the process. The next query maps it again. */
export function releaseReader(db: Database.Database, mappedBytes = MAPPED_BYTES): void {
  releaseCache(db);
  db.pragma('mmap_size = 0');
  db.pragma(`mmap_size = ${mappedBytes}`);
}

/**
 * Checks that commits on this connection are durable.
 * @throws UnsafeStorageError when WAL or synchronous=FULL is not in effect, or SQLite is too old.
 */
export function assertDurable(db: Database.Database, path: string): void {
  const mode = db.pragma('journal_mode', { simple: true });
  if (mode !== 'wal') {
    throw new UnsafeStorageError(
      `${path}: the file system does not support WAL (journal_mode is ${String(mode)}); use a local disk`,
    );
  }
  if (db.pragma('synchronous', { simple: true }) !== 2) {
    throw new UnsafeStorageError(`${path}: synchronous=FULL could not be set`);
  }
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get()).split('.').map(Number);
  for (const [at, least] of MIN_SQLITE.entries()) {
    const part = version[at] ?? 0;
    if (part > least) return;
    if (part < least) throw new UnsafeStorageError(`SQLite ${version.join('.')} is older than ${MIN_SQLITE.join('.')}`);
  }
}
