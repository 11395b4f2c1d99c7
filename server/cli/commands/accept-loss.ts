/** `thermocline accept-loss`: starts a store without acknowledged data that it lost. */
import type { Command } from 'commander';
import { plain } from '../../../ingest/text/printable.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import { acceptLoss } from '../../storage/sqlite/maintenance/accept-loss.ts';
import { findIncompleteness } from '../../storage/sqlite/maintenance/completeness.ts';
import { finishRestore } from '../../storage/sqlite/maintenance/restore.ts';
import { examples } from '../arguments.ts';
import { confirmed, lockDataFolder } from '../backup-files.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { UserError } from '../user-error.ts';

export function acceptLossCommand(program: Command, run: Run): void {
  program
    .command('accept-loss')
    .description('start without acknowledged data that was lost; the loss is recorded. The server must be stopped')
    .option('--yes', 'do not ask for confirmation')
    .addHelpText('after', examples('thermocline accept-loss', 'thermocline accept-loss --yes'))
    .action((options: { yes?: true }) => run(() => accept(configFromProcess(), options.yes === true)));
}

/** Prints what is lost and accepts it. @throws UserError if the data folder is in use, or a file is of another store. */
async function accept(config: Config, yes: boolean): Promise<number> {
  const lock = lockDataFolder(config);
  try {
    finishRestore(config.dataFolder);
    const found = findIncompleteness(config.dataFolder);
    if (found.length === 0) {
      writeOut('Nothing is missing. Nothing was changed.\n');
      return 0;
    }
    for (const { sentence } of found) writeOut(`${plain(sentence)}\n`);
    const foreign = found.find(({ kind }) => kind === 'foreign');
    if (foreign !== undefined)
      throw new UserError(
        `Nothing was changed: ${plain(foreign.file)} cannot be used. Put the right file back, restore a backup, or run thermocline set-aside ${foreign.file.replace('.db', '')}.`,
      );
    if (!yes && !(await confirmed('Continue without this data?'))) return 1;
    const copies = acceptLoss(config.dataFolder, found, Date.now());
    const kept = copies.length === 0 ? '' : ` The damaged logs are kept as ${copies.map(plain).join(' and ')}.`;
    writeOut(`Accepted and recorded in accepted-losses.jsonl.${kept} Start the server.\n`);
    return 0;
  } finally {
    lock.release();
  }
}
