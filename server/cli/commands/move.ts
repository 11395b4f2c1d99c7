/** `thermocline move`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';

export function moveCommand(program: Command, run: Run): void {
  program
    .command('move')
    .description('copy history from the data folder into ClickHouse; an interrupted run resumes')
    .addOption(new Option('--to <store>', 'target store').choices(['clickhouse']).makeOptionMandatory())
    .addHelpText(
      'after',
      examples('THERMOCLINE_CLICKHOUSE_URL=https://clickhouse.internal:8443 thermocline move --to clickhouse'),
    )
    .action(() => run(async () => (await import('../move.ts')).moveTo(configFromProcess())));
}
