/** Reads manifests of backups, and lists backups. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { assertFileType, readOwn } from '../../own-files.ts';
import type { Backup, BackupManifest } from '../../ports/maintenance.ts';
import { parseFile } from './json-file.ts';
import { STORE_FILES } from './store-files.ts';

export const MANIFEST = 'manifest.json';

/** Formats a time for file names that are valid on every system. */
export function stamp(nowMs: number): string {
  return new Date(nowMs).toISOString().replaceAll(':', '-');
}

const size = z.int().nonnegative();
const manifestSchema: z.ZodType<BackupManifest> = z.object({
  format: z.literal(1),
  createdAt: z.iso.datetime().refine((text) => Number.isFinite(Date.parse(text)), 'expected a time that exists'),
  version: z.string(),
  by: z.enum(['schedule', 'request']),
  files: z
    .array(
      z.object({
        name: z.enum(STORE_FILES),
        bytes: size,
        sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
        schema: size,
        rows: z.record(z.string(), size),
      }),
    )
    .min(1),
});

/** @throws Error that names the file if the manifest is missing or invalid */
export function readManifest(path: string): BackupManifest {
  let text: string;
  try {
    assertFileType(path, 'folder');
    text = readOwn(join(path, MANIFEST));
  } catch {
    throw new Error(`${path} is not a backup: it has no ${MANIFEST}`);
  }
  return parseFile(manifestSchema, text, join(path, MANIFEST));
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

/** Size of all files of a backup, bytes. */
export function sizeOf(manifest: BackupManifest): number {
  return manifest.files.reduce((sum, file) => sum + file.bytes, 0);
}
