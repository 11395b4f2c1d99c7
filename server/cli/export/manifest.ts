/** The manifest of an export: which days are complete, and what they were made of. */
import * as z from 'zod';
import { UserError } from '../user-error.ts';
import { MANIFEST } from './export-target.ts';

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

/** Reads a manifest; one without days where there is none. @throws UserError if this version cannot read it */
export function parseManifest(text: string | null, version: string, where: string): Manifest {
  if (text === null) return { format: 1, version, days: {} };
  try {
    return manifest.parse(JSON.parse(text));
  } catch {
    throw new UserError(
      `${MANIFEST} in ${where}: expected the manifest of an export of this version. Export to elsewhere`,
    );
  }
}

export function manifestText(value: Manifest): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
