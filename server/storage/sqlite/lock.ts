/**
 * Lock that allows one writer per data folder. The operating system releases it when the process ends, in any way. If its
 * file is removed or replaced, the holder locks the new one, and a process that finds no lock file in a used folder waits long enough for that.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { SECOND_MS } from '../../../ingest/records/time.ts';
import { assertFileType } from '../own-files.ts';
import { STORE_FILES } from './maintenance/store-files.ts';

export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

export interface FolderLock {
  /** Locks the file at the path if it is another than before. Call it every {@link LOOK_MS}. @throws FolderInUseError */
  renew(): void;
  release(): void;
}

/** Interval at which the holder looks whether its file is still at the path, ms. */
export const LOOK_MS = SECOND_MS;
/** A holder renews a lost lock in this time, ms: its thread may be two seconds late. */
const RENEWAL_MS = LOOK_MS + 2 * SECOND_MS;

/**
 * Locks the folder by holding an open exclusive transaction on `lock.db` until it is released. If another process holds the
 * renewed lock, an error of `renew` must end the thread: two writers must not go on.
 * @throws FolderInUseError when another process holds it.
 */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, 'lock.db');
  const isUsed = (): boolean => STORE_FILES.some((name) => existsSync(join(folder, name)));
  if (isUsed() && !existsSync(path)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RENEWAL_MS);
  const held = [hold(folder, path)];
  let identity = identityOf(path);
  const renew = (): void => {
    // A folder without databases is another one, or was emptied: do not create a lock there.
    if (identityOf(path) === identity || !isUsed()) return;
    // The old one stays locked: a process that opened it before it was moved still waits for it.
    held.push(hold(folder, path));
    identity = identityOf(path);
  };
  return {
    renew,
    release: () => {
      for (const db of held) {
        db.exec('ROLLBACK');
        db.close();
      }
    },
  };
}

function hold(folder: string, path: string): Database.Database {
  assertFileType(path, 'file');
  const db = new Database(path, { timeout: 200 });
  try {
    // Nothing is written to the file, so locking works on a full disk.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error;
    throw new FolderInUseError(`${folder} is in use by another Thermocline process`);
  }
}

/** Device and inode of the file at the path; empty if there is none. */
function identityOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true });
  return found === undefined ? '' : `${found.dev}:${found.ino}`;
}
