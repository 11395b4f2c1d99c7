/** `thermocline token create`: creates a token, through the running server or directly. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { NewTokenAnswer } from '../../http/contract/tokens.ts';
import { SCOPES } from '../../storage/questions/credentials/types.ts';
import { examples, wholeNumber } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeErr, writeOut } from '../output.ts';
import { withTarget } from '../target.ts';

interface CreateOptions {
  readonly scope: string;
  readonly expiresInDays?: number;
  readonly restriction?: readonly string[];
}

export function tokenCreateCommand(token: Command, run: Run): void {
  token
    .command('create')
    .description('create a token and print it; it is not shown again')
    .argument('<name>', 'name of the token')
    .addOption(new Option('--scope <scope>', 'scope of the token').choices([...SCOPES]).makeOptionMandatory())
    .addOption(new Option('--expires-in-days <n>', 'lifetime in days').argParser(wholeNumber))
    .addOption(
      new Option(
        '--restriction <entries...>',
        'functions that it may read, such as function:payments-* account:111122223333; every function by default',
      ),
    )
    .addHelpText(
      'after',
      examples(
        'thermocline token create firehose --scope ingest',
        'thermocline token create grafana --scope read --expires-in-days 90',
        "thermocline token create payments --scope read --restriction 'function:payments-*'",
      ),
    )
    .action((name: string, options: CreateOptions) => run(() => createToken(name, options)));
}

function createToken(name: string, options: CreateOptions): Promise<number> {
  return withTarget(configFromProcess(), async (target) => {
    const response = await target.request('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...options }),
    });
    const created = await readAnswer<NewTokenAnswer>(response);
    writeOut(`${created.token}\n`);
    writeErr(`Token ${created.id} (${created.scope}) is not shown again. Store it now.\n`);
  });
}
