/** Refuses to create a new database file if the folder had one before, unless the operator asked for it. */
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedFileError } from '../sqlite-errors.ts';
import { STORE_FILES } from './manifest.ts';

const IN_USE = 'in-use';
const wantedMark = (folder: string, name: string): string => join(folder, `${name}.begin-anew`);

/** Call before opening the files. @throws DamagedFileError if a file is missing or empty */
export function assertPresent(folder: string): void {
  if (!existsSync(join(folder, IN_USE))) return;
  for (const name of STORE_FILES) {
    const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0 && !existsSync(wantedMark(folder, name)))
      throw new DamagedFileError(
        `${join(folder, name)} is damaged: it is missing or empty, although this folder has been in use`,
      );
  }
}

/** Marks the folder as in use. Call after opening all files. */
export function notePresent(folder: string): void {
  for (const name of STORE_FILES) rmSync(wantedMark(folder, name), { force: true });
  const path = join(folder, IN_USE);
  if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600 });
}

/** Allows the next start to create this file anew. */
export function wantAnew(folder: string, name: string): void {
  writeFileSync(wantedMark(folder, name), '', { mode: 0o600 });
}
