/** Declares the backup commands. */
import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import type { Config } from '../config/environment.ts';
import { examples } from './arguments.ts';
import type { RestoreOptions } from './backup.ts';

type Act = (work: (config: Config) => Promise<number>) => () => Promise<void>;

/** Imported when one of the commands runs. */
const backups = () => import('./backup.ts');

export function addBackupCommands(program: Command, act: Act): void {
  program
    .command('backup')
    .description('back up the store while it is in use, and verify the copy')
    .action(act(async (config) => (await backups()).makeBackup(config)));
  program
    .command('backups')
    .description('list backups, newest first')
    .action(act(async (config) => (await backups()).showBackups(config)));
  program
    .command('verify')
    .description('verify a backup: checksums, pages, row counts')
    .argument('<backup>', 'folder of a backup')
    .action((path: string) => act(async () => (await backups()).verify(path))());
  program
    .command('restore')
    .description('restore a backup; the replaced files are kept. The server must be stopped')
    .argument('[backup]', 'folder of a backup (default: the newest)')
    .addOption(new Option('--only <file>', 'restore this file only').choices(['telemetry', 'control']))
    .option('--yes', 'do not ask for confirmation')
    .addHelpText('after', examples('thermocline restore', 'thermocline restore --only control --yes'))
    .action((path: string | undefined, options: RestoreOptions) =>
      act(async (config) => (await backups()).restoreBackup(config, path, options))(),
    );
  program
    .command('set-aside')
    .description('rename a damaged file and start with an empty one. The server must be stopped')
    .addArgument(new Argument('<file>').choices(['telemetry', 'control']))
    .option('--yes', 'do not ask for confirmation')
    .action((which: 'telemetry' | 'control', options: { yes?: true }) =>
      act(async (config) => (await backups()).setFileAside(config, which, options.yes === true))(),
    );
}
