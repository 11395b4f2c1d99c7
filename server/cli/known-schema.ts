/** Schema versions that this version supports. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assetPaths } from '../config/paths.ts';

/** Newest supported schema of `telemetry.db` or `control.db`. */
export function knownSchema(file: string): number {
  const folder = fileURLToPath(new URL(`sqlite/${file.replace(/\.db$/, '')}/`, assetPaths.migrations));
  return readdirSync(folder).filter((name) => name.endsWith('.sql')).length;
}
