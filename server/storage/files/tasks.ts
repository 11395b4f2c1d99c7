/** Tasks of the file thread: calls on files of the data folder, of backups and of rules, which can block for as long as a disk hangs. */
import { closeSync, existsSync, fsyncSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TagsFileResult } from '../../tags/tags-file.ts';
import { freeBytes } from '../free-space.ts';
import { openNew, replaceFile } from '../own-files.ts';
import type { Backup } from '../ports/maintenance.ts';
import { BALLAST, measureFolder } from './measure-folder.ts';
import { readSecretFile, readTextFiles } from './text-files.ts';

const CHUNK_BYTES = 1_048_576;

export const fileTasks = {
  measure: measureFolder,
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
  /** Reads the file of tags unless `known` is its stamp; `result` is null then. */
  readTags: async (
    path: string,
    known: string | null,
  ): Promise<{ readonly stamp: string | null; readonly result: TagsFileResult | null }> => {
    const { readTagsFile, sizeFault, MOST_FILE_BYTES } = await import('../../tags/tags-file.ts');
    const refused = (stamp: string | null, error: string) =>
      ({ stamp, result: { ok: false, errors: [error] } }) as const;
    try {
      const found = statSync(path);
      // Reading a pipe or a device may never end.
      if (!found.isFile()) return refused(null, `${path} is not a file`);
      const { size, mtimeMs, ino } = found;
      const stamp = `${ino} ${size} ${mtimeMs}`;
      if (stamp === known) return { stamp, result: null };
      if (size > MOST_FILE_BYTES) return refused(stamp, sizeFault(size));
      return { stamp, result: await readTagsFile(readFileSync(path, 'utf8')) };
    } catch (error) {
      return refused(null, error instanceof Error ? error.message : String(error));
    }
  },
  removeBackup: (path: string): void => rmSync(path, { recursive: true, force: true }),
  /** Text of a file that a setting names. */
  readText: (path: string): string => readFileSync(path, 'utf8'),
  replaceFile: (path: string, text: string): void => replaceFile(path, text),
  /** The text of a file; null if there is none. */
  readFile: (path: string): string | null => (existsSync(path) ? readFileSync(path, 'utf8') : null),
  removeFile: (path: string): void => rmSync(path, { force: true }),
  readTextFiles,
  readSecretFile,
};

export type FileTasks = typeof fileTasks;
