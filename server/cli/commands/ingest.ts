/** `thermocline ingest`. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';

export function ingestCommand(program: Command, run: Run): void {
  program
    .command('ingest')
    .description('run an ingest-only worker beside the server (requires ClickHouse)')
    .addHelpText('after', examples('THERMOCLINE_STORE=clickhouse THERMOCLINE_PORT=8021 thermocline ingest'))
    .action(() => run(async () => (await import('../ingest.ts')).ingest(configFromProcess())));
}
