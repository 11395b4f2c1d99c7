/** `thermocline subscribe`. The AWS SDK is imported when the command runs. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import { addAwsScope, addGroups, collect } from '../aws-options.ts';
import type { Run } from '../command.ts';
import type { SubscribeOptions } from '../subscribe.ts';

export function subscribeCommand(program: Command, run: Run): void {
  addGroups(addAwsScope(program.command('subscribe')))
    .description('subscribe log groups to a delivery stream or forwarder; shows a plan unless --apply is given')
    .addOption(new Option('--plan', 'show the plan (default)').conflicts(['apply', 'remove', 'status']))
    .addOption(new Option('--apply', 'show the plan, then apply it').conflicts(['remove', 'status']))
    .addOption(new Option('--remove', 'remove our filters').conflicts(['status']))
    .option('--status', 'show the subscriptions of each group')
    .option('--iam', 'print the IAM policy that this command requires')
    .option('--destination <arn>', 'Firehose stream, Lambda function, Kinesis stream or logs destination')
    .option('--role <arn>', 'role that CloudWatch Logs assumes to write to Firehose or Kinesis')
    .option('--tag <key=value>', 'only groups with this tag', collect)
    .option(
      '--filter-name <name>',
      'name of our filter; a name other than the default belongs in THERMOCLINE_ERROR_FILTERS of the server',
      'thermocline',
    )
    .option('--everything', 'also deliver application lines, not only platform lines and the runtimes’ error lines')
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
      run(async () => (await import('../subscribe.ts')).runSubscribe(configFromProcess(), options)),
    );
}
