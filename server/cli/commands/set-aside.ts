/** `thermocline set-aside`: renames a damaged file, so that the server can start with an empty one. */
import type { Command } from 'commander';
import { Argument } from 'commander';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import { setAside } from '../../storage/sqlite/maintenance/restore.ts';
import { confirmed, lockDataFolder } from '../backup-files.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';

export function setAsideCommand(program: Command, run: Run): void {
  program
    .command('set-aside')
    .description('rename a damaged file and start with an empty one. The server must be stopped')
    .addArgument(new Argument('<file>').choices(['telemetry', 'control']))
    .option('--yes', 'do not ask for confirmation')
    .action((which: 'telemetry' | 'control', options: { yes?: true }) =>
      run(() => setFileAside(configFromProcess(), which, options.yes === true)),
    );
}

/** Renames a damaged file; the next start creates an empty one. @throws UserError if the data folder is in use. */
async function setFileAside(config: Config, which: 'telemetry' | 'control', yes: boolean): Promise<number> {
  const lock = lockDataFolder(config);
  try {
    const name = `${which}.db`;
    const question = `Set ${name} in ${config.dataFolder} aside and start with an empty one?`;
    if (!yes && !(await confirmed(question))) return 1;
    writeOut(`Kept as ${setAside(config.dataFolder, name, Date.now())}\n`);
    return 0;
  } finally {
    lock.release();
  }
}
