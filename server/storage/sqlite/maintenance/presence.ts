/** A folder that was in use does not begin anew by itself because a file of it is gone: somebody has to want it. */
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedFileError } from '../sqlite-errors.ts';
import { STORE_FILES } from './manifest.ts';

const IN_USE = 'in-use';
const wantedMark = (folder: string, name: string): string => join(folder, `${name}.begin-anew`);

/** Before the files are opened. @throws DamagedFileError */
export function assertPresent(folder: string): void {
  if (!existsSync(join(folder, IN_USE))) return;
  for (const name of STORE_FILES) {
    const size = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    if (size === 0 && !existsSync(wantedMark(folder, name)))
      throw new DamagedFileError(
        `${join(folder, name)} is damaged: it is gone or empty, and this folder has been in use`,
      );
  }
}

/** After all of them were. */
export function notePresent(folder: string): void {
  for (const name of STORE_FILES) rmSync(wantedMark(folder, name), { force: true });
  const path = join(folder, IN_USE);
  if (!existsSync(path)) writeFileSync(path, '', { mode: 0o600 });
}

/** The next start may begin this file anew. */
export function wantAnew(folder: string, name: string): void {
  writeFileSync(wantedMark(folder, name), '', { mode: 0o600 });
}
