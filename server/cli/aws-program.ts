/** The commands that speak to AWS. Their clients are loaded when one of them runs, not before. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Config } from '../config/environment.ts';
import { examples, wholeNumber } from './arguments.ts';
import { collect, timeArgument } from './aws-options.ts';
import type { BackfillOptions } from './backfill.ts';
import type { InventoryOptions } from './inventory.ts';
import type { SubscribeOptions } from './subscribe.ts';
import type { TraceOptions } from './traces.ts';

type Act = (work: (config: Config) => Promise<number>) => () => Promise<void>;

export function addAwsCommands(program: Command, act: Act): void {
  groups(place(program.command('backfill')))
    .description('read the history of log groups (FilterLogEvents), read-only; interrupted, it goes on where it was')
    .option('--since <time>', 'where to begin: 7d, 12h, ISO 8601', timeArgument, 'now-7d')
    .option('--until <time>', 'where to end', timeArgument, 'now')
    .option('--everything', 'transfer application lines too, not only the platform’s')
    .addHelpText(
      'after',
      examples(
        'thermocline backfill --all-lambda --since 7d',
        'thermocline backfill --log-group /aws/lambda/checkout --since 2026-11-01 --region eu-west-1 --profile prod',
      ),
    )
    .action((options: BackfillOptions) =>
      act(async (config) => (await import('./backfill.ts')).runBackfill(config, options))(),
    );
  groups(place(program.command('subscribe')))
    .description('subscribe log groups to a delivery stream or forwarder: shows the plan, changes nothing unless told')
    .addOption(new Option('--plan', 'show what would be done (the default)').conflicts(['apply', 'remove', 'status']))
    .addOption(new Option('--apply', 'show the plan, then do it').conflicts(['remove', 'status']))
    .addOption(new Option('--remove', 'take our filters away').conflicts(['status']))
    .option('--status', 'show which groups are subscribed to what')
    .option('--iam', 'print the IAM policy that this command needs')
    .option('--destination <arn>', 'Firehose stream, Lambda function, Kinesis stream or logs destination')
    .option('--role <arn>', 'role that CloudWatch Logs takes on to write to Firehose or Kinesis')
    .option('--tag <key=value>', 'only groups with this tag', collect)
    .option('--filter-name <name>', 'name of our filter', 'thermocline')
    .option('--everything', 'deliver application lines too, not only the platform’s')
    .option('--account-level', 'one policy for all log groups of the account instead of one filter each')
    .option('--yes', 'do not ask before changing anything')
    .addHelpText(
      'after',
      examples(
        'thermocline subscribe --all-lambda --destination arn:aws:firehose:…:deliverystream/thermocline --role arn:aws:iam::…:role/…',
        'thermocline subscribe --prefix /aws/lambda/shop- --exclude "*-canary" --destination ARN --role ARN --apply',
        'thermocline subscribe --remove --all-lambda',
        'thermocline subscribe --iam',
      ),
    )
    .action((options: SubscribeOptions) =>
      act(async (config) => (await import('./subscribe.ts')).runSubscribe(config, options))(),
    );
  place(program.command('traces'))
    .description('fetch the X-Ray traces of stored invocations, cold starts first')
    .option('--since <time>', 'of invocations since', timeArgument, 'now-24h')
    .addOption(new Option('--limit <n>', 'at most this many traces').default(1000).argParser(wholeNumber))
    .addHelpText('after', examples('thermocline traces --since 6h --region eu-west-1'))
    .action((options: TraceOptions) =>
      act(async (config) => (await import('./traces.ts')).runTraces(config, options))(),
    );
  place(program.command('inventory'))
    .description('read the configuration of functions: memory, timeout, architecture, VPC, layers')
    .option('--from-file <path>', 'from the JSON of `aws lambda list-functions` instead of AWS')
    .addHelpText(
      'after',
      examples(
        'thermocline inventory --region eu-west-1',
        'aws lambda list-functions > functions.json && thermocline inventory --from-file functions.json',
      ),
    )
    .action((options: InventoryOptions) =>
      act(async (config) => (await import('./inventory.ts')).runInventory(config, options))(),
    );
}

function place(command: Command): Command {
  return command
    .option('--region <name>', 'AWS region; otherwise what the AWS SDK finds')
    .option('--profile <name>', 'profile of ~/.aws/config')
    .option('--requests-per-second <n>', 'budget of AWS requests', wholeNumber);
}

function groups(command: Command): Command {
  return command
    .option('--log-group <name>', 'this log group; may be repeated', collect)
    .option('--prefix <text>', 'groups whose name begins so; may be repeated', collect)
    .option('--pattern <pattern>', 'groups that match, * stands for anything; may be repeated', collect)
    .option('--all-lambda', 'every group under /aws/lambda/')
    .option('--exclude <pattern>', 'but not these; may be repeated', collect);
}
