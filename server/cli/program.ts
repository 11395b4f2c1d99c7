/**
 * The command line. Each command declares itself in a file of `commands/`; help lists them in the order of this file.
 * Exit codes: 0 success, 1 failure, 2 invalid usage or environment, 130 interrupted. Those of `gate` are decisions; it has 3 for all else.
 * `rules plan` has 2 for changes, and 1 for all else.
 */

import { Command, CommanderError } from 'commander';
import { ApiError } from '../../ingest/api/api-client.ts';
import { connectionFault, UnreachableError } from '../../ingest/api/unreachable.ts';
import { ConfigError } from '../config/environment.ts';
import { version } from '../config/paths.ts';
import { StoreError } from '../storage/ports.ts';
import type { Run } from './command.ts';
import { acceptLossCommand } from './commands/accept-loss.ts';
import { backfillCommand } from './commands/backfill.ts';
import { backupCommand } from './commands/backup.ts';
import { backupsCommand } from './commands/backups.ts';
import { clockCommand } from './commands/clock.ts';
import { completionCommand } from './commands/completion.ts';
import { connectCommand } from './commands/connect.ts';
import { deleteCommand } from './commands/delete.ts';
import { deleteLinesCommand } from './commands/delete-lines.ts';
import { demoCommand } from './commands/demo.ts';
import { deployMarkerCommand } from './commands/deploy-marker.ts';
import { deriveCommand } from './commands/derive.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportParquetCommand } from './commands/export-parquet.ts';
import { gateCommand } from './commands/gate.ts';
import { importCommand } from './commands/import.ts';
import { ingestCommand } from './commands/ingest.ts';
import { inventoryCommand } from './commands/inventory.ts';
import { mcpCommand } from './commands/mcp.ts';
import { moveCommand } from './commands/move.ts';
import { passwordCommand } from './commands/password.ts';
import { reportCommand } from './commands/report.ts';
import { restoreCommand } from './commands/restore.ts';
import { rulesApplyCommand } from './commands/rules-apply.ts';
import { rulesCheckCommand } from './commands/rules-check.ts';
import { rulesExportCommand } from './commands/rules-export.ts';
import { rulesPlanCommand } from './commands/rules-plan.ts';
import { rulesReleaseCommand } from './commands/rules-release.ts';
import { rulesTestCommand } from './commands/rules-test.ts';
import { serveCommand } from './commands/serve.ts';
import { setAsideCommand } from './commands/set-aside.ts';
import { settingsCommand } from './commands/settings.ts';
import { signInCommand } from './commands/sign-in.ts';
import { sqlCommand } from './commands/sql.ts';
import { subscribeCommand } from './commands/subscribe.ts';
import { tailCommand } from './commands/tail.ts';
import { tokenCreateCommand } from './commands/token-create.ts';
import { tokenListCommand } from './commands/token-list.ts';
import { tokenRevokeCommand } from './commands/token-revoke.ts';
import { tracesCommand } from './commands/traces.ts';
import { tuningDeleteCommand } from './commands/tuning-delete.ts';
import { tuningListCommand } from './commands/tuning-list.ts';
import { usersCommands } from './commands/users.ts';
import { verifyCommand } from './commands/verify.ts';
import { writeErr, writeOut } from './output.ts';
import { UserError } from './user-error.ts';

/** Runs the command line. Resolves with the exit code; errors are printed, never thrown. */
export async function run(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = build(argv[2], async (work) => {
    code = await work();
  });
  try {
    await program.parseAsync([...argv]);
    return code;
  } catch (error) {
    const failed = explain(error);
    if (failed === 0) return 0;
    if (argv[2] === 'gate') return NO_DECISION;
    return argv[2] === 'rules' && argv[3] === 'plan' ? NO_PLAN : failed;
  }
}

/** A pipeline must not take a server that is away, or a misspelt option, for a decision. */
const NO_DECISION = 3;
const NO_PLAN = 1;

/** The default command applies only where no command is named: a misspelt one would count as an argument of `serve`. */
function build(first: string | undefined, runWork: Run): Command {
  const program = new Command('thermocline')
    .description('Observability for AWS Lambda from the log lines it already writes.')
    .version(version)
    .showHelpAfterError('(add --help for usage)')
    .configureOutput({ writeOut, writeErr })
    .exitOverride();
  program.commandsGroup('Run:');
  serveCommand(program, runWork, { isDefault: first === undefined || first.startsWith('-') });
  ingestCommand(program, runWork);
  deriveCommand(program, runWork);
  demoCommand(program, runWork);
  mcpCommand(program, runWork);
  program.commandsGroup('Connect AWS:');
  connectCommand(program, runWork);
  subscribeCommand(program, runWork);
  backfillCommand(program, runWork);
  tracesCommand(program, runWork);
  inventoryCommand(program, runWork);
  program.commandsGroup('Data:');
  importCommand(program, runWork);
  tailCommand(program, runWork);
  reportCommand(program, runWork);
  sqlCommand(program, runWork);
  exportParquetCommand(program.command('export').description('write telemetry for other programs'), runWork);
  deleteCommand(program, runWork);
  deleteLinesCommand(program, runWork);
  const tuning = program.command('tuning').description('list and delete imported results of AWS Lambda Power Tuning');
  tuningListCommand(tuning, runWork);
  tuningDeleteCommand(tuning, runWork);
  program.commandsGroup('Pipelines and alerts:');
  deployMarkerCommand(program, runWork);
  gateCommand(program, runWork);
  const rules = program.command('rules').description('plan, apply, export, check and test alert rule files');
  rulesPlanCommand(rules, runWork);
  rulesApplyCommand(rules, runWork);
  rulesExportCommand(rules, runWork);
  rulesReleaseCommand(rules, runWork);
  rulesCheckCommand(rules, runWork);
  rulesTestCommand(rules, runWork);
  program.commandsGroup('Access:');
  signInCommand(program, runWork);
  passwordCommand(program, runWork);
  const token = program.command('token').description('create, list and revoke access tokens');
  tokenCreateCommand(token, runWork);
  tokenListCommand(token, runWork);
  tokenRevokeCommand(token, runWork);
  usersCommands(program, runWork);
  program.commandsGroup('Operate:');
  doctorCommand(program, runWork);
  backupCommand(program, runWork);
  backupsCommand(program, runWork);
  verifyCommand(program, runWork);
  restoreCommand(program, runWork);
  setAsideCommand(program, runWork);
  acceptLossCommand(program, runWork);
  clockCommand(program, runWork);
  moveCommand(program, runWork);
  program.commandsGroup('Settings and help:');
  settingsCommand(program, runWork);
  completionCommand(program, runWork);
  program.helpCommand('help [command]', 'show the help of a command');
  return program;
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    writeErr(`Invalid settings:\n${error.message}\n`);
    return 2;
  }
  if (
    error instanceof UserError ||
    error instanceof ApiError ||
    error instanceof StoreError ||
    error instanceof UnreachableError
  ) {
    writeErr(`${error.message}\n`);
    return 1;
  }
  // The server left while its answer was read.
  const fault = connectionFault(error);
  if (fault !== null) {
    writeErr(`The answer of the server is incomplete: ${fault.text}\n`);
    return 1;
  }
  writeErr(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}
