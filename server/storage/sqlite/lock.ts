/** Lock that allows one writer per data folder. The operating system releases it when the process ends, in any way. */
import { join } from 'node:path';
import Database from 'better-sqlite3';

export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

export interface FolderLock {
  release(): void;
}

/**
 * Locks the folder by holding an open exclusive transaction on `lock.db` until it is released.
 * @throws FolderInUseError when another process holds it.
 */
export function lockFolder(folder: string): FolderLock {
  const db = new Database(join(folder, 'lock.db'), { timeout: 200 });
  try {
    // Nothing is written to the file, so locking works on a full disk.
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
