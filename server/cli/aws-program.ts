/** Declares the commands that call AWS. Imports their implementation, with the AWS SDK, only when one runs. */
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
  groups(awsScope(program.command('backfill')))
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
      act(async (config) => (await import('./backfill.ts')).runBackfill(config, options))(),
    );
  groups(awsScope(program.command('subscribe')))
    .description('subscribe log groups to a delivery stream or forwarder; shows a plan unless --apply is given')
    .addOption(new Option('--plan', 'show the plan (default)').conflicts(['apply', 'remove', 'status']))
    .addOption(new Option('--apply', 'show the plan, then apply it').conflicts(['remove', 'status']))
    .addOption(new Option('--remove', 'remove our filters').conflicts(['status']))
    .option('--status', 'show the subscriptions of each group')
    .option('--iam', 'print the IAM policy that this command requires')
    .option('--destination <arn>', 'Firehose stream, Lambda function, Kinesis stream or logs destination')
    .option('--role <arn>', 'role that CloudWatch Logs assumes to write to Firehose or Kinesis')
    .option('--tag <key=value>', 'only groups with this tag', collect)
    .option('--filter-name <name>', 'name of our filter', 'thermocline')
    .option('--everything', 'also deliver application lines, not only platform lines')
    .option('--account-level', 'use one account policy instead of one filter per group')
    .option('--yes', 'do not ask for confirmation')
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
  awsScope(program.command('traces'))
    .description('fetch X-Ray traces of stored invocations, cold starts first')
    .option('--since <time>', 'invocations since', timeArgument, 'now-24h')
    .addOption(new Option('--limit <n>', 'maximum number of traces').default(1000).argParser(wholeNumber))
    .addHelpText('after', examples('thermocline traces --since 6h --region eu-west-1'))
    .action((options: TraceOptions) =>
      act(async (config) => (await import('./traces.ts')).runTraces(config, options))(),
    );
  awsScope(program.command('inventory'))
    .description('read function configurations: memory, timeout, architecture, VPC, layers')
    .option('--from-file <path>', 'read the output of `aws lambda list-functions` instead of calling AWS')
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

function awsScope(command: Command): Command {
  return command
    .option('--region <name>', 'AWS region (default: from the AWS SDK)')
    .option('--profile <name>', 'profile of ~/.aws/config')
    .option('--requests-per-second <n>', 'rate limit of AWS requests', wholeNumber);
}

function groups(command: Command): Command {
  return command
    .option('--log-group <name>', 'log group; repeatable', collect)
    .option('--prefix <text>', 'groups with this name prefix; repeatable', collect)
    .option('--pattern <pattern>', 'groups that match, with * as wildcard; repeatable', collect)
    .option('--all-lambda', 'every group under /aws/lambda/')
    .option('--exclude <pattern>', 'exclude groups that match; repeatable', collect);
}
