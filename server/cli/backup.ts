/** `thermocline backup`, `backups`, `verify`, `restore` and `set-aside`: copies of the store, and what is done with them. */
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

/** Through the running server, or on the folder itself. @throws UserError with why none could be made. */
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
      // Each file counts from nothing.
      progress.add(what === copying ? done - copied : done, done / Math.max(1, total), what);
      [copying, copied] = [what, done];
      await new Promise((over) => setTimeout(over, POLL_MS));
      state = await ask();
    }
    progress.finish();
    const [made] = state.items.filter((item) => !known.has(item.id));
    if (made === undefined) throw new UserError(`No backup could be made: ${state.error ?? 'it was broken off'}`);
    process.stdout.write(`${made.path} (${megabytes(made.bytes)}, verified)\n`);
    return 0;
  } finally {
    progress.finish();
    await target.close();
  }
}

export async function showBackups(config: Config): Promise<number> {
  const backups = listBackups(config.backups.folder);
  if (backups.length === 0) process.stdout.write(`There are no backups in ${config.backups.folder}\n`);
  for (const { path, bytes, manifest } of backups) {
    const by = manifest.by === 'schedule' ? 'by the clock' : 'on request';
    process.stdout.write(`${manifest.createdAt}  ${megabytes(bytes).padStart(9)}  ${by}  ${plain(path)}\n`);
  }
  return 0;
}

/** @throws UserError with what is wrong with the backup. */
export async function verify(path: string): Promise<number> {
  const backup = await verified(resolve(path));
  const { files, createdAt } = backup.manifest;
  const rows = files.reduce((sum, file) => sum + Object.values(file.rows).reduce((all, n) => all + n, 0), 0);
  process.stdout.write(`${plain(backup.path)} of ${createdAt} is whole: ${files.length} files, ${rows} rows\n`);
  return 0;
}

export interface RestoreOptions {
  readonly only?: 'telemetry' | 'control';
  readonly yes?: true;
}

/**
 * The newest backup, or the one that is named. What was there is kept beside it.
 * @throws UserError when the backup is not whole, is newer than this program, or the folder is in use.
 */
export async function restoreBackup(
  config: Config,
  path: string | undefined,
  options: RestoreOptions,
): Promise<number> {
  const chosen = path === undefined ? listBackups(config.backups.folder)[0]?.path : resolve(path);
  if (chosen === undefined) throw new UserError(`There are no backups in ${config.backups.folder}: name one`);
  const lock = held(config);
  try {
    finishRestore(config.dataFolder);
    const backup = await verified(chosen);
    assertKnown(backup);
    const names = backup.manifest.files
      .map((file) => file.name)
      .filter((name) => options.only === undefined || name === `${options.only}.db`);
    const question = `Replace ${names.join(' and ')} in ${config.dataFolder} by the backup of ${backup.manifest.createdAt}?`;
    if (options.yes !== true && !(await agreed(question))) return 1;
    const replaced = restore(config.dataFolder, backup, names, Date.now());
    const kept = replaced === null ? '' : ` What was there is kept in ${replaced}.`;
    process.stdout.write(`Restored the backup of ${backup.manifest.createdAt}.${kept}\n`);
    return 0;
  } finally {
    lock.release();
  }
}

/** A damaged file is kept under another name, and the next start begins an empty one. @throws UserError */
export async function setFileAside(config: Config, which: 'telemetry' | 'control', yes: boolean): Promise<number> {
  const lock = held(config);
  try {
    const name = `${which}.db`;
    const question = `Set ${name} in ${config.dataFolder} aside, and begin with an empty one?`;
    if (!yes && !(await agreed(question))) return 1;
    process.stdout.write(`Kept as ${setAside(config.dataFolder, name, Date.now())}\n`);
    return 0;
  } finally {
    lock.release();
  }
}

function held(config: Config) {
  if (!existsSync(config.dataFolder)) throw new UserError(`${config.dataFolder} does not exist: set THERMOCLINE_DATA`);
  try {
    return lockFolder(config.dataFolder);
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}: stop the server first`);
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

function assertKnown(backup: Backup): void {
  for (const { name, schema } of backup.manifest.files) {
    const known = knownSchema(name);
    if (schema > known) {
      throw new UserError(
        `Nothing was changed: ${name} has schema ${schema}, this version knows up to ${known}. Version ${backup.manifest.version} made it`,
      );
    }
  }
}

async function agreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError(`${question} Add --yes`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
