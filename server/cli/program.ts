/** The command line: one file a subcommand; what `serve` has no use for is loaded when it is asked for. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */

import { Command, CommanderError, Option } from 'commander';
import { ApiError } from '../../ingest/api/api-client.ts';
import type { Config } from '../config/environment.ts';
import { ConfigError, configFromProcess } from '../config/environment.ts';
import { version } from '../config/paths.ts';
import { settingsTable } from '../config/settings.ts';
import { StoreError } from '../storage/ports.ts';
import { durationText, examples, fleetSize, positiveNumber, twelveDigits, wholeNumber } from './arguments.ts';
import { addAwsCommands } from './aws-program.ts';
import { addBackupCommands } from './backup-program.ts';
import type { ConnectOptions } from './connect.ts';
import { connect } from './connect.ts';
import { demo } from './demo.ts';
import type { DoctorOptions } from './doctor.ts';
import { importFiles } from './import.ts';
import { forgetPassword, setPassword } from './password.ts';
import type { ReportOptions } from './report.ts';
import { report } from './report.ts';
import { serve } from './serve.ts';
import type { TailOptions } from './tail.ts';
import { tail } from './tail.ts';
import { createToken, listTokens, revokeToken } from './token.ts';
import { UserError } from './user-error.ts';

export async function run(argv: readonly string[]): Promise<number> {
  let code = 0;
  const act = (work: (config: Config) => Promise<number>) => async (): Promise<void> => {
    code = await work(configFromProcess());
  };
  const program = build(act, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    return explain(error);
  }
}

