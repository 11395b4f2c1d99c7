/** Tasks of the file thread: calls on files of the data folder and of backups, which can block for as long as a disk hangs. */
import { closeSync, existsSync, fsyncSync, lstatSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { freeBytes } from '../free-space.ts';
import { openNew, replaceFile } from '../own-files.ts';
import type { Backup } from '../ports/maintenance.ts';
import { STORE_FILES } from '../sqlite/maintenance/store-files.ts';

const BALLAST = 'ballast';
const CHUNK_BYTES = 1_048_576;

/** A reading of the data folder. */
export interface FolderReading {
  /** Bytes available on its disk. */
  readonly freeBytes: number;
  /** Size of the database files with their logs. */
  readonly databaseBytes: number;
  readonly hasBallast: boolean;
}

export const fileTasks = {
  measure(folder: string): FolderReading {
    const names = STORE_FILES.flatMap((name) => [name, `${name}-wal`]);
    const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
    return {
      freeBytes: freeBytes(folder),
      databaseBytes: sizes.reduce((sum, size) => sum + size, 0),
      // A link reserves nothing.
      hasBallast: lstatSync(join(folder, BALLAST), { throwIfNoEntry: false })?.isFile() === true,
    };
  },
  /** Deletes the ballast file if there is one and less than `belowBytes` is free. */
  releaseBallast(folder: string, belowBytes: number): void {
    const path = join(folder, BALLAST);
    if (existsSync(path) && freeBytes(folder) < belowBytes) rmSync(path, { force: true });
  },
  /** Writes real bytes: a sparse file would reserve nothing. */
  createBallast(folder: string, bytes: number): void {
    const path = join(folder, BALLAST);
    const file = openNew(`${path}.new`);
    try {
      const chunk = new Uint8Array(CHUNK_BYTES).fill(0xa5);
      for (let left = bytes; left > 0; left -= CHUNK_BYTES) writeSync(file, chunk, 0, Math.min(left, CHUNK_BYTES));
      fsyncSync(file);
    } catch {
      rmSync(`${path}.new`, { force: true });
      return;
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.new`, path);
  },
  backups: async (folder: string): Promise<readonly Backup[]> => {
    // Schemas are loaded when they are needed: this thread starts before every other.
    const { listBackups } = await import('../sqlite/maintenance/manifest.ts');
    return listBackups(folder);
  },
  removeBackup: (path: string): void => rmSync(path, { recursive: true, force: true }),
  replaceFile: (path: string, text: string): void => replaceFile(path, text),
  removeFile: (path: string): void => rmSync(path, { force: true }),
};

export type FileTasks = typeof fileTasks;
