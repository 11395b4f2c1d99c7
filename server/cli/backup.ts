/** `thermocline backup`, `backups`, `verify`, `restore` and `set-aside`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readAnswer } from '../../ingest/api/api-client.ts';
import type { Config } from '../config/environment.ts';
import { assetPaths } from '../config/paths.ts';
import type { BackupsAnswer } from '../http/contract/settings.ts';
import { megabytes } from '../storage/free-space.ts';
import type { Backup } from '../storage/ports/maintenance.ts';
import { lockFolder } from '../storage/sqlite/lock.ts';
import { UpkeepProcesses } from '../storage/sqlite/maintenance/child.ts';
import { listBackups } from '../storage/sqlite/maintenance/manifest.ts';
import { finishRestore, restore, setAside } from '../storage/sqlite/maintenance/restore.ts';
import { knownSchema } from './known-schema.ts';
import { ShareProgress } from './progress.ts';
import { openTarget } from './target.ts';
import { plain } from './text.ts';
import { UserError } from './user-error.ts';

const POLL_MS = 200;

/** Creates a backup through the running server, or directly. @throws UserError if it fails. */
export async function makeBackup(config: Config): Promise<number> {
  const target = await openTarget(config);
  const progress = new ShareProgress('pages');
  try {
    const ask = async (init?: RequestInit): Promise<BackupsAnswer> =>
      readAnswer<BackupsAnswer>(await target.request('/api/v1/backups', init));
    const headers = { 'content-type': 'application/json' };
    const known = new Set((await ask()).items.map((item) => item.id));
    let state = await ask({ method: 'POST', body: '{}', headers });
    let [copying, copied] = ['', 0];
    while (state.running !== null) {
      const { what, done, total } = state.running;
      // Progress restarts with each file.
      progress.add(what === copying ? done - copied : done, done / Math.max(1, total), what);
      [copying, copied] = [what, done];
      await new Promise((over) => setTimeout(over, POLL_MS));
      state = await ask();
    }
    progress.finish();
    const [made] = state.items.filter((item) => !known.has(item.id));
    if (made === undefined) throw new UserError(`Backup failed: ${state.error ?? 'it was interrupted'}`);
    process.stdout.write(`${made.path} (${megabytes(made.bytes)}, verified)\n`);
    return 0;
  } finally {
    progress.finish();
    await target.close();
  }
}

export async function showBackups(config: Config): Promise<number> {
  const backups = listBackups(config.backups.folder);
  if (backups.length === 0) process.stdout.write(`No backups in ${config.backups.folder}\n`);
  for (const { path, bytes, manifest } of backups) {
    const by = manifest.by === 'schedule' ? 'scheduled' : 'on request';
    process.stdout.write(`${manifest.createdAt}  ${megabytes(bytes).padStart(9)}  ${by}  ${plain(path)}\n`);
  }
  return 0;
}

/** Verifies a backup. @throws UserError naming the first problem. */
export async function verify(path: string): Promise<number> {
  const backup = await verified(resolve(path));
  const { files, createdAt } = backup.manifest;
  const rows = files.reduce((sum, file) => sum + Object.values(file.rows).reduce((all, n) => all + n, 0), 0);
  process.stdout.write(`${plain(backup.path)} of ${createdAt} is intact: ${files.length} files, ${rows} rows\n`);
  return 0;
}

export interface RestoreOptions {
  readonly only?: 'telemetry' | 'control';
  readonly yes?: true;
}

/**
 * Restores the newest or the named backup. The replaced files are kept in the data folder.
 * @throws UserError if the backup is damaged or newer than this version, or if the data folder is in use.
 */
export async function restoreBackup(
  config: Config,
  path: string | undefined,
  options: RestoreOptions,
): Promise<number> {
  const chosen = path === undefined ? listBackups(config.backups.folder)[0]?.path : resolve(path);
  if (chosen === undefined) throw new UserError(`No backups in ${config.backups.folder}. Name the folder of a backup.`);
  const lock = lockDataFolder(config);
  try {
    finishRestore(config.dataFolder);
    const backup = await verified(chosen);
    assertSupportedSchema(backup);
    const names = backup.manifest.files
      .map((file) => file.name)
      .filter((name) => options.only === undefined || name === `${options.only}.db`);
    const question = `Replace ${names.join(' and ')} in ${config.dataFolder} with the backup of ${backup.manifest.createdAt}?`;
    if (options.yes !== true && !(await confirmed(question))) return 1;
    const replaced = restore(config.dataFolder, backup, names, Date.now());
    const kept = replaced === null ? '' : ` The replaced files are in ${replaced}.`;
    process.stdout.write(`Restored the backup of ${backup.manifest.createdAt}.${kept}\n`);
    return 0;
  } finally {
    lock.release();
  }
}

/** Renames a damaged file; the next start creates an empty one. @throws UserError if the data folder is in use. */
export async function setFileAside(config: Config, which: 'telemetry' | 'control', yes: boolean): Promise<number> {
  const lock = lockDataFolder(config);
  try {
    const name = `${which}.db`;
    const question = `Set ${name} in ${config.dataFolder} aside and start with an empty one?`;
    if (!yes && !(await confirmed(question))) return 1;
    process.stdout.write(`Kept as ${setAside(config.dataFolder, name, Date.now())}\n`);
    return 0;
  } finally {
    lock.release();
  }
}

function lockDataFolder(config: Config) {
  if (!existsSync(config.dataFolder)) throw new UserError(`${config.dataFolder} does not exist. Set THERMOCLINE_DATA.`);
  try {
    return lockFolder(config.dataFolder);
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}. Stop the server first.`);
  }
}

async function verified(path: string): Promise<Backup> {
  const processes = new UpkeepProcesses(assetPaths.workers);
  const progress = new ShareProgress('files');
  try {
    const found = await processes.run({ op: 'verify', path }, ({ what, done, total }) =>
      progress.add(0, done / total, what),
    );
    return found as Backup;
  } catch (error) {
    throw new UserError(plain(`Nothing was changed: ${error instanceof Error ? error.message : String(error)}`));
  } finally {
    progress.finish();
    processes.close();
  }
}

function assertSupportedSchema(backup: Backup): void {
  for (const { name, schema } of backup.manifest.files) {
    const known = knownSchema(name);
    if (schema > known) {
      throw new UserError(
        `Nothing was changed: ${name} has schema ${schema}, but this version supports up to ${known}. The backup was created by version ${backup.manifest.version}.`,
      );
    }
  }
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError(`${question} Add --yes to confirm.`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
