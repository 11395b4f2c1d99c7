/**
 * Puts a backup in the place of a store. Everything is copied and on the disk before a single file is replaced, and a
 * marker says so: whoever opens the folder next finishes what was begun, or removes what was not yet whole.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Backup } from '../../ports/maintenance.ts';
import { stamp } from './manifest.ts';
import { wantAnew } from './presence.ts';
import { sync } from './sync.ts';

const STAGING = '.restoring';
const READY = 'ready.json';
/** SQLite's companions of a file: they belong to what is replaced. */
const COMPANIONS = ['-wal', '-shm', '-journal', ''] as const;

interface Ready {
  readonly files: readonly string[];
  /** Folder that takes what was there before. */
  readonly replaced: string;
}

/**
 * The folder's lock must be held, and the backup verified.
 * @returns the folder that what was there before is kept in, or null when there was nothing.
 */
export function restore(folder: string, backup: Backup, files: readonly string[], nowMs: number): string | null {
  const staging = join(folder, STAGING);
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true, mode: 0o700 });
  for (const name of files) {
    copyFileSync(join(backup.path, name), join(staging, name));
    sync(join(staging, name));
  }
  const replaced = `replaced-${stamp(nowMs)}`;
  const ready: Ready = { files, replaced };
  writeFileSync(join(staging, `${READY}.new`), JSON.stringify(ready));
  sync(join(staging, `${READY}.new`));
  renameSync(join(staging, `${READY}.new`), join(staging, READY));
  sync(staging);
  sync(folder);
  finishRestore(folder);
  return existsSync(join(folder, replaced)) ? join(folder, replaced) : null;
}

/** Finishes a restore that was broken off once everything was copied; undoes one that was broken off before. */
export function finishRestore(folder: string): void {
  const staging = join(folder, STAGING);
  if (!existsSync(staging)) return;
  if (existsSync(join(staging, READY))) {
    const { files, replaced } = JSON.parse(readFileSync(join(staging, READY), 'utf8')) as Ready;
    for (const name of files)
      if (existsSync(join(staging, name))) replace(folder, staging, name, join(folder, replaced));
    sync(folder);
  }
  rmSync(staging, { recursive: true, force: true });
}

function replace(folder: string, staging: string, name: string, replaced: string): void {
  for (const companion of COMPANIONS) {
    const old = join(folder, `${name}${companion}`);
    if (!existsSync(old)) continue;
    mkdirSync(replaced, { recursive: true, mode: 0o700 });
    renameSync(old, join(replaced, `${name}${companion}`));
  }
  renameSync(join(staging, name), join(folder, name));
}

/** What is there, set aside under a name that says why; nothing is deleted. */
export function setAside(folder: string, name: string, nowMs: number): string {
  const label = `corrupt-${stamp(nowMs)}`;
  for (const companion of COMPANIONS) {
    const old = join(folder, `${name}${companion}`);
    if (statSync(old, { throwIfNoEntry: false }) !== undefined)
      renameSync(old, join(folder, `${name}.${label}${companion}`));
  }
  wantAnew(folder, name);
  sync(folder);
  return join(folder, `${name}.${label}`);
}
