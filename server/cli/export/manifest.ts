/** The manifest of an export: which days are complete, and what they were made of. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { UserError } from '../user-error.ts';

const part = z.object({ file: z.string(), rows: z.number().int(), bytes: z.number().int() });

const manifest = z.object({
  format: z.literal(1),
  /** Version of the program that wrote last. */
  version: z.string(),
  /** By day (UTC), such as 2026-11-30. */
  days: z.record(
    z.string(),
    z.object({
      /** Digest of the rollups of the day: late events change it. */
      fingerprint: z.string(),
      writtenAt: z.string(),
      /** Whether the day is written again only if its rollups change. */
      settled: z.boolean(),
      invocations: part,
      rollups: part,
    }),
  ),
});
export type Manifest = z.infer<typeof manifest>;
export type ExportedDay = Manifest['days'][string];

/** Folder of what is no data. Query engines skip names that begin with an underscore. */
export const OWN_FOLDER = '_thermocline';

/** @throws UserError if the folder has a manifest that this version cannot read */
export function readManifest(folder: string, version: string): Manifest {
  const path = join(folder, OWN_FOLDER, 'manifest.json');
  if (!existsSync(path)) return { format: 1, version, days: {} };
  try {
    return manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new UserError(`${path}: expected the manifest of an export of this version. Export to another folder`);
  }
}

/** Replaces the manifest at once. */
export function writeManifest(folder: string, value: Manifest): void {
  const own = join(folder, OWN_FOLDER);
  mkdirSync(own, { recursive: true });
  const next = join(own, 'manifest.json.next');
  const file = openSync(next, 'w');
  writeFileSync(file, `${JSON.stringify(value, null, 1)}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(next, join(own, 'manifest.json'));
}
