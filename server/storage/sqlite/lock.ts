/** One writer per data folder. The operating system drops the lock with the process, however it ends. */
import { join } from 'node:path';
import Database from 'better-sqlite3';

export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

export interface FolderLock {
  release(): void;
}

/**
 * Holds an open write transaction on `lock.db` for as long as the folder is ours.
 * @throws FolderInUseError when another process holds it.
 */
export function lockFolder(folder: string): FolderLock {
  const db = new Database(join(folder, 'lock.db'), { timeout: 200 });
  try {
    // Nothing is ever written to it: on a full disk it can be locked as well.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error;
    throw new FolderInUseError(`${folder} is in use by another Thermocline process`);
  }
  return {
    release: () => {
      db.exec('ROLLBACK');
      db.close();
    },
  };
}
