/** Refuses to create a new database file if the folder had one before, unless the operator requested it. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { writeNew } from '../../own-files.ts';
import { readHighWater } from '../high-water.ts';
import { DamagedFileError } from '../sqlite-errors.ts';
import { STORE_FILES } from './store-files.ts';

const IN_USE = 'in-use';
const permissionFile = (folder: string, name: string): string => join(folder, `${name}.begin-anew`);

/** True if a server has stored something in the folder. The high-water mark shows it where the file `in-use` was deleted. */
export function isInUse(folder: string): boolean {
  return existsSync(join(folder, IN_USE)) || holdsMark(folder);
}

function holdsMark(folder: string): boolean {
  const mark = readHighWater(folder);
  return typeof mark !== 'string' && ((mark.telemetry?.commits ?? 0) > 0 || (mark.control?.commits ?? 0) > 0);
}

/** True if the operator requested an empty file of this name. */
export function mayBeCreated(folder: string, name: string): boolean {
  return existsSync(permissionFile(folder, name));
}

/**
 * Call before opening the files again in the same process: no new store is created in a folder that was emptied since.
 * @throws DamagedFileError if the folder is not the one that was in use
 */
export function assertInUse(folder: string): void {
  if (isInUse(folder)) return;
  throw new DamagedFileError(`${folder} was deleted or emptied while the server was running`);
}

/** Call before opening the files. @throws DamagedFileError if a file is missing or empty */
export function assertPresent(folder: string): void {
  if (!isInUse(folder)) return;
  for (const name of STORE_FILES) {
    const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0 && !mayBeCreated(folder, name))
      throw new DamagedFileError(
        `${join(folder, name)} is damaged: it is missing or empty, although this folder has been in use`,
      );
  }
}

/** Marks the folder as in use. Call after opening all files. */
export function notePresent(folder: string): void {
  for (const name of STORE_FILES) rmSync(permissionFile(folder, name), { force: true });
  const path = join(folder, IN_USE);
  if (!existsSync(path)) writeNew(path, '');
}

/** Allows the next start to create this file. */
export function allowNewFile(folder: string, name: string): void {
  writeNew(permissionFile(folder, name), '');
}
