/**
 * Lock that allows one writer per data folder. The operating system releases it when the process ends, in any way. If its
 * file is removed or replaced, the holder locks the new one, and a process that finds no lock file in a used folder waits long enough for that.
 */
import { existsSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { assertFileType } from '../own-files.ts';
import { STORE_FILES } from './maintenance/store-files.ts';

export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

export interface FolderLock {
  /**
   * Renews the lock if its file is no longer at the path. The system reports that at once in most cases; call it every
   * second for the others, such as a folder that was moved.
   * @throws FolderInUseError when another process holds the renewed lock.
   */
  look(): void;
  release(): void;
}

/** Interval at which the holder looks where the system does not report changes of a file, ms. */
const LOOK_MS = 250;
/** A holder renews a lost lock in this time, ms. */
const RENEWAL_MS = 2000;

/**
 * Locks the folder by holding an open exclusive transaction on `lock.db` until it is released. If another process holds the
 * renewed lock, an error ends the thread: two writers must not go on. `isLookedAfter`: the caller calls {@link FolderLock.look}.
 * @throws FolderInUseError when another process holds it.
 */
export function lockFolder(folder: string, isLookedAfter = false): FolderLock {
  const path = join(folder, 'lock.db');
  const isUsed = (): boolean => STORE_FILES.some((name) => existsSync(join(folder, name)));
  if (isUsed() && !existsSync(path)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RENEWAL_MS);
  const held = [hold(folder, path)];
  let identity = identityOf(path);
  const look = (): void => {
    // A folder without databases is another one, or was emptied: do not create a lock there.
    if (identityOf(path) === identity || !isUsed()) return;
    // The old one stays locked: a process that opened it before it was moved still waits for it.
    held.push(hold(folder, path));
    identity = identityOf(path);
    stopWatching();
    stopWatching = onChange(path, look, isLookedAfter);
  };
  let stopWatching = onChange(path, look, isLookedAfter);
  return {
    look,
    release: () => {
      stopWatching();
      for (const db of held) {
        db.exec('ROLLBACK');
        db.close();
      }
    },
  };
}

/**
 * Calls `look` when the file is deleted, moved or replaced; at intervals as well, unless `onlyThen`. Nothing writes to the file, so
 * nothing wakes the thread otherwise. Returns what ends this.
 */
function onChange(path: string, look: () => void, onlyThen: boolean): () => void {
  let timer: NodeJS.Timeout | undefined;
  const poll = (): void => {
    timer ??= setInterval(look, LOOK_MS).unref();
  };
  const stopPolling = (): void => clearInterval(timer);
  if (!onlyThen) poll();
  try {
    const watcher = watch(path, { persistent: false }, look);
    // For example, too many files are watched on this machine.
    watcher.on('error', poll);
    return () => {
      stopPolling();
      watcher.close();
    };
  } catch {
    poll();
    return stopPolling;
  }
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
