/** `thermocline traces`. The AWS SDK is imported when the command runs. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples, wholeNumber } from '../arguments.ts';
import { addAwsScope, timeArgument } from '../aws-options.ts';
import type { Run } from '../command.ts';
import type { TraceOptions } from '../traces.ts';

export function tracesCommand(program: Command, run: Run): void {
  addAwsScope(program.command('traces'))
    .description('fetch X-Ray traces of stored invocations, cold starts first')
    .option('--since <time>', 'invocations since', timeArgument, 'now-24h')
    .addOption(new Option('--limit <n>', 'maximum number of traces').default(1000).argParser(wholeNumber))
    .addHelpText('after', examples('thermocline traces --since 6h --region eu-west-1'))
    .action((options: TraceOptions) =>
      run(async () => (await import('../traces.ts')).runTraces(configFromProcess(), options)),
    );
}
