/** Reads manifests of backups, and lists backups. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backup, BackupManifest } from '../../ports/maintenance.ts';

/** The files of a store. */
export const STORE_FILES = ['telemetry.db', 'control.db'] as const;
export const MANIFEST = 'manifest.json';

/** Formats a time for file names that are valid on every system. */
export function stamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(':', '-');
}

/** @throws Error if the manifest is missing or invalid */
export function readManifest(path: string): BackupManifest {
  let text: string;
  try {
    text = readFileSync(join(path, MANIFEST), 'utf8');
  } catch {
    throw new Error(`${path} is not a backup: it has no ${MANIFEST}`);
  }
  const manifest = JSON.parse(text) as Partial<BackupManifest>;
  const files = Array.isArray(manifest.files) ? manifest.files : [];
  const known = files.every((file) => (STORE_FILES as readonly string[]).includes(file.name));
  if (manifest.format !== 1 || files.length === 0 || !known)
    throw new Error(`${path}/${MANIFEST} cannot be read by this version`);
  return manifest as BackupManifest;
}

/** Lists the backups in a folder, newest first; folders without a valid manifest are omitted. */
export function listBackups(into: string): readonly Backup[] {
  let names: string[];
  try {
    names = readdirSync(into);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.startsWith('backup-'))
    .toSorted()
    .toReversed()
    .flatMap((id) => {
      try {
        const path = join(into, id);
        const manifest = readManifest(path);
        return [{ id, path, manifest, bytes: sizeOf(manifest) }];
      } catch {
        return [];
      }
    });
}

export function sizeOf(manifest: BackupManifest): number {
  return manifest.files.reduce((sum, file) => sum + file.bytes, 0);
}
