/** Opens SQLite files the only two ways we allow: one durable writer, and readers that cannot write. */
import { chmodSync } from 'node:fs';
import Database from 'better-sqlite3';

/** The WAL-reset corruption bug is fixed from here on. */
const MIN_SQLITE = [3, 51, 3] as const;

/** Pages the writer keeps in memory. */
export const SERVER_CACHE_MB = 40;
export const LOW_MEMORY_CACHE_MB = 16;
/** How long the writer waits for a lock that somebody else holds. */
export const BUSY_MS = 10_000;

export class UnsafeStorageError extends Error {
  override readonly name = 'UnsafeStorageError';
}

/**
 * The writer's connection. `synchronous=FULL` is set and read back, because better-sqlite3 is compiled to run WAL
 * at NORMAL, where a power cut loses acknowledged rows.
 * @throws UnsafeStorageError where the file system or library cannot keep the promise that 200 means fsynced.
 */
export function openWriter(path: string, cacheMb = SERVER_CACHE_MB): Database.Database {
  const db = new Database(path, { timeout: BUSY_MS });
  // What SQLite keeps beside it is made with the same mode.
  chmodSync(path, 0o600);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${cacheMb * 1024}`);
  db.pragma('wal_autocheckpoint = 16384');
  db.pragma('journal_size_limit = 67108864');
  assertDurable(db, path);
  return db;
}

/**
 * Pages a reader keeps beside those that it maps. The first gigabyte of a file is mapped and costs no memory of its own; what
 * lies beyond is in the system's cache, and a large one here would only fill up, thread by thread, as the file grows.
 */
const READER_CACHE_MB = 4;
const MAPPED_BYTES = 1_073_741_824;

/** A connection that cannot write, for queries. */
export function openReader(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  db.pragma('query_only = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma(`cache_size = -${READER_CACHE_MB * 1024}`);
  db.pragma(`mmap_size = ${MAPPED_BYTES}`);
  return db;
}

/** What must be true of a writer's connection; thrown when it is not. */
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
