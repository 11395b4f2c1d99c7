/** Measures the data folder: the file thread does, and the writer at rest. */
import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { freeBytes } from '../free-space.ts';
import type { FolderReading } from '../ports/maintenance.ts';
import { STORE_FILES } from '../sqlite/maintenance/store-files.ts';

export const BALLAST = 'ballast';

/** Blocks for as long as the disk hangs. */
export function measureFolder(folder: string): FolderReading {
  const names = STORE_FILES.flatMap((name) => [name, `${name}-wal`]);
  const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  return {
    freeBytes: freeBytes(folder),
    databaseBytes: sizes.reduce((sum, size) => sum + size, 0),
    // A link reserves nothing.
    hasBallast: lstatSync(join(folder, BALLAST), { throwIfNoEntry: false })?.isFile() === true,
  };
}
