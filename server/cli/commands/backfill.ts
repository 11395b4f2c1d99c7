/** `thermocline backfill`. The AWS SDK is imported when the command runs. */
import type { Command } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import { addAwsScope, addGroups, timeArgument } from '../aws-options.ts';
import type { BackfillOptions } from '../backfill.ts';
import type { Run } from '../command.ts';

export function backfillCommand(program: Command, run: Run): void {
  addGroups(addAwsScope(program.command('backfill')))
    .description('import the history of log groups (FilterLogEvents, read-only); an interrupted run resumes')
    .option('--since <time>', 'start of the range: 7d, 12h, ISO 8601', timeArgument, 'now-7d')
    .option('--until <time>', 'end of the range', timeArgument, 'now')
    .option('--everything', 'also read application lines, not only platform lines')
    .addHelpText(
      'after',
      examples(
        'thermocline backfill --all-lambda --since 7d',
        'thermocline backfill --log-group /aws/lambda/checkout --since 2026-11-01 --region eu-west-1 --profile prod',
      ),
    )
    .action((options: BackfillOptions) =>
      run(async () => (await import('../backfill.ts')).runBackfill(configFromProcess(), options)),
    );
}
