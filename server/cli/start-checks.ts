/** Files and folders that settings name, checked before anything is opened. */
import { constants } from 'node:fs';
import { access, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { certificateFault } from '../config/certificate.ts';
import type { Config } from '../config/environment.ts';
import { isVirtual } from '../storage/sqlite/data-folder.ts';
import { UserError } from './user-error.ts';

/** A disk that hangs does not keep the server from starting, ms: what cannot be checked in this time fails later, in its own thread. */
const PATIENCE_MS = 500;

type Checked = Pick<Config, 'authorityFile' | 'dataFolder' | 'backups'>;

/** @throws UserError naming the setting whose file or folder cannot be used, and what is expected */
export async function assertPaths({ authorityFile, dataFolder, backups }: Checked): Promise<void> {
  if (authorityFile !== null) {
    const fault = await within(authorityFault(authorityFile));
    if (fault !== null)
      throw new UserError(
        `THERMOCLINE_CLICKHOUSE_CA: expected a PEM file that can be read, but ${fault} (${authorityFile})`,
      );
  }
  const unusable = await within(folderFault(dataFolder));
  if (unusable !== null)
    throw new UserError(
      `THERMOCLINE_DATA: expected a folder on a local disk that can be written, but ${unusable} (${dataFolder})`,
    );
  // The default is created with the data folder.
  if (backups.folder === join(dataFolder, 'backups')) return;
  const fault = backups.folder === dataFolder ? 'it is THERMOCLINE_DATA' : await within(folderFault(backups.folder));
  if (fault !== null)
    throw new UserError(
      `THERMOCLINE_BACKUP_FOLDER: expected a folder of its own that can be written, but ${fault} (${backups.folder})`,
    );
}

async function within(check: Promise<string | null>): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), PATIENCE_MS)));
  const fault = await Promise.race([check, timeUp]);
  clearTimeout(timer);
  return fault;
}

async function authorityFault(file: string): Promise<string | null> {
  try {
    return certificateFault(await readFile(file));
  } catch (error) {
    return `it cannot be read: ${codeOf(error)}`;
  }
}

/** Why a folder cannot be written, or created where its nearest parent that exists cannot. */
async function folderFault(folder: string): Promise<string | null> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      if (!(await stat(path)).isDirectory()) return `${path} is not a folder`;
      if (isVirtual((await statfs(path)).type)) return `${path} is not on a disk`;
      await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
      return null;
    } catch (error) {
      const code = codeOf(error);
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || path === dirname(path))
        return `${path} is not readable and writable (${code})`;
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
