/** What the commands on backups share: verification, the lock of the data folder, confirmation. */
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { plain } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import { assetPaths } from '../config/paths.ts';
import type { Backup } from '../storage/ports/maintenance.ts';
import { LOOK_MS, lockFolder } from '../storage/sqlite/lock.ts';
import { UpkeepProcesses } from '../storage/sqlite/maintenance/child.ts';
import { ShareProgress } from './progress.ts';
import { UserError } from './user-error.ts';

/** Locks the data folder. @throws UserError if it does not exist or a server uses it. */
export function lockDataFolder(config: Config) {
  if (!existsSync(config.dataFolder)) throw new UserError(`${config.dataFolder} does not exist. Set THERMOCLINE_DATA.`);
  try {
    const lock = lockFolder(config.dataFolder);
    const renewing = setInterval(() => lock.renew(), LOOK_MS).unref();
    const release = (): void => {
      clearInterval(renewing);
      lock.release();
    };
    return { release };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}. Stop the server first.`);
  }
}

/** Reads and verifies a backup. @throws UserError naming the first problem. */
export async function verifiedBackup(path: string): Promise<Backup> {
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

/** Asks on the terminal. @throws UserError without a terminal. */
export async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new UserError(`${question} Add --yes to confirm.`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(plain(`${question} [y/N] `))).trim());
  } finally {
    lines.close();
  }
}
