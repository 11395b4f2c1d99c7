/**
 * Restores a backup. All files are copied and synced before any is replaced, and a marker records that. The next start
 * finishes a restore with the marker, and removes the copies of one without it.
 */
import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { assertFileType, writeNew } from '../../own-files.ts';
import { StoreError } from '../../ports/errors.ts';
import type { Backup } from '../../ports/maintenance.ts';
import { acceptAnyContent } from '../high-water.ts';
import { digestOf } from './digest.ts';
import { parseFile } from './json-file.ts';
import { stamp } from './manifest.ts';
import { allowNewFile } from './presence.ts';
import { STORE_FILES } from './store-files.ts';
import { sync } from './sync.ts';

const STAGING = '.restoring';
const READY = 'ready.json';
/** Suffixes of a database file and SQLite's suffix files, which are replaced together. */
const SUFFIXES = ['-wal', '-shm', '-journal', '-sums', ''] as const;

interface Ready {
  readonly files: readonly string[];
  /** Folder for the files that are replaced. */
  readonly replaced: string;
}

const readySchema: z.ZodType<Ready> = z.object({
  files: z.array(z.enum(STORE_FILES)),
  replaced: z.string().regex(/^replaced-[\w.-]+$/, 'expected the name of a folder, replaced-<time>'),
});

/**
 * Restores a verified backup. The caller holds the folder's lock.
 * @returns the folder with the replaced files, or null if there were none.
 * @throws StoreError if the files cannot be copied, or differ from those that were verified: nothing is changed
 */
export function restore(folder: string, backup: Backup, files: readonly string[], nowMs: number): string | null {
  const staging = join(folder, STAGING);
  const replaced = `replaced-${stamp(nowMs)}`;
  try {
    stage(staging, backup, files, replaced);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    const what = error instanceof Error ? error.message : String(error);
    throw new StoreError('unavailable', `Nothing was changed: the backup cannot be copied into ${folder}: ${what}`);
  }
  sync(folder);
  finishRestore(folder);
  return existsSync(join(folder, replaced)) ? join(folder, replaced) : null;
}

/** Copies the files and writes the marker. A copy is compared with the manifest: the backup may have changed since it was verified. */
function stage(staging: string, backup: Backup, files: readonly string[], replaced: string): void {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { mode: 0o700 });
  for (const name of files) {
    assertFileType(join(backup.path, name), 'file');
    copyFileSync(join(backup.path, name), join(staging, name), constants.COPYFILE_EXCL);
    sync(join(staging, name));
    const expected = backup.manifest.files.find((file) => file.name === name)?.sha256;
    if (digestOf(join(staging, name)) !== expected) throw new Error(`${name} changed after it was verified`);
  }
  const ready: Ready = { files, replaced };
  writeNew(join(staging, `${READY}.new`), JSON.stringify(ready));
  sync(join(staging, `${READY}.new`));
  renameSync(join(staging, `${READY}.new`), join(staging, READY));
  sync(staging);
}

/**
 * Finishes an interrupted restore if everything was copied, else undoes it.
 * @throws StoreError that names the marker if it cannot be read: which files to replace is unknown, and nothing is changed
 */
export function finishRestore(folder: string): void {
  const staging = join(folder, STAGING);
  if (!existsSync(staging)) return;
  if (existsSync(join(staging, READY))) {
    const path = join(staging, READY);
    const { files, replaced } = readReady(path);
    for (const name of files)
      if (existsSync(join(staging, name))) replace(folder, staging, name, join(folder, replaced));
    acceptAnyContent(folder, files);
  }
  rmSync(staging, { recursive: true, force: true });
}

function readReady(path: string): Ready {
  try {
    return parseFile(readySchema, readFileSync(path, 'utf8'), path);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new StoreError('damaged', `${what}. Delete the folder ${dirname(path)} and restore the backup again.`);
  }
}

function replace(folder: string, staging: string, name: string, replaced: string): void {
  for (const suffix of SUFFIXES) {
    const old = join(folder, `${name}${suffix}`);
    if (!existsSync(old)) continue;
    mkdirSync(replaced, { recursive: true, mode: 0o700 });
    renameSync(old, join(replaced, `${name}${suffix}`));
  }
  renameSync(join(staging, name), join(folder, name));
}

/** Renames a damaged file and its companions instead of deleting them, and returns the new path. */
export function setAside(folder: string, name: string, nowMs: number): string {
  const label = `corrupt-${stamp(nowMs)}`;
  for (const suffix of SUFFIXES) {
    const old = join(folder, `${name}${suffix}`);
    if (statSync(old, { throwIfNoEntry: false }) !== undefined)
      renameSync(old, join(folder, `${name}.${label}${suffix}`));
  }
  allowNewFile(folder, name);
  acceptAnyContent(folder, [name]);
  return join(folder, `${name}.${label}`);
}
