/** `thermocline delete-lines`. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';

interface Options {
  readonly function?: string;
  readonly request?: string;
  readonly from?: string;
  readonly to?: string;
  readonly yes?: true;
}

export function deleteLinesCommand(program: Command, run: Run): void {
  program
    .command('delete-lines')
    .description('delete log lines of a function, a request or a time range; says how many, and asks for confirmation')
    .option('--function <name>', 'name or account:region:name')
    .option('--request <id>', 'lines that name the request, and lines of its attempts that name no other')
    .option('--from <time>', 'first time: ISO 8601 or now-24h')
    .option('--to <time>', 'time after the last: ISO 8601 or now')
    .option('--yes', 'do not ask for confirmation')
    .addHelpText(
      'after',
      examples(
        'thermocline delete-lines --request 3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c',
        'thermocline delete-lines --function checkout --from 2026-11-20T10:00:00Z --to 2026-11-20T11:00:00Z',
      ),
    )
    .action(({ yes, ...scope }: Options) =>
      run(async () => (await import('../delete.ts')).deleteLines(configFromProcess(), scope, yes === true)),
    );
}
