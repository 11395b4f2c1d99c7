/** The commands around backups. */
import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import type { Config } from '../config/environment.ts';
import { examples } from './arguments.ts';
import type { RestoreOptions } from './backup.ts';

type Act = (work: (config: Config) => Promise<number>) => () => Promise<void>;

/** Loaded when one of them runs. */
const backups = () => import('./backup.ts');

export function addBackupCommands(program: Command, act: Act): void {
  program
    .command('backup')
    .description('copy the store while it is in use, and verify the copy')
    .action(act(async (config) => (await backups()).makeBackup(config)));
  program
    .command('backups')
    .description('list backups, newest first')
    .action(act(async (config) => (await backups()).showBackups(config)));
  program
    .command('verify')
    .description('is this backup whole? Checksums, every page, rows of every table')
    .argument('<backup>', 'folder of a backup')
    .action((path: string) => act(async () => (await backups()).verify(path))());
  program
    .command('restore')
    .description('put a backup in the place of the store; what was there is kept. The server must be stopped')
    .argument('[backup]', 'folder of a backup; otherwise the newest')
    .addOption(new Option('--only <file>', 'restore this file only').choices(['telemetry', 'control']))
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('thermocline restore', 'thermocline restore --only control --yes'))
    .action((path: string | undefined, options: RestoreOptions) =>
      act(async (config) => (await backups()).restoreBackup(config, path, options))(),
    );
  program
    .command('set-aside')
    .description('keep a damaged file under another name and begin with an empty one. The server must be stopped')
    .addArgument(new Argument('<file>').choices(['telemetry', 'control']))
    .option('--yes', 'do not ask')
    .action((which: 'telemetry' | 'control', options: { yes?: true }) =>
      act(async (config) => (await backups()).setFileAside(config, which, options.yes === true))(),
    );
}
