/**
 * The command line: declares subcommands; each is implemented in its own file. Exit codes: 0 success, 1 failure, 2 invalid
 * usage or environment, 130 interrupted.
 */

import { Command, CommanderError, Option } from 'commander';
import { ApiError } from '../../ingest/api/api-client.ts';
import type { Config } from '../config/environment.ts';
import { ConfigError, configFromProcess } from '../config/environment.ts';
import { version } from '../config/paths.ts';
import { settingsTable } from '../config/settings.ts';
import { StoreError } from '../storage/ports.ts';
import { durationArgument, examples, fleetSize, positiveNumber, twelveDigits, wholeNumber } from './arguments.ts';
import { addAwsCommands } from './aws-program.ts';
import { addBackupCommands } from './backup-program.ts';
import type { ConnectOptions } from './connect.ts';
import { connect } from './connect.ts';
import { demo } from './demo.ts';
import type { DoctorOptions } from './doctor.ts';
import { importFiles } from './import.ts';
import { removePassword, setPassword } from './password.ts';
import type { ReportOptions } from './report.ts';
import { report } from './report.ts';
import { serve } from './serve.ts';
import type { TailOptions } from './tail.ts';
import { tail } from './tail.ts';
import { createToken, listTokens, revokeToken } from './token.ts';
import { UserError } from './user-error.ts';

