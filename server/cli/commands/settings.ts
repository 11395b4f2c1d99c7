/** `thermocline settings`: the table of all settings. */
import type { Command } from 'commander';
import { settingsTable } from '../../config/settings.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';

export function settingsCommand(program: Command, run: Run): void {
  program
    .command('settings')
    .description('print all settings with defaults and descriptions as a Markdown table')
    .action(() =>
      run(() => {
        writeOut(`${settingsTable()}\n`);
        return 0;
      }),
    );
}