function build(
  act: (work: (config: Config) => Promise<number>) => () => Promise<void>,
  ended: (code: number) => void,
): Command {
  const program = new Command('thermocline')
    .description('Observability for AWS Lambda from the log lines it already writes.')
    .version(version)
    .showHelpAfterError('(add --help for usage)')
    .exitOverride();
  program
    .command('serve', { isDefault: true })
    .description('run the server (the default)')
    .addHelpText(
      'after',
      examples('thermocline serve', 'THERMOCLINE_PORT=9000 THERMOCLINE_DATA=/var/lib/thermocline thermocline serve'),
    )
    .action(act((config) => serve(config)));
  program
    .command('ingest')
    .description('take in and do nothing else: one of many beside the server, where telemetry is in ClickHouse')
    .addHelpText('after', examples('THERMOCLINE_STORE=clickhouse THERMOCLINE_PORT=8021 thermocline ingest'))
    .action(act(async (config) => (await import('./ingest.ts')).ingest(config)));
  program
    .command('derive')
    .description('judge and derive a share of the functions, beside the server, where telemetry is in ClickHouse')
    .addHelpText('after', examples('THERMOCLINE_STORE=clickhouse thermocline derive'))
    .action(act(async (config) => (await import('./derive.ts')).derive(config)));
  program
    .command('move')
    .description('copy history from the data folder into ClickHouse; interrupted, it goes on where it was')
    .addOption(new Option('--to <store>', 'where to').choices(['clickhouse']).makeOptionMandatory())
    .addHelpText(
      'after',
      examples('THERMOCLINE_CLICKHOUSE_URL=https://clickhouse.internal:8443 thermocline move --to clickhouse'),
    )
    .action(act(async (config) => (await import('./move.ts')).moveTo(config)));
  program
    .command('import')
    .description('read log files: console copy, `aws logs tail`, `filter-log-events` JSON, NDJSON, S3 export .gz')
    .argument('<files...>', 'files or folders, or - for standard input')
    .option('--function <name>', 'the function these lines belong to, where they do not say')
    .option('--log-group <name>', 'the log group, where the lines do not say')
    .option('--log-stream <name>', 'the log stream, where the lines do not say')
    .option('--account <id>', 'AWS account', twelveDigits)
    .option('--region <name>', 'AWS region')
    .addHelpText(
      'after',
      examples(
        'aws logs filter-log-events --log-group-name /aws/lambda/checkout > checkout.json && thermocline import checkout.json --function checkout',
        'aws logs tail /aws/lambda/checkout --since 1d | thermocline import - --function checkout',
        'thermocline import exportedlogs/ --log-group /aws/lambda/checkout --account 123456789012 --region eu-west-1',
      ),
    )
    .action((files: string[], options: Record<string, string>) =>
      act((config) => importFiles(config, files, options))(),
    );
  program
    .command('demo')
    .description('fill the store with a day of a simulated fleet, through the real ingest path')
    .addOption(new Option('--seed <n>', 'random seed').default(1).argParser(wholeNumber))
    .addOption(new Option('--functions <n>', 'a mixed fleet of 1 to 500 functions').argParser(fleetSize))
    .option('--truth <file>', 'write what was planted: causes of cold starts, keep-alive, curves')
    .addHelpText(
      'after',
      examples(
        'thermocline demo',
        'THERMOCLINE_DATA=/tmp/demo thermocline demo --seed 7 --functions 50 --truth truth.json',
      ),
    )
    .action((options: { seed: number; functions?: number; truth?: string }) =>
      act((config) =>
        demo(config, { seed: options.seed, functions: options.functions ?? null, truth: options.truth ?? null }),
      )(),
    );
  program
    .command('tail')
    .description('show invocations as they arrive at the running server')
    .argument('[function]', 'only this one')
    .addOption(new Option('--last <n>', 'begin with this many of the last day').default(10).argParser(wholeNumber))
    .option('--cold', 'only cold starts')
    .option('--failed', 'only what did not succeed')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', examples('thermocline tail checkout', 'thermocline tail --failed --json | jq .requestId'))
    .action((name: string | undefined, options: TailOptions) => act((config) => tail(config, name, options))());
  program
    .command('report')
    .description('is the memory size of a function right? Observed sizes, candidates, recommendation')
    .argument('<function>', 'name, or account:region:name')
    .addOption(new Option('--since <duration>', 'how far back: 12h, 14d, 8w').default('14d').argParser(durationText))
    .addOption(
      new Option('--strategy <strategy>', 'what is best')
        .choices(['cheapest', 'fastest', 'balanced'])
        .default('cheapest'),
    )
    .addOption(new Option('--max-duration <ms>', 'largest mean duration allowed').argParser(positiveNumber))
    .option('--json', 'the API answer instead of text')
    .addHelpText(
      'after',
      examples('thermocline report checkout', 'thermocline report checkout --strategy balanced --since 30d'),
    )
    .action((name: string, options: ReportOptions) => act((config) => report(config, name, options))());
  program
    .command('connect')
    .description('print a template that connects an account, with the endpoint and a fresh ingest key')
    .argument('[kit]', 'cloudformation, sam, terraform, forwarder, pull, file or proxy; without it they are listed')
    .option('--endpoint <url>', 'address of this server as AWS reaches it; otherwise THERMOCLINE_PUBLIC_URL')
    .option('--no-key', 'do not make an ingest key')
    .addHelpText(
      'after',
      examples('thermocline connect cloudformation --endpoint https://thermocline.example.com > firehose.yaml'),
    )
    .action((kit: string | undefined, options: ConnectOptions) => act((config) => connect(config, kit, options))());
  addAwsCommands(program, act);
  const rules = program.command('rules').description('check and test files of alert rules');
  rules
    .command('check')
    .description('is every rule of the file one that the server takes?')
    .argument('<file>', 'YAML or JSON')
    .action((file: string) => act(async () => (await import('./rules.ts')).checkRules(file))());
  rules
    .command('test')
    .description('run the unit tests of the file: when does which rule fire?')
    .argument('<file>', 'YAML or JSON')
    .addHelpText('after', examples('thermocline rules test deploy/rules/builtin.yaml'))
    .action((file: string) => act(async () => (await import('./rules.ts')).testRules(file))());
  program
    .command('password')
    .description('set the password that signs a browser in; it is asked for, or read from a pipe')
    .option('--forget', 'browsers sign in with tokens only')
    .addHelpText('after', examples('thermocline password', 'thermocline password --forget'))
    .action((options: { forget?: true }) =>
      act((config) => (options.forget === true ? forgetPassword(config) : setPassword(config)))(),
    );
  program
    .command('doctor')
    .description(
      'look at configuration, disk, database, backups, clock, AWS permissions and reachability; changes nothing',
    )
    .option('--aws', 'ask AWS even where nothing is configured to be collected')
    .option('--region <name>', 'AWS region')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--json', 'findings as JSON')
    .action(async (options: DoctorOptions) => {
      ended(await (await import('./doctor.ts')).doctor(options));
    });
  addBackupCommands(program, act);
  program
    .command('settings')
    .description('list every setting with its default and meaning, as a table in Markdown')
    .action(() => {
      process.stdout.write(`${settingsTable()}\n`);
    });
  const token = program.command('token').description('create, list and revoke access tokens');
  token
    .command('create')
    .description('create a token; its text is printed once')
    .argument('<name>', 'what it is for')
    .addOption(
      new Option('--scope <scope>', 'what it may do').choices(['ingest', 'read', 'admin']).makeOptionMandatory(),
    )
    .addOption(new Option('--expires-in-days <n>', 'when it ends').argParser(wholeNumber))
    .addHelpText(
      'after',
      examples(
        'thermocline token create firehose --scope ingest',
        'thermocline token create grafana --scope read --expires-in-days 90',
      ),
    )
    .action((name: string, options: { scope: string; expiresInDays?: number }) =>
      act((config) => createToken(config, name, options))(),
    );
  token
    .command('list')
    .description('list tokens, without their secrets')
    .action(act((config) => listTokens(config)));
  token
    .command('revoke')
    .description('revoke a token and end its sessions')
    .argument('<id>', 'as listed')
    .action((id: string) => act((config) => revokeToken(config, id))());
  return program;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    process.stderr.write(`The environment is not valid:\n${error.message}\n`);
    return 2;
  }
  if (error instanceof UserError || error instanceof ApiError || error instanceof StoreError) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