/** Runs the command line. Resolves with the exit code; errors are printed, never thrown. */
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
    .description('run an ingest-only worker beside the server (requires ClickHouse)')
    .addHelpText('after', examples('THERMOCLINE_STORE=clickhouse THERMOCLINE_PORT=8021 thermocline ingest'))
    .action(act(async (config) => (await import('./ingest.ts')).ingest(config)));
  program
    .command('derive')
    .description('run an attribution worker beside the server (requires ClickHouse)')
    .addHelpText('after', examples('THERMOCLINE_STORE=clickhouse thermocline derive'))
    .action(act(async (config) => (await import('./derive.ts')).derive(config)));
  program
    .command('move')
    .description('copy history from the data folder into ClickHouse; an interrupted run resumes')
    .addOption(new Option('--to <store>', 'target store').choices(['clickhouse']).makeOptionMandatory())
    .addHelpText(
      'after',
      examples('THERMOCLINE_CLICKHOUSE_URL=https://clickhouse.internal:8443 thermocline move --to clickhouse'),
    )
    .action(act(async (config) => (await import('./move.ts')).moveTo(config)));
  program
    .command('import')
    .description(
      'import log files: console copies, `aws logs tail`, `filter-log-events` JSON, NDJSON, S3 exports (.gz)',
    )
    .argument('<files...>', 'files or folders, or - for standard input')
    .option('--function <name>', 'function name, for lines that do not name one')
    .option('--log-group <name>', 'log group, for lines that do not name one')
    .option('--log-stream <name>', 'log stream, for lines that do not name one')
    .option('--account <id>', 'AWS account id', twelveDigits)
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
    .description('load one day of data of a simulated fleet, through the regular ingest path')
    .addOption(new Option('--seed <n>', 'random seed').default(1).argParser(wholeNumber))
    .addOption(new Option('--functions <n>', 'simulate a mixed fleet of 1 to 500 functions').argParser(fleetSize))
    .option('--truth <file>', 'write the ground truth (cold start causes, keep-alive, duration curves) to a file')
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
    .description('show invocations live, as the running server receives them')
    .argument('[function]', 'show only this function')
    .addOption(
      new Option('--last <n>', 'start with the last n invocations of the past day').default(10).argParser(wholeNumber),
    )
    .option('--cold', 'show only cold starts')
    .option('--failed', 'show only failed invocations')
    .option('--json', 'print one JSON object per line')
    .addHelpText('after', examples('thermocline tail checkout', 'thermocline tail --failed --json | jq .requestId'))
    .action((name: string | undefined, options: TailOptions) => act((config) => tail(config, name, options))());
  program
    .command('report')
    .description('report on the memory size of a function: observed sizes, candidates, recommendation')
    .argument('<function>', 'name or account:region:name')
    .addOption(new Option('--since <duration>', 'time range: 12h, 14d, 8w').default('14d').argParser(durationArgument))
    .addOption(
      new Option('--strategy <strategy>', 'optimization goal')
        .choices(['cheapest', 'fastest', 'balanced'])
        .default('cheapest'),
    )
    .addOption(new Option('--max-duration <ms>', 'upper limit of the mean duration').argParser(positiveNumber))
    .option('--json', 'print the API response as JSON')
    .addHelpText(
      'after',
      examples('thermocline report checkout', 'thermocline report checkout --strategy balanced --since 30d'),
    )
    .action((name: string, options: ReportOptions) => act((config) => report(config, name, options))());
  program
    .command('connect')
    .description('print a template that connects an AWS account, with endpoint and a new ingest key filled in')
    .argument('[kit]', 'cloudformation, sam, terraform, forwarder, pull, file or proxy; lists them if omitted')
    .option('--endpoint <url>', 'external URL of this server (default: THERMOCLINE_PUBLIC_URL)')
    .option('--no-key', 'do not create an ingest key')
    .addHelpText(
      'after',
      examples('thermocline connect cloudformation --endpoint https://thermocline.example.com > firehose.yaml'),
    )
    .action((kit: string | undefined, options: ConnectOptions) => act((config) => connect(config, kit, options))());
  addAwsCommands(program, act);
  const rules = program.command('rules').description('check and test alert rule files');
  rules
    .command('check')
    .description('validate a rule file')
    .argument('<file>', 'YAML or JSON')
    .action((file: string) => act(async () => (await import('./rules.ts')).checkRules(file))());
  rules
    .command('test')
    .description('run the unit tests of a rule file')
    .argument('<file>', 'YAML or JSON')
    .addHelpText('after', examples('thermocline rules test deploy/rules/builtin.yaml'))
    .action((file: string) => act(async () => (await import('./rules.ts')).testRules(file))());
  program
    .command('password')
    .description('set the password for signing in with a browser; prompts for it, or reads it from a pipe')
    .option('--forget', 'remove the password; browsers then sign in with tokens only')
    .addHelpText('after', examples('thermocline password', 'thermocline password --forget'))
    .action((options: { forget?: true }) =>
      act((config) => (options.forget === true ? removePassword(config) : setPassword(config)))(),
    );
  program
    .command('doctor')
    .description('check configuration, disk, database, backups, clock, AWS permissions and reachability; read-only')
    .option('--aws', 'check AWS permissions even if nothing is collected from AWS')
    .option('--region <name>', 'AWS region')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--json', 'print findings as JSON')
    .action(async (options: DoctorOptions) => {
      ended(await (await import('./doctor.ts')).doctor(options));
    });
  addBackupCommands(program, act);
  program
    .command('settings')
    .description('print all settings with defaults and descriptions as a Markdown table')
    .action(() => {
      process.stdout.write(`${settingsTable()}\n`);
    });
  const token = program.command('token').description('create, list and revoke access tokens');
  token
    .command('create')
    .description('create a token and print it; it is not shown again')
    .argument('<name>', 'name of the token')
    .addOption(
      new Option('--scope <scope>', 'scope of the token').choices(['ingest', 'read', 'admin']).makeOptionMandatory(),
    )
    .addOption(new Option('--expires-in-days <n>', 'lifetime in days').argParser(wholeNumber))
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
    .description('list tokens (without their secrets)')
    .action(act((config) => listTokens(config)));
  token
    .command('revoke')
    .description('revoke a token and end its sessions')
    .argument('<id>', 'id as listed')
    .action((id: string) => act((config) => revokeToken(config, id))());
  return program;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    process.stderr.write(`Invalid environment:\n${error.message}\n`);
    return 2;
  }
  if (error instanceof UserError || error instanceof ApiError || error instanceof StoreError) {
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
