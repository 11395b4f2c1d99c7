/** `thermocline delete`. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';

export function deleteCommand(program: Command, run: Run): void {
  program
    .command('delete')
    .description('delete everything that is stored of a function; asks for confirmation')
    .argument('<function>', 'name or account:region:name')
    .option('--yes', 'do not ask for confirmation')
    .addHelpText(
      'after',
      examples('thermocline delete checkuot', 'thermocline delete 123456789012:eu-west-1:old --yes'),
    )
    .action((name: string, options: { readonly yes?: true }) =>
      run(async () => (await import('../delete.ts')).deleteFunction(configFromProcess(), name, options)),
    );
}
