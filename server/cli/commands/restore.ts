/** `thermocline restore`: restores a backup. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { Backup } from '../../storage/ports/maintenance.ts';
import { listBackups } from '../../storage/sqlite/maintenance/manifest.ts';
import { finishRestore, restore } from '../../storage/sqlite/maintenance/restore.ts';
import { examples } from '../arguments.ts';
import { confirmed, lockDataFolder, verifiedBackup } from '../backup-files.ts';
import type { Run } from '../command.ts';
import { knownSchema } from '../known-schema.ts';
import { writeOut } from '../output.ts';
import { UserError } from '../user-error.ts';

interface RestoreOptions {
  readonly only?: 'telemetry' | 'control';
  readonly yes?: true;
}

export function restoreCommand(program: Command, run: Run): void {
  program
    .command('restore')
    .description('restore a backup; the replaced files are kept. The server must be stopped')
    .argument('[backup]', 'folder of a backup (default: the newest)')
    .addOption(new Option('--only <file>', 'restore this file only').choices(['telemetry', 'control']))
    .option('--yes', 'do not ask for confirmation')
    .addHelpText('after', examples('thermocline restore', 'thermocline restore --only control --yes'))
    .action((path: string | undefined, options: RestoreOptions) =>
      run(() => restoreBackup(configFromProcess(), path, options)),
    );
}

/**
 * Restores the newest or the named backup. The replaced files are kept in the data folder.
 * @throws UserError if the backup is damaged or newer than this version, or if the data folder is in use.
 */
async function restoreBackup(config: Config, path: string | undefined, options: RestoreOptions): Promise<number> {
  const chosen = path === undefined ? listBackups(config.backups.folder)[0]?.path : resolve(path);
  if (chosen === undefined) throw new UserError(`No backups in ${config.backups.folder}. Name the folder of a backup.`);
  const lock = lockDataFolder(config);
  try {
    finishRestore(config.dataFolder);
    const backup = await verifiedBackup(chosen);
    assertSupportedSchema(backup);
    const names = backup.manifest.files
      .map((file) => file.name)
      .filter((name) => options.only === undefined || name === `${options.only}.db`);
    const question = `Replace ${names.join(' and ')} in ${config.dataFolder} with the backup of ${backup.manifest.createdAt}?`;
    if (options.yes !== true && !(await confirmed(question))) return 1;
    const replaced = restore(config.dataFolder, backup, names, Date.now());
    const kept = replaced === null ? '' : ` The replaced files are in ${replaced}.`;
    writeOut(`Restored the backup of ${backup.manifest.createdAt}.${kept}\n`);
    return 0;
  } finally {
    lock.release();
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
