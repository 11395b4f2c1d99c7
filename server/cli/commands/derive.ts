/** `thermocline derive`. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';

export function deriveCommand(program: Command, run: Run): void {
  program
    .command('derive')
    .description('run an attribution worker beside the server (requires ClickHouse)')
    .addHelpText('after', examples('THERMOCLINE_STORE=clickhouse thermocline derive'))
    .action(() => run(async () => (await import('../derive.ts')).derive(configFromProcess())));
}
