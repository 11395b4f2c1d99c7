/** Creates the data folder, or says in one sentence why it cannot be used. */
import { accessSync, constants, mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The folder cannot be used; the message names the setting. */
export class UnusableFolderError extends Error {
  override readonly name = 'UnusableFolderError';
}

/** Magic numbers of virtual file systems (statfs(2)): nothing can be stored there. */
const VIRTUAL: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x1cd1, 0x64626720, 0x74726163, 0x27e0eb, 0x63677270,
]);

/** Returns whether a file system is virtual, by its magic number. */
export function isVirtual(type: number): boolean {
  return VIRTUAL.has(type);
}

/** @throws UnusableFolderError naming the setting, what is wrong and what is expected */
export function createDataFolder(folder: string): void {
  const base = nearestExisting(folder);
  if (!statSync(base).isDirectory()) throw unusable(folder, `${base} is not a folder`);
  if (isVirtual(statfsSync(base).type)) throw unusable(folder, `${base} is not on a disk`);
  try {
    accessSync(base, constants.R_OK | constants.W_OK | constants.X_OK);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(folder, `${base} is not readable and writable (${codeOf(error)})`);
  }
}

/** The folder, or the nearest above it that exists: a recursive mkdir does not end where parents cannot be created. */
function nearestExisting(folder: string): string {
  for (let path = folder; ; path = dirname(path)) {
    try {
      statSync(path);
      return path;
    } catch (error) {
      const code = codeOf(error);
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || path === dirname(path))
        throw unusable(folder, `${path} cannot be read (${code})`);
    }
  }
}

function unusable(folder: string, reason: string): UnusableFolderError {
  return new UnusableFolderError(
    `THERMOCLINE_DATA: expected a folder on a local disk that can be written, but ${reason} (${folder})`,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
