/** `thermocline serve`, the default command. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';

export function serveCommand(program: Command, run: Run, { isDefault }: { readonly isDefault: boolean }): void {
  program
    .command('serve', { isDefault })
    .description('run the server (the default)')
    .addHelpText(
      'after',
      examples('thermocline serve', 'THERMOCLINE_PORT=9000 THERMOCLINE_DATA=/var/lib/thermocline thermocline serve'),
    )
    .action(() => run(async () => (await import('../serve.ts')).serve(configFromProcess())));
}
